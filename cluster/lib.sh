# shellcheck shell=bash
# shellcheck disable=SC2034  # the variables are for the scripts that source this
# What every script of cluster/ shares. To be sourced.

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${STOREWRIGHT_CACHE:-/var/cache/storewright}
# A user's PATH, and sudo's, may lack the sbin directories where iptables and ip live.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# need COMMAND PACKAGE: a program that must be there, and the Debian package it comes from.
need() {
    have "$1" || die "the program '$1' is missing: apt-get install $2" \
        "(all that is needed is listed in deploy/packages/cluster.txt)"
}
