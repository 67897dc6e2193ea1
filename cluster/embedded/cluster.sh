# shellcheck shell=bash
# The embedded cluster: upstream Kubernetes on this machine alone, from our own builds and Debian's
# containerd. To be sourced by cluster/{up,down,status,load}.

# The addresses k3s uses as well; every network namespace is a world of its own, so all clusters can
# have the same.
BRIDGE=storewright0
NODE_IP=10.42.0.1
POD_CIDR=10.42.0.0/16
SERVICE_CIDR=10.43.0.0/16
SERVICE_IP=10.43.0.1
# Not the machine's name: volumes are bound to the node, and machines are renamed.
NODE=storewright
API=https://127.0.0.1:6443

ID=$(printf %s "$STATE" | sha256sum | cut -c1-8)
# Sockets and what is void after a reboot; a path in the state could be too long for a socket.
RUN=/run/storewright-cluster-$ID
CGROUP=storewright-$ID
UNIT=/etc/systemd/system/storewright-cluster-$ID.service
# The programs as they are run: the cache that they are built in may be deleted.
BIN=$STATE/bin
CRI=unix://$RUN/containerd.sock

CONTROL_PLANE_SERVICES=(etcd kube-apiserver kube-controller-manager)
NODE_SERVICES=(kube-scheduler containerd kubelet kube-proxy storage-provisioner coredns traefik)

# shellcheck source=cluster/embedded/credentials.sh
. "$HERE/embedded/credentials.sh"
# shellcheck source=cluster/embedded/services.sh
. "$HERE/embedded/services.sh"
# shellcheck source=cluster/embedded/stop.sh
. "$HERE/embedded/stop.sh"

# Takes from the state how it was made, which no option can change afterwards.
recall() {
    local netns control_plane
    if [[ -f $STATE/control-plane ]]; then
        netns=$(<"$STATE/netns") control_plane=$(<"$STATE/control-plane")
        [[ -z $NETNS || $NETNS == "$netns" ]] || die "$STATE was made with --netns '$netns'"
        [[ -z $CONTROL_PLANE || -n $control_plane ]] || die "$STATE was made without --control-plane"
        NETNS=$netns CONTROL_PLANE=$control_plane
    fi
    SERVICES=("${CONTROL_PLANE_SERVICES[@]}")
    [[ -n $CONTROL_PLANE ]] || SERVICES+=("${NODE_SERVICES[@]}")
}

in_netns() {
    if [[ -n $NETNS ]]; then nsenter --net="/run/netns/$NETNS" -- "$@"; else "$@"; fi
}

kubectl() { in_netns "$BIN/kubectl" --kubeconfig "$STATE/kubeconfig" "$@"; }

# The supervisor's process, if it is the one that was started for this state.
supervisor() {
    local pid
    [[ -f $STATE/pid ]] || return 1
    pid=$(<"$STATE/pid")
    [[ -r /proc/$pid/cmdline && $(tr '\0' ' ' <"/proc/$pid/cmdline") == "runsvdir -P $STATE/services "* ]] || return 1
    echo "$pid"
}

check_packages() {
    need runsvdir runit
    need ip iproute2
    need openssl openssl
    need nsenter util-linux
    need curl curl
    [[ -z $CONTROL_PLANE ]] || return 0
    need containerd containerd
    need runc runc
    need iptables iptables
    need conntrack conntrack
    [[ -x /usr/lib/cni/bridge ]] || die "the CNI plugins are missing: apt-get install containernetworking-plugins"
}

# Before anything is started, the ports it will need: a clear word here is better than a log there.
check_ports() {
    local port ports=(6443 10257) used
    [[ -n $CONTROL_PLANE ]] || ports+=(80 443)
    [[ -z $NETNS || -e /run/netns/$NETNS ]] || return 0
    for port in "${ports[@]}"; do
        used=$(in_netns ss -Hltnp "sport = :$port")
        [[ -z $used ]] || die "port $port, which the cluster needs, is taken: $used"
    done
}

cluster_up() {
    local fresh=''
    recall
    local tools=(kube)
    [[ -n $CONTROL_PLANE ]] || tools+=(helm coredns traefik)
    if [[ -n $PLAN ]]; then plan; return; fi

    [[ $EUID == 0 ]] || die 'the embedded cluster must be started by root'
    check_packages
    "$HERE/tools" build "${tools[@]}"
    supervisor >/dev/null || { fresh=yes; end_orphans; check_ports; }

    make_state
    make_programs "${tools[@]}"
    make_credentials
    make_services
    if [[ -n $fresh ]]; then
        start_supervisor
    elif [[ -n $CHANGED ]]; then
        # All of it, which is simple, takes seconds, is rare, and leaves the pods alone.
        say 'cluster: its configuration has changed; its services are started again'
        stop_services and-leave-the-pods
    fi
    # An earlier down may have been cut short.
    [[ -n $fresh ]] || sv up "$STATE"/services/* >/dev/null
    wait_for_control_plane
    if [[ -z $CONTROL_PLANE ]]; then
        load_pause
        wait_for_node
        echo 127.0.0.1:80 | write "$STATE/ingress" 644 || true
    fi
    echo embedded | write "$STATE/kind" 644 || true
    say "cluster: up; its kubeconfig is $STATE/kubeconfig${NETNS:+, its network namespace $NETNS}"
}

plan() {
    run "$HERE/tools" build "${tools[@]}"
    [[ -z $NETNS ]] || run ip netns add "$NETNS"
    run "$HERE/embedded/supervise" "$STATE"
    printf '# it keeps running: %s\n' "${SERVICES[*]}"
    run kubectl apply --filename "$HERE/embedded/manifests"
}

make_state() {
    local dir
    for dir in bin credentials config services log volumes cni kubelet; do
        mkdir -p "$STATE/$dir"
    done
    # The directory above keeps everyone out; this one holds other people's files, so twice.
    chmod 700 "$STATE/volumes"
    echo "$NETNS" | write "$STATE/netns" 644 || true
    echo "$CONTROL_PLANE" | write "$STATE/control-plane" 644 || true
}

# A hard link where that can be, so that all clusters have one copy in memory.
make_programs() {
    local name file
    for name; do
        file=$("$HERE/tools" path "$name")
        [[ "$(stat -c '%s %Y' "$file")" != "$(stat -c '%s %Y' "$BIN/$name" 2>/dev/null)" ]] || continue
        rm -f "$BIN/.new"
        ln "$file" "$BIN/.new" 2>/dev/null || cp -p "$file" "$BIN/.new"
        mv "$BIN/.new" "$BIN/$name"
        CHANGED=yes
    done
    for name in $("$HERE/tools" links); do
        ln -sfn kube "$BIN/$name"
    done
}

# Under systemd the supervisor is a unit, so that it is there again after a reboot.
start_supervisor() {
    if [[ -d /run/systemd/system ]]; then
        systemd_unit | write "$UNIT" 644 || true
        systemctl daemon-reload
        systemctl enable --now "${UNIT##*/}"
    else
        setsid -f "$HERE/embedded/supervise" "$STATE" </dev/null >>"$STATE/log/supervisor" 2>&1 8>&-
    fi
}

systemd_unit() {
    cat <<END
[Unit]
Description=Storewright's Kubernetes cluster in $STATE
After=network.target

[Service]
Environment=STOREWRIGHT_CACHE=$CACHE STOREWRIGHT_UNIT=yes
ExecStart=$HERE/embedded/supervise $STATE
# Pods outlive their containerd; cluster/down ends everything in good order.
KillMode=process
ExecStop=$HERE/down --state $STATE
TimeoutStopSec=120
# What runsvdir ends with when it was told to.
SuccessExitStatus=111
Restart=on-failure

[Install]
WantedBy=multi-user.target
END
}

# gave_up WHAT SERVICE: the end of that service's log says most about it.
gave_up() {
    say "$1; the end of $STATE/log/$2/current:"
    tail -n 15 "$STATE/log/$2/current" >&2 || true
    die "$1"
}

wait_for_control_plane() {
    wait_for 90 kubectl get --raw /readyz || gave_up 'the API server is not ready after 90 s' kube-apiserver
    # What is there already and the same is not touched by this.
    kubectl apply --filename "$HERE/embedded/manifests" >/dev/null
    wait_for 60 kubectl -n default get serviceaccount default ||
        gave_up 'the controller-manager is not working after 60 s' kube-controller-manager
}

wait_for_node() {
    wait_for 60 kubectl get node "$NODE" || gave_up 'the kubelet has not registered its node after 60 s' kubelet
    kubectl wait --for=condition=Ready "node/$NODE" --timeout 90s >/dev/null || gave_up 'the node is not ready' kubelet
    wait_for 60 in_netns curl -sf http://127.0.0.1:8181/ready || gave_up 'CoreDNS is not ready' coredns
    wait_for 60 in_netns curl -s http://127.0.0.1:80/ || gave_up 'Traefik does not answer' traefik
}

# The image that holds a pod's namespaces is one of ours, as all images here are.
load_pause() {
    local archive
    wait_for 60 ctr_images ls || gave_up 'containerd does not answer' containerd
    [[ -z $(ctr_images ls -q name==localhost/storewright/pause:local) ]] || return 0
    archive=$(newest_pause)
    if [[ -z $archive ]]; then
        "$HERE/../images/build" pause >&2
        archive=$(newest_pause)
    fi
    ctr_images import "$archive" >/dev/null
}

newest_pause() {
    [[ ! -d $CACHE/images ]] || find "$CACHE/images" -maxdepth 1 -name 'pause-*.tar' -printf '%T@ %p\n' |
        sort -rn | sed -n '1s/^[^ ]* //p'
}

ctr_images() {
    local verb=$1
    shift
    ctr --address "$RUN/containerd.sock" --namespace k8s.io images "$verb" "$@"
}

cluster_load() {
    local file
    recall
    [[ -z $CONTROL_PLANE ]] || die 'a control plane alone runs no images'
    for file; do
        run ctr_images import "$file"
    done
}

cluster_status() {
    local service line pid seconds all=yes
    recall
    printf '%-24s %-8s %8s %10s %9s\n' COMPONENT STATE PID FOR MEMORY
    for service in "${SERVICES[@]}"; do
        line=$(sv status "$STATE/services/$service" 2>/dev/null) || line=''
        if [[ $line =~ ^run:\ [^\;]*\(pid\ ([0-9]+)\)\ ([0-9]+)s ]]; then
            pid=${BASH_REMATCH[1]} seconds=${BASH_REMATCH[2]}
            printf '%-24s %-8s %8d %8d s %6d MB\n' "$service" running "$pid" "$seconds" \
                "$(awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status")"
        else
            printf '%-24s %-8s\n' "$service" down
            all=''
        fi
    done
    if [[ -z $all ]]; then
        echo 'overall: not all of it runs'
        return 1
    elif ! kubectl get --raw /readyz >/dev/null 2>&1; then
        echo 'overall: the API server is not ready'
        return 1
    elif [[ -z $CONTROL_PLANE ]] && ! kubectl wait --for=condition=Ready "node/$NODE" --timeout 0 >/dev/null 2>&1; then
        echo 'overall: the node is not ready'
        return 1
    fi
    echo "overall: well, $(kubectl version 2>/dev/null | sed -n 's/^Server Version: /Kubernetes /p'), $API${NETNS:+ in network namespace $NETNS}"
}
