# shellcheck shell=bash
# A cluster somebody else runs, named by KUBECONFIG. To be sourced by cluster/{up,down,status,load}.

cluster_up() {
    [[ -z $NETNS$CONTROL_PLANE ]] || die '--netns and --control-plane are for the embedded cluster'
    local kubectl config ingress=${STOREWRIGHT_INGRESS:-}
    kubectl=$(tool kubectl)
    if [[ -n $PLAN ]]; then
        run "$kubectl" config view --minify --flatten --raw
        run "$kubectl" --kubeconfig "$STATE/kubeconfig" get storageclass,ingressclass,services --all-namespaces
        return
    fi
    # Whole in itself, so that it works for who does not have the files the original names.
    if [[ -n ${KUBECONFIG:-} ]]; then
        config=$("$kubectl" config view --minify --flatten --raw) ||
            die "KUBECONFIG ($KUBECONFIG) names no cluster that could be used"
        write "$STATE/kubeconfig" 600 <<<"$config" || true
    fi
    [[ -s $STATE/kubeconfig ]] || die 'KUBECONFIG is not set'
    kubectl=("$kubectl" --kubeconfig "$STATE/kubeconfig")
    "${kubectl[@]}" get --raw /readyz >/dev/null || die 'the cluster of KUBECONFIG does not answer'
    [[ -n $(default_of storageclass storageclass.kubernetes.io) ]] ||
        die 'the cluster has no default StorageClass: stores would wait for their volumes for ever'
    [[ -n $(default_of ingressclass ingressclass.kubernetes.io) ]] ||
        die 'the cluster has no default IngressClass: stores could not be reached'
    [[ -n $ingress ]] || ingress=$(load_balancer)
    [[ -n $ingress ]] || die 'no Service of type LoadBalancer has an address and the port 80:' \
        'say where the ingress answers with STOREWRIGHT_INGRESS=ADDRESS:PORT'
    remember kubeconfig "$ingress"
}

default_of() {
    "${kubectl[@]}" get "$1" -o "jsonpath={.items[?(@.metadata.annotations.${2//./\\.}/is-default-class==\"true\")].metadata.name}"
}

load_balancer() {
    "${kubectl[@]}" get services --all-namespaces -o 'jsonpath={range .items[?(@.spec.type=="LoadBalancer")]}{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}{" "}{.spec.ports[*].port}{"\n"}{end}' |
        awk '{ for (i = 2; i <= NF; i++) if ($i == 80) { print $1 ":80"; exit } }'
}

cluster_load() {
    die "images cannot be put into a cluster of somebody else's: push them to a registry it can read," \
        'with images/build --registry'
}

cluster_down() { say 'cluster: the cluster of KUBECONFIG is left as it is'; }

cluster_status() { status_by_kubectl; }
