# shellcheck shell=bash
# shellcheck disable=SC2034  # the variables are for the scripts that source this
# What up, down and check share. To be sourced, with TOP set to the top of the tree.

# shellcheck source=cluster/lib.sh
. "$TOP/cluster/lib.sh"

PREFIX=/usr/local
LIBEXEC=$PREFIX/libexec/storewright
SHARE=$PREFIX/share/storewright
ETC=/etc/storewright
VAR=/var/lib/storewright
LOG=/var/log/storewright
# The reconciler, who has the rights in the cluster, and the web, who talks to strangers, are two users. What they share,
# the database and the reconciler's sockets, is the group's of the first.
RUN=/run/storewright
OWNER=storewright
WEB_RUN=/run/storewright-web
WEB_OWNER=storewright-web
# The dashboard; the ingress has port 80.
DASHBOARD_ADDRESS=127.0.0.1:8080

# step WHAT USUALLY: tells what begins now, and how long the last one took.
STEP=0 STEPS=0 STEP_NAME='' STEP_BEGAN=0 TIMES=()
step() {
    step_ended
    STEP=$((STEP + 1)) STEP_NAME=$1 STEP_BEGAN=$SECONDS
    printf '\n[%d/%d] %s%s\n' "$STEP" "$STEPS" "$1" "${2:+ (usually $2)}"
}
step_ended() {
    [[ -z $STEP_NAME ]] || TIMES+=("$(printf '%5d s  %s' $((SECONDS - STEP_BEGAN)) "$STEP_NAME")")
    STEP_NAME=''
}

need_root() {
    [[ $EUID == 0 ]] || die "this needs root: sudo ./${0##*/}"
}

# packages LIST...: installs what is missing of the lists in deploy/packages.
packages() {
    local list name missing=()
    for list; do
        while read -r name; do
            [[ -z $name ]] || installed "$name" || missing+=("$name")
        done <"$TOP/deploy/packages/$list.txt"
    done
    ((${#missing[@]})) || return 0
    say "packages: installing ${missing[*]}"
    without_starting_services install_packages "${missing[@]}"
}

installed() {
    case $1 in
        # Any program of that name that is new enough for what it is needed for will do.
        nodejs | npm | python3) have "${1/nodejs/node}" && return 0 ;;
    esac
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    local log
    log=$(mktemp)
    if ! { apt-get update && apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        die "apt-get could not install the packages (all of its output is in $log);" \
            'is a package mirror configured and reachable? Run this again when it is'
    fi
    rm -f "$log"
}

# Debian starts a server with its package. Ours run with their own configuration, and nginx's own
# would take the port that the ingress needs.
without_starting_services() {
    local policy=/usr/sbin/policy-rc.d ours='' nginx_was=''
    installed nginx && nginx_was=yes
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        ours=yes
    fi
    local result=0
    ( "$@" ) || result=$?
    [[ -z $ours ]] || rm -f "$policy"
    if [[ -z $nginx_was && -d /run/systemd/system ]] && installed nginx; then
        systemctl disable --quiet nginx.service || true
    fi
    return "$result"
}

# build DIR [CONFIGURE OPTION...]: the C programs, out of the tree.
build() {
    local dir=$1 log
    shift
    log=$dir/build.log
    mkdir -p "$dir"
    (
        cd "$TOP"
        [[ configure -nt configure.ac && Makefile.in -nt Makefile.am ]] || autoreconf -fi
        cd "$dir"
        [[ Makefile -nt $TOP/configure && $(cat options 2>/dev/null) == "$*" ]] ||
            { "$TOP/configure" "$@" && echo "$*" >options; }
        make -j"$(nproc)"
    ) >"$log" 2>&1 || { tail -n 30 "$log" >&2; die "the build failed; all of its output is in $log"; }
}
