"""Each store behind its fence: asked of the API server that holds it there, on objects of the real chart."""

import itertools
import json

import pytest
from harness import ROOT
from harness.kube import ApiError, Kube

TIGHT = {
    "allowPrivilegeEscalation": False, "runAsNonRoot": True, "runAsUser": 1000,
    "capabilities": {"drop": ["ALL"]}, "seccompProfile": {"type": "RuntimeDefault"},
}  # fmt: skip


@pytest.fixture
def two(ready_store, shops_named):
    return [ready_store(name) for name in shops_named(2)]


def pod(**container):
    spec = {"automountServiceAccountToken": False, "containers": [{"name": "c", "image": "x", "securityContext": TIGHT} | container]}
    return {"metadata": {"generateName": "intruder-"}, "spec": spec}


def refused(kube, path, body, *words):
    with pytest.raises(ApiError) as refusal:
        kube.call("POST", path, body)
    # 422: the API server itself takes no privileged pod here, before Pod Security is asked.
    known = "disallowed by cluster policy" in str(refusal.value)
    assert known or refusal.value.status == 403 and all(w in str(refusal.value) for w in words), refusal.value


class As(Kube):
    """A store's own ServiceAccount."""

    def __init__(self, kube, namespace, account):
        self.file, self.address, self.tls = kube.file, kube.address, kube.tls
        answer = kube.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token", {"spec": {}})
        self.token = answer["status"]["token"]


def test_no_token_is_mounted(kube, ready_store, shop):
    ready_store(shop)
    for p in kube.pods(shop):
        assert p["spec"]["automountServiceAccountToken"] is False
        volumes = json.dumps(p["spec"]["volumes"])
        assert "serviceAccountToken" not in volumes and "kube-api-access" not in volumes
    for account in kube.items(f"/api/v1/namespaces/{shop}/serviceaccounts"):
        if account["metadata"]["name"] == shop:
            assert account["automountServiceAccountToken"] is False


@pytest.mark.parametrize("spec", [
    {"securityContext": TIGHT | {"privileged": True, "allowPrivilegeEscalation": True}}, {"securityContext": TIGHT | {"runAsUser": 0}}, {"securityContext": TIGHT | {"allowPrivilegeEscalation": True}},
    {"securityContext": {k: v for k, v in TIGHT.items() if k != "seccompProfile"}}, {"securityContext": TIGHT | {"capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}},
    {"ports": [{"containerPort": 80, "hostPort": 80}]},
], ids=str)  # fmt: skip
def test_restricted_pods_only(kube, ready_store, shop, spec):
    ready_store(shop)
    path = f"/api/v1/namespaces/{shop}/pods"
    refused(kube, path, pod(**spec), "PodSecurity", "restricted")
    host = pod()
    host["spec"] |= {"hostNetwork": True, "hostPID": True, "volumes": [{"name": "h", "hostPath": {"path": "/"}}]}
    refused(kube, path, host, "PodSecurity")


def test_quota_and_limits_are_in_force(kube, ready_store, shop):
    ready_store(shop)
    path = f"/api/v1/namespaces/{shop}/pods"
    quota = kube.get(f"/api/v1/namespaces/{shop}/resourcequotas/{shop}")["status"]
    assert int(quota["used"]["pods"]) == len(kube.pods(shop)) > 0
    made = kube.call("POST", path, pod())["spec"]["containers"][0]["resources"]
    assert made["limits"]["memory"] and made["requests"]["cpu"], "the LimitRange's defaults"
    refused(kube, path, pod(resources={"limits": {"cpu": "64", "memory": "1Gi"}}), "maximum cpu usage")
    for _ in range(int(quota["hard"]["pods"])):
        try:
            kube.call("POST", path, pod())
        except ApiError as e:
            assert e.status == 403 and "exceeded quota" in str(e)
            break
    else:
        pytest.fail("more pods than the quota allows")
    claim = {"metadata": {"name": "big"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Ti"}}}}
    refused(kube, f"/api/v1/namespaces/{shop}/persistentvolumeclaims", claim, "exceeded quota")
    service = {"metadata": {"name": "out"}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}
    refused(kube, f"/api/v1/namespaces/{shop}/services", service, "exceeded quota")


def test_a_store_s_own_account_may_nothing(kube, two):
    """Even with a token that somebody took out of the cluster."""
    for home, other in itertools.permutations(two):
        for account in (home, "default"):
            thief = As(kube, home, account)
            for path in (f"/api/v1/namespaces/{home}/secrets/storewright-credentials", f"/api/v1/namespaces/{other}/secrets/storewright-credentials",
                         f"/api/v1/namespaces/{home}/secrets", f"/api/v1/namespaces/{other}/pods", "/api/v1/namespaces", "/api/v1/nodes"):  # fmt: skip
                with pytest.raises(ApiError) as refusal:
                    thief.call("GET", path)
                assert refusal.value.status == 403
            refused(thief, f"/api/v1/namespaces/{home}/pods", pod(), "forbidden")


def test_secrets_are_mounted_at_home_only(kube, two):
    """No pod names a Secret of another, which the API could not give it anyway, and each gets the keys it needs."""
    for store in two:
        named = {v["secret"]["secretName"] for p in kube.pods(store) for v in p["spec"]["volumes"] if "secret" in v}
        assert named <= {"storewright-credentials"}
        values = kube.secret(store, "storewright-credentials")
        others = kube.secret(two[1 - two.index(store)], "storewright-credentials")
        assert not {v for k, v in values.items() if k != "admin-email"} & set(others.values())


def test_network_policies_as_they_are(kube, two):
    """The live objects, judged as the reference defines them: no way from store to store, to the API or to metadata addresses."""
    import sys

    sys.path.insert(0, str(ROOT / "tests/chart"))
    from network_judge import ADDRESSES, allowed

    policies, pods = {}, {}
    for store in two:
        space = kube.namespace(store)["metadata"]["labels"]
        policies[store] = kube.items(f"/apis/networking.k8s.io/v1/namespaces/{store}/networkpolicies")
        assert policies[store]
        for p in kube.pods(store):
            pods[store, p["metadata"]["name"]] = {"labels": p["metadata"]["labels"], "namespace": space}
        pods[store, "stray"] = {"labels": {"app": "stray"}, "namespace": space}
    for (store, name), here in pods.items():
        for (other, there_name), there in pods.items():
            if store == other:
                continue
            for port in (80, 3306, 5432, 6379, 9000, 6443):
                out = allowed(policies[store], "Egress", here, there, port)
                into = allowed(policies[other], "Ingress", there, here, port)
                assert not (out and into), f"{store}/{name} reaches {other}/{there_name}:{port}"
        for address in (*ADDRESSES, "10.43.0.1"):
            for port in (80, 443, 6443):
                assert not allowed(policies[store], "Egress", here, {"address": address}, port), (name, address, port)


