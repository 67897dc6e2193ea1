# shellcheck shell=bash
# Keys, certificates, tokens and kubeconfigs of the embedded cluster: made once, kept in
# STATE/credentials (0700, every file 0600). To be sourced by cluster.sh.

# -g, since a function sources this file. Who each program is to the API server, and in which group.
declare -gA USER_OF=(
    [admin]=admin
    [kube-controller-manager]=system:kube-controller-manager
    [kube-scheduler]=system:kube-scheduler
    [kubelet]=system:node:$NODE
    [kube-proxy]=system:kube-proxy
    [coredns]=storewright:coredns
    [traefik]=storewright:traefik
    [storage-provisioner]=storewright:storage-provisioner
)
declare -gA GROUP_OF=([admin]=system:masters [kubelet]=system:nodes)

make_credentials() {
    local dir=$STATE/credentials name
    (
        umask 077
        cd "$dir" || exit
        make_authority
        make_certificate apiserver serverAuth /CN=kube-apiserver \
            "IP:127.0.0.1,IP:$SERVICE_IP,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
        make_certificate apiserver-to-kubelet clientAuth /O=system:masters/CN=apiserver-to-kubelet
        make_certificate kubelet serverAuth "/O=system:nodes/CN=system:node:$NODE" "IP:$NODE_IP,DNS:$NODE"
        if [[ ! -s service-account.pub ]]; then
            make_key service-account.key
            openssl pkey -in service-account.key -pubout -out service-account.pub
        fi
        [[ -s tokens.csv ]] || make_tokens
        for name in "${!USER_OF[@]}"; do
            make_kubeconfig "$name" | write "$dir/$name.kubeconfig" 600 || true
        done
    )
    write "$STATE/kubeconfig" 600 <"$dir/admin.kubeconfig" || true
}

make_key() {
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.new"
    mv "$1.new" "$1"
}

make_authority() {
    [[ -s ca.crt ]] && return
    make_key ca.key
    openssl req -x509 -new -key ca.key -days 3650 -subj "/CN=storewright-cluster-$ID" -out ca.crt.new
    mv ca.crt.new ca.crt
}

# make_certificate NAME USE SUBJECT [NAMES]
make_certificate() {
    local name=$1 use=$2 subject=$3 names=${4:-}
    [[ -s $name.crt ]] && return
    make_key "$name.key"
    openssl req -new -key "$name.key" -subj "$subject" |
        openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out "$name.crt.new" \
            -extfile <(echo "extendedKeyUsage=$use"; [[ -z $names ]] || echo "subjectAltName=$names") 2>/dev/null
    mv "$name.crt.new" "$name.crt"
}

make_tokens() {
    local name
    for name in "${!USER_OF[@]}"; do
        echo "$(openssl rand -hex 32),${USER_OF[$name]},$name,\"${GROUP_OF[$name]:-}\""
    done >tokens.csv.new
    mv tokens.csv.new tokens.csv
}

make_kubeconfig() {
    local token
    token=$(awk -F, -v name="$1" '$3 == name { print $1 }' tokens.csv)
    cat <<END
apiVersion: v1
kind: Config
clusters:
- name: storewright
  cluster:
    server: $API
    certificate-authority-data: $(base64 -w0 <ca.crt)
users:
- name: $1
  user:
    token: $token
contexts:
- name: storewright
  context:
    cluster: storewright
    user: $1
current-context: storewright
END
}
