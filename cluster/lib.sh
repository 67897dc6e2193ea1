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

# The options that the scripts have in common. What is left over is in ARGS.
STATE=/var/lib/storewright/cluster NETNS='' CONTROL_PLANE='' CHOICE='' PLAN='' PURGE='' ARGS=()
parse_options() {
    while (($#)); do
        case $1 in
            --state | --netns | --cluster)
                [[ -n ${2:-} ]] || die "$1 needs a value"
                case $1 in
                    --state) STATE=$(realpath -ms -- "$2") ;;
                    --netns) NETNS=$2 ;;
                    --cluster) CHOICE=$2 ;;
                esac
                shift ;;
            --control-plane) CONTROL_PLANE=yes ;;
            --plan) PLAN=yes ;;
            --purge) PURGE=yes ;;
            --) shift; ARGS+=("$@"); break ;;
            -h | --help) usage; exit 0 ;;
            -*) say "${0##*/}: unknown option $1"; usage >&2; exit 2 ;;
            *) ARGS+=("$1") ;;
        esac
        shift
    done
    [[ $NETNS =~ ^[A-Za-z0-9_-]*$ ]] || die "--netns $NETNS: letters, digits, - and _ only"
    # Service scripts, YAML and unit files name paths in the state without quoting.
    [[ $STATE =~ ^/[A-Za-z0-9/._-]+$ ]] || die "--state $STATE: letters, digits and / . _ - only"
}

# usage prints the comment at the head of the script.
usage() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

# one_at_a_time: up, down and load of one state wait for each other. Programs that outlive the
# script must be started with 8>&-.
one_at_a_time() {
    mkdir -p "$(dirname "$STATE")"
    exec 8>"$STATE.lock"
    flock -n 8 || { say "another run is changing $STATE; waiting"; flock 8; }
}

# run COMMAND...: with --plan, the command is printed and not run.
run() {
    if [[ -n $PLAN ]]; then
        printf '%q ' "$@" | sed "s|$HERE|cluster|g; s| \$||"
        echo
    else
        "$@"
    fi
}

# What a cluster was made as is remembered in its state: the kind, and for the embedded one where.
kind_of() { [[ ! -f $STATE/kind ]] || cat "$STATE/kind"; }
load_kind() {
    local kind=$1
    [[ -f $HERE/$kind/cluster.sh ]] || die "--cluster $kind: one of embedded, kubeconfig, kind, k3s"
    # shellcheck source=/dev/null
    . "$HERE/$kind/cluster.sh"
}

# write FILE MODE: standard input becomes FILE at once or not at all; true if that changed it.
write() {
    local file=$1 mode=$2 new
    new=$(mktemp "$file.XXXXXX")
    cat >"$new"
    chmod "$mode" "$new"
    if [[ -f $file ]] && cmp -s "$new" "$file"; then
        rm "$new"
        return 1
    fi
    mv "$new" "$file"
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
    local seconds=$1 until=$((SECONDS + $1))
    shift
    if [[ -n $PLAN ]]; then
        echo "$(run "$@") # again until it succeeds, for at most $seconds s"
        return
    fi
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < until)) || return 1
        sleep 0.2
    done
}

# tool NAME: the path of a program that any kind of cluster needs. kubectl may be anyone's; helm and
# kind are ours, since their versions matter.
tool() {
    local file
    if [[ -n $PLAN ]]; then
        echo "$1"
    elif [[ $1 == kubectl ]] && file=$(command -v kubectl); then
        echo "$file"
    else
        "$HERE/tools" build "$1"
        "$HERE/tools" path "$1"
    fi
}

# remember KIND INGRESS: the last act of an up.
remember() {
    [[ -z $PLAN ]] || return 0
    echo "$2" | write "$STATE/ingress" 644 || true
    echo "$1" | write "$STATE/kind" 644 || true
    say "cluster: up; its kubeconfig is $STATE/kubeconfig, its ingress at $2"
}

# The lines of cluster/status for clusters whose programs are not ours to look at.
status_by_kubectl() {
    local kubectl ready
    kubectl=("$(tool kubectl)" --kubeconfig "$STATE/kubeconfig" --request-timeout 10s)
    if ! "${kubectl[@]}" get --raw /readyz >/dev/null 2>&1; then
        echo 'overall: the API server is not ready'
        return 1
    fi
    "${kubectl[@]}" get nodes
    ready=$("${kubectl[@]}" get nodes -o 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}')
    if [[ $ready =~ ^True(\ True)*$ ]]; then
        echo 'overall: well'
    else
        echo 'overall: not all nodes are ready'
        return 1
    fi
}
