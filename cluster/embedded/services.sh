# shellcheck shell=bash
# shellcheck disable=SC2034  # cluster.sh uses CHANGED
# The programs of the embedded cluster, their options and configuration, as runit services in
# STATE/services. To be sourced by cluster.sh.

# CHANGED is set if a running cluster would not be as it is written now.
CHANGED=''
make_services() {
    local name
    make_config
    for name in "${SERVICES[@]}"; do
        service "$name" < <("run_$name")
    done
}

# service NAME: standard input is the command line.
service() {
    local name=$1 dir=$STATE/services/$1
    # The supervisor looks for new services at any time: this one must be whole when it appears.
    mkdir -p "$STATE/services/.new/log"
    {
        echo '#!/bin/sh'
        echo 'exec 2>&1'
        cat
    } >"$STATE/services/.new/run"
    printf '#!/bin/sh\nexec svlogd -tt %q\n' "$STATE/log/$name" >"$STATE/services/.new/log/run"
    chmod 700 "$STATE"/services/.new/{run,log/run}
    mkdir -p "$STATE/log/$name"
    # Four files of 2 MB each.
    printf 's2000000\nn4\n' | write "$STATE/log/$name/config" 600 || true

    if [[ ! -d $dir ]]; then
        mv "$STATE/services/.new" "$dir"
        return
    fi
    ! write "$dir/run" 700 <"$STATE/services/.new/run" || CHANGED=yes
    write "$dir/log/run" 700 <"$STATE/services/.new/log/run" || true
    rm -r "$STATE/services/.new"
}

run_etcd() {
    # Unix sockets, in a directory only root can enter: etcd asks nobody who they are. It insists on
    # names of the form host:port, and puts the sockets in its working directory.
    cat <<END
cd $STATE/etcd || { mkdir -p -m 700 $STATE/etcd && cd $STATE/etcd; } || exit 1
exec $BIN/etcd --name storewright --data-dir $STATE/etcd/data --log-level warn \\
    --listen-client-urls unix://client:0 --advertise-client-urls unix://client:0 \\
    --listen-peer-urls unix://peer:0 --initial-advertise-peer-urls unix://peer:0 \\
    --initial-cluster storewright=unix://peer:0${CONTROL_PLANE:+ --unsafe-no-fsync}
END
}

run_kube-apiserver() {
    local c=$STATE/credentials
    # Pods cannot reach it: it listens on loopback only, so the Service "kubernetes" has no endpoint.
    cat <<END
exec $BIN/kube-apiserver --bind-address 127.0.0.1 --secure-port 6443 --advertise-address $SERVICE_IP \\
    --endpoint-reconciler-type none --etcd-servers unix://$STATE/etcd/client:0 \\
    --tls-cert-file $c/apiserver.crt --tls-private-key-file $c/apiserver.key \\
    --token-auth-file $c/tokens.csv --anonymous-auth=false \\
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \\
    --service-account-issuer https://kubernetes.default.svc.cluster.local \\
    --service-account-key-file $c/service-account.pub \\
    --service-account-signing-key-file $c/service-account.key \\
    --kubelet-client-certificate $c/apiserver-to-kubelet.crt \\
    --kubelet-client-key $c/apiserver-to-kubelet.key --kubelet-certificate-authority $c/ca.crt \\
    --kubelet-preferred-address-types InternalIP \\
    --service-cluster-ip-range $SERVICE_CIDR --profiling=false
END
}

run_kube-controller-manager() {
    local c=$STATE/credentials
    cat <<END
exec $BIN/kube-controller-manager --kubeconfig $c/kube-controller-manager.kubeconfig \\
    --bind-address 127.0.0.1 --leader-elect=false --use-service-account-credentials \\
    --service-account-private-key-file $c/service-account.key --root-ca-file $c/ca.crt \\
    --kube-api-qps 100 --kube-api-burst 200 --profiling=false
END
}

run_kube-scheduler() {
    cat <<END
exec $BIN/kube-scheduler --config $STATE/config/kube-scheduler.yaml --bind-address 127.0.0.1
END
}

run_containerd() {
    echo "exec $(command -v containerd) --config $STATE/config/containerd.toml"
}

run_kubelet() {
    cat <<END
exec $BIN/kubelet --config $STATE/config/kubelet.yaml --root-dir $STATE/kubelet \\
    --kubeconfig $STATE/credentials/kubelet.kubeconfig --hostname-override $NODE --node-ip $NODE_IP
END
}

run_kube-proxy() {
    echo "exec $BIN/kube-proxy --config $STATE/config/kube-proxy.yaml --hostname-override $NODE"
}

run_storage-provisioner() {
    cat <<END
exec $BIN/storage-provisioner --kubeconfig $STATE/credentials/storage-provisioner.kubeconfig \\
    --provisioner storewright.io/local-path --node $NODE --root $STATE/volumes
END
}

run_coredns() {
    echo "exec $BIN/coredns -conf $STATE/config/Corefile"
}

run_traefik() {
    cat <<END
export KUBECONFIG=$STATE/credentials/traefik.kubeconfig
exec $BIN/traefik --configfile=$STATE/config/traefik.yaml
END
}

make_config() {
    [[ -z $CONTROL_PLANE ]] || return 0
    local d=$STATE/config
    ! config_containerd | write "$d/containerd.toml" 600 || CHANGED=yes
    ! config_cni | write "$STATE/cni/10-bridge.conflist" 600 || CHANGED=yes
    ! config_kubelet | write "$d/kubelet.yaml" 600 || CHANGED=yes
    ! config_kube-scheduler | write "$d/kube-scheduler.yaml" 600 || CHANGED=yes
    ! config_kube-proxy | write "$d/kube-proxy.yaml" 600 || CHANGED=yes
    ! config_coredns | write "$d/Corefile" 600 || CHANGED=yes
    ! config_traefik | write "$d/traefik.yaml" 600 || CHANGED=yes
}

# restrict_oom_score_adj: where CAP_SYS_RESOURCE is missing (a container, some virtual machines) no
# sandbox could be started without it.
config_containerd() {
    cat <<END
version = 2
root = "$STATE/containerd"
state = "$RUN/containerd"
[grpc]
  address = "$RUN/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/storewright/pause:local"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "$STATE/cni"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  BinaryName = "$(command -v runc)"
  Root = "$RUN/runc"
END
}

# Masquerading is one rule for all (see supervise), not some for each pod.
config_cni() {
    cat <<END
{
  "cniVersion": "0.4.0",
  "name": "storewright",
  "plugins": [{
    "type": "bridge",
    "bridge": "$BRIDGE",
    "isGateway": true,
    "hairpinMode": true,
    "ipam": {
      "type": "host-local",
      "dataDir": "$RUN/addresses",
      "ranges": [[{ "subnet": "$POD_CIDR", "gateway": "$NODE_IP" }]],
      "routes": [{ "dst": "0.0.0.0/0" }]
    }
  }]
}
END
}

# Images come from archives and could not be pulled again, so they are never collected.
config_kubelet() {
    local c=$STATE/credentials
    cat <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
healthzBindAddress: 127.0.0.1
containerRuntimeEndpoint: $CRI
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failCgroupV1: false
failSwapOn: false
seccompDefault: true
authentication:
  anonymous: { enabled: false }
  webhook: { enabled: true }
  x509: { clientCAFile: $c/ca.crt }
authorization: { mode: Webhook }
tlsCertFile: $c/kubelet.crt
tlsPrivateKeyFile: $c/kubelet.key
clusterDomain: cluster.local
clusterDNS: [$NODE_IP]
resolvConf: ""
podLogsDir: $STATE/log/pods
volumePluginDir: $STATE/kubelet/volume-plugins
maxPods: 500
serializeImagePulls: false
configMapAndSecretChangeDetectionStrategy: Get
imageGCHighThresholdPercent: 100
evictionHard:
  memory.available: 100Mi
  nodefs.available: 3%
  imagefs.available: 3%
END
}

config_kube-scheduler() {
    cat <<END
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
clientConnection: { kubeconfig: $STATE/credentials/kube-scheduler.kubeconfig }
leaderElection: { leaderElect: false }
enableProfiling: false
profiles:
- schedulerName: default-scheduler
  plugins: { multiPoint: { enabled: [{ name: ClaimsBound }] } }
END
}

# Short waits before rules are written: a store that is ready should be reached at once.
config_kube-proxy() {
    cat <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: { kubeconfig: $STATE/credentials/kube-proxy.kubeconfig }
mode: iptables
clusterCIDR: $POD_CIDR
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
nodePortAddresses: [$NODE_IP/32]
iptables: { minSyncPeriod: 100ms, localhostNodePorts: false }
conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s }
END
}

# The cluster's own names are not cached, above all not that a name is not there yet.
config_coredns() {
    cat <<END
.:53 {
    bind $NODE_IP
    errors
    ready 127.0.0.1:8181
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig $STATE/credentials/coredns.kubeconfig
        ttl 5
    }
    cache 30 {
        disable success cluster.local
        disable denial cluster.local
    }
    loadbalance
$(grep -qs '^nameserver' /etc/resolv.conf && echo '    forward . /etc/resolv.conf')
}
END
}

config_traefik() {
    cat <<END
global: { checkNewVersion: false, sendAnonymousUsage: false }
log: { level: WARN }
entryPoints:
  web: { address: "127.0.0.1:80" }
  websecure: { address: "127.0.0.1:443", http: { tls: {} } }
providers:
  providersThrottleDuration: 100ms
  kubernetesIngress:
    ingressEndpoint: { ip: 127.0.0.1 }
END
}
