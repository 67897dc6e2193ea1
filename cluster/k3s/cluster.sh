# shellcheck shell=bash
# k3s: where it is installed, as it is, with its own Traefik and local-path. To be sourced by
# cluster/{up,down,status,load}.

cluster_up() {
    [[ -z $NETNS$CONTROL_PLANE ]] || die '--netns and --control-plane are for the embedded cluster'
    [[ -n $PLAN ]] || have k3s || die 'k3s is not installed'
    if [[ -n $PLAN ]] || ! k3s kubectl get --raw /readyz >/dev/null 2>&1; then
        run systemctl start k3s
        wait_for 120 k3s kubectl get --raw /readyz || die 'k3s does not answer after 120 s'
    fi
    run install -m 600 /etc/rancher/k3s/k3s.yaml "$STATE/kubeconfig"
    run k3s kubectl wait --for=condition=Ready nodes --all --timeout 120s
    # k3s installs its Traefik some time after its start.
    wait_for 180 k3s kubectl -n kube-system rollout status deployment/traefik --timeout 5s ||
        die 'k3s runs without its Traefik: start it without --disable traefik, or choose another cluster'
    remember k3s 127.0.0.1:80
}

cluster_load() {
    local file
    for file; do
        run k3s ctr images import "$file"
    done
}

# It was there before us and may serve others.
cluster_down() { say 'cluster: k3s is left running (systemctl stop k3s stops it)'; }

cluster_status() {
    k3s --version | head -n 1
    status_by_kubectl
}
