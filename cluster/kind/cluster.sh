# shellcheck shell=bash
# Kind: a cluster in a container, where Docker runs. To be sourced by cluster/{up,down,status,load}.

NAME=store-platform
NODE=$NAME-control-plane
# ingress-nginx was retired in March 2026; this is the other one, by F5.
CHART=oci://ghcr.io/nginx/charts/nginx-ingress
CHART_VERSION=2.7.2

there() { docker container inspect "$NODE" >/dev/null 2>&1; }

cluster_up() {
    [[ -z $NETNS$CONTROL_PLANE ]] || die '--netns and --control-plane are for the embedded cluster'
    local kind kubectl helm
    kind=$(tool kind) kubectl=$(tool kubectl) helm=$(tool helm)
    if there; then
        run docker start "$NODE"
        run "$kind" export kubeconfig --name "$NAME" --kubeconfig "$STATE/kubeconfig"
    else
        run "$kind" create cluster --config "$HERE/kind/config.yaml" --kubeconfig "$STATE/kubeconfig" --wait 180s
    fi
    run "$helm" --kubeconfig "$STATE/kubeconfig" upgrade --install nginx-ingress "$CHART" --version "$CHART_VERSION" \
        --namespace nginx-ingress --create-namespace --values "$HERE/kind/nginx-values.yaml" --wait --timeout 5m
    run "$kubectl" --kubeconfig "$STATE/kubeconfig" wait --for=condition=Ready nodes --all --timeout 180s
    remember kind 127.0.0.1:80
}

cluster_load() {
    local file kind
    kind=$(tool kind)
    for file; do
        run "$kind" load image-archive --name "$NAME" "$file"
    done
}

cluster_down() {
    local kind
    kind=$(tool kind)
    if [[ -n $PURGE ]]; then
        run "$kind" delete cluster --name "$NAME" --kubeconfig "$STATE/kubeconfig"
    elif [[ -n $PLAN ]] || there; then
        run docker stop "$NODE"
    fi
}

cluster_status() {
    there || { echo "overall: Docker has no container $NODE"; return 1; }
    docker container inspect --format '{{.Name}} {{.State.Status}} since {{.State.StartedAt}}, pid {{.State.Pid}}' "$NODE"
    status_by_kubectl
}
