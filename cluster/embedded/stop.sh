# shellcheck shell=bash
# Ending the embedded cluster. To be sourced by cluster.sh.

cluster_down() {
    local pid
    recall
    if [[ -n $PLAN ]]; then
        run sv force-stop "$STATE/services/*"
        return
    fi
    # Down is down after a reboot too; but the unit, which runs this on the way to one, stays.
    if [[ -z ${STOREWRIGHT_UNIT:-} && -f $UNIT ]]; then systemctl disable "${UNIT##*/}"; fi
    if any_service; then stop_services; fi
    if pid=$(supervisor); then
        kill -HUP "$pid"
        wait_for 20 gone_process "$pid" || die "the supervisor (process $pid) does not end"
    fi
    rm -f "$STATE/pid"
    end_orphans
    sweep
    forget_network
    if [[ -n $PURGE ]]; then purge; fi
    say "cluster: down${PURGE:+, and its data deleted}"
}

gone_process() { [[ ! -e /proc/$1 ]]; }

# Whether any service still has its own runsv, which outlives a supervisor that was killed.
any_service() {
    compgen -G "$STATE/services/*" >/dev/null || return 1
    [[ $(sv status "$STATE"/services/* 2>/dev/null) =~ (^|$'\n')(run|down): ]]
}

# Services without the supervisor end, for a new one to start them. Their pods live on.
end_orphans() {
    any_service || return 0
    say 'cluster: services have lost their supervisor; they are ended'
    stop_services and-leave-the-pods
    sv -w 30 force-shutdown "$STATE"/services/* >/dev/null 2>&1 || true
    any_service && die "these do not end: $(sv status "$STATE"/services/*)"
    return 0
}

# First all that would start pods again, then the pods (unless $1), then what they need.
stop_services() {
    if [[ -z $CONTROL_PLANE ]]; then
        stop kubelet kube-proxy kube-scheduler storage-provisioner coredns traefik kube-controller-manager
        [[ -n ${1:-} ]] || "$BIN/stop-pods" "$CRI" ||
            say 'cluster: the pods did not end in good order; they are killed'
        stop containerd
    fi
    stop kube-controller-manager kube-apiserver
    stop etcd
}

# After 30 s they are killed.
stop() {
    local said
    said=$(cd "$STATE/services" && sv -w 30 force-stop "${@/#/./}") || say "$said"
}

# Whatever is still there of this cluster's pods, by the marks that only it has: processes in its
# cgroup, shims of its containerd, mounts below its directories. After a stop in good order: nothing.
sweep() {
    local dir pid tries
    for ((tries = 0; tries < 50; tries++)); do
        pid=$(leftover_processes)
        [[ -n $pid ]] || break
        # shellcheck disable=SC2086  # one word a process
        kill -KILL $pid 2>/dev/null || true
        sleep 0.1
    done
    [[ -z $(leftover_processes) ]] || die "processes that do not end: $(leftover_processes)"

    # The last mounted is on top.
    awk -v a="$STATE/" -v b="$RUN/" 'index($5, a) == 1 || index($5, b) == 1 { print $5 }' /proc/self/mountinfo |
        tac | while read -r dir; do umount "$dir"; done
    rm -rf "$RUN"
    for dir in $(cgroup_mounts); do
        [[ ! -d $dir/$CGROUP ]] || find "$dir/$CGROUP" -depth -type d -exec rmdir {} +
    done
}

leftover_processes() {
    local dir
    {
        for dir in $(cgroup_mounts); do
            [[ ! -d $dir/$CGROUP ]] || find "$dir/$CGROUP" -name cgroup.procs -exec cat {} +
        done
        pgrep -f -- "^[^ ]*containerd-shim-runc-v2 .*-address $RUN/containerd.sock" || true
    } | sort -u | tr '\n' ' ' | sed 's/ $//'
}

cgroup_mounts() { awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts; }

# The rules lead to pods that are gone.
forget_network() {
    local command
    [[ -z $CONTROL_PLANE ]] || return 0
    [[ -z $NETNS || -e /run/netns/$NETNS ]] || return 0
    for command in iptables ip6tables; do
        in_netns "$command-save" | removal_of_our_chains | in_netns "$command-restore" --noflush -w
    done
    if in_netns ip link show "$BRIDGE" >/dev/null 2>&1; then
        in_netns ip link delete "$BRIDGE"
    fi
}

# From all rules, what takes ours away and no others: the chains of kube-proxy and the kubelet, all
# called KUBE-, those of supervise, and the calls to either.
removal_of_our_chains() {
    awk '
        /^\*/ { print; calls = flush = drop = "" }
        /^:(KUBE|STOREWRIGHT)-/ { name = substr($1, 2); flush = flush "-F " name "\n"; drop = drop "-X " name "\n" }
        /^-A/ && $2 !~ /^(KUBE|STOREWRIGHT)-/ && / -j (KUBE|STOREWRIGHT)-/ { sub(/^-A/, "-D"); calls = calls $0 "\n" }
        /^COMMIT/ { printf "%s%s%s", calls, flush, drop; print }'
}

purge() {
    local link
    rm -f "$UNIT"
    if [[ -f $STATE/netns-is-ours && -e /run/netns/$NETNS ]]; then
        ip netns delete "$NETNS"
    fi
    # The kubelet's paths that no option moves.
    if [[ -d /var/log/containers ]]; then
        for link in /var/log/containers/*; do
            [[ $(readlink "$link") != "$STATE"/* ]] || rm "$link"
        done
    fi
    if ! pgrep -x kubelet >/dev/null; then
        rm -rf /var/lib/kubelet/device-plugins
        rmdir /var/lib/kubelet /var/log/containers 2>/dev/null || true
    fi
}
