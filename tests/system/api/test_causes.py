"""A store that does not come up says why in words a person can act on, soon when waiting would not mend it; Retry mends it
when the cause is gone."""

import time

import pytest
from harness import wait

FAULTS = {
    "setup": (
        lambda k, s: k.ended(s, "web", code=3, restarts=3, setup=True),
        "setup",
        "The shop's setup failed with exit status 3",
    ),
    "crash": (lambda k, s: k.ended(s, "web", code=1, restarts=3), "crash-loop", "It ended with exit status 1"),
    "memory": (
        lambda k, s: k.ended(s, "database", code=137, reason="OOMKilled", restarts=3),
        "out-of-memory",
        "used more memory than its plan gives",
    ),
    "image": (
        lambda k, s: k.waiting(s, "web", "ErrImageNeverPull", "it is not there"),
        "image",
        "cannot be pulled. it is not there",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_it_fails_fast_and_retry_mends_it(platform, kubelet, shops, kube, shop, fault):
    play, cause, words = FAULTS[fault]
    platform.create(shop)
    play(kubelet, shop)
    row = platform.wait_status(shop, "failed", 20, cause=cause)
    assert words in row["reason"]
    assert any(words in e and e.startswith("Provisioning failed.") for e in platform.events(shop))
    page = platform.browser().get(f"/stores/{shop}")
    assert page.store_status == "failed" and words in page.text("part-status") and "retry" in page.ids
    platform.wait_idle()
    secret = kube.secret(shop, "storewright-credentials")

    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.storectl("retry", shop, "--wait")
    assert platform.status(shop) == "ready"
    assert kube.secret(shop, "storewright-credentials") == secret, "the volume was made with the first password"


def test_trouble_that_may_pass_is_waited_out(platform, kubelet, shops, shop):
    platform.create(shop)
    kubelet.ended(shop, "web", code=1, restarts=1)
    platform.wait_status(shop, "provisioning", cause="crash-loop")
    kubelet.waiting(shop, "web", "ErrImagePull", "registry says 503")
    platform.wait_status(shop, "provisioning", cause="image")
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.ready(shop)
    platform.wait_status(shop, "ready")


def test_quota_is_told(platform, kubelet, shops, kube, shop):
    """Pods that the quota refuses never appear: the cause is in the workload's conditions and events."""
    helm = platform.dir / "helm-after-quota"
    helm.write_text(f'#!/bin/sh\nwhile ! [ -e {platform.dir}/quota ]; do sleep 0.1; done\nexec {platform.settings["helm"]} "$@"\n')
    helm.chmod(0o755)
    platform.configure(helm=helm)
    platform.create(shop)
    quota = f"/api/v1/namespaces/{shop}/resourcequotas"
    wait("the namespace", lambda: kube.namespace(shop))
    kube.call("POST", quota, {"metadata": {"name": "tight"}, "spec": {"hard": {"pods": "0"}}})
    wait("the quota counts", lambda: kube.get(f"{quota}/tight").get("status", {}).get("hard"))
    (platform.dir / "quota").touch()
    row = platform.wait_status(shop, "failed", 30, cause="quota")
    assert "exceeded quota: tight" in row["reason"]
    kube.delete(f"{quota}/tight")
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.storectl("retry", shop)
    platform.wait_status(shop, "ready", 60)


def test_no_ingress_class(make_platform, kubelet, shops, shop):
    """Nothing leads to the shop, and nothing ever will: it fails soon, and names what the cluster has not."""
    platform = make_platform(ingress=shops.address, ingress_class="no-such-class")
    kubelet.look_after(shop)
    platform.create(shop)
    row = platform.wait_status(shop, "failed", 60, cause="ingress-class")
    assert 'no IngressClass "no-such-class"' in row["reason"]
    platform.wait_idle()
    platform.configure(ingress_class=None)
    shops.answers[f"{shop}.localtest.me"] = "shop"
    platform.storectl("retry", shop)
    platform.wait_status(shop, "ready", 60)


def test_somebody_else_has_the_host(make_platform, kubelet, shops, kube, shop):
    other = f"other-{shop}"
    platform = make_platform(ingress=shops.address, ingress_class=shop)
    kube.call("POST", "/apis/networking.k8s.io/v1/ingressclasses", {"metadata": {"name": shop}, "spec": {"controller": "example.com/x"}})
    kube.make_namespace(other)
    backend = {"service": {"name": "x", "port": {"number": 80}}}
    rule = {"host": f"{shop}.localtest.me", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    kube.call("POST", f"/apis/networking.k8s.io/v1/namespaces/{other}/ingresses", {"metadata": {"name": "rival"}, "spec": {"rules": [rule]}})
    try:
        shops.answers[f"{shop}.localtest.me"] = "other-json"
        kubelet.look_after(shop)
        platform.create(shop)
        row = platform.wait_status(shop, "failed", 60, cause="host")
        assert f"the Ingress rival of the namespace {other} has it" in row["reason"]
    finally:
        kube.delete(f"/api/v1/namespaces/{other}")
        kube.delete(f"/apis/networking.k8s.io/v1/ingressclasses/{shop}")


def test_admission_refuses_the_pods(platform, kube, shop):
    """By a policy of the API server's own; it is told in the policy's words."""
    api = "/apis/admissionregistration.k8s.io/v1"
    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    policy = {
        "metadata": {"name": shop},
        "spec": {
            "matchConstraints": {"resourceRules": rules},
            "validations": [{"expression": "false", "message": "no pods on Sundays"}],
        },
    }
    binding = {
        "metadata": {"name": shop},
        "spec": {
            "policyName": shop,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": shop}}},
        },
    }
    kube.call("POST", f"{api}/validatingadmissionpolicies", policy)
    kube.call("POST", f"{api}/validatingadmissionpolicybindings", binding)
    try:
        time.sleep(1)  # the API server takes a moment to heed them
        platform.create(shop)
        row = platform.wait_status(shop, "failed", 90, cause="admission")
        assert "no pods on Sundays" in row["reason"]
    finally:
        kube.delete(f"{api}/validatingadmissionpolicybindings/{shop}")
        kube.delete(f"{api}/validatingadmissionpolicies/{shop}")


def test_a_failed_store_is_deleted_and_its_id_is_free(platform, kubelet, kube, shop):
    platform.create(shop)
    kubelet.ended(shop, "web", code=1, restarts=5)
    platform.wait_status(shop, "failed")
    platform.delete(shop, "--wait")
    assert kube.namespace(shop) is None
    platform.create(shop)


def test_timeouts(make_platform, shops, kubelet, kube, shops_named):
    """What takes too long is given up and says what it waited for: a start, a namespace that something holds, a volume that
    stays. All at once, for each has the minute of grace that follows a first look at the cluster."""
    slow, held, kept = shops_named(3)
    platform = make_platform(ingress=shops.address, create_timeout_seconds=70, delete_timeout_seconds=5)
    shops.default = "shop"
    kubelet.look_after(held, kept)
    for store in (held, kept, slow):
        platform.create(store)
    platform.wait_status(held, "ready", 60)
    platform.wait_status(kept, "ready", 60)
    holder = {"metadata": {"name": "holder", "finalizers": ["example.com/hold"]}}
    kube.call("POST", f"/api/v1/namespaces/{held}/configmaps", holder)
    volume = {
        "metadata": {"name": kept},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "hostPath": {"path": "/nonexistent"},
            "claimRef": {"namespace": kept, "name": f"{kept}-database"},
        },
    }
    kube.call("POST", "/api/v1/persistentvolumes", volume)
    try:
        platform.delete(held)
        platform.delete(kept)
        row = platform.wait_status(held, "delete_failed", 100, cause="stuck")
        assert row["reason"].startswith("The namespace is still there.") and "example.com/hold" in row["reason"]
        row = platform.wait_status(kept, "delete_failed", 30, cause="stuck")
        assert row["reason"] == "The namespace is gone, but 1 of its volumes are still there."
        row = platform.wait_status(slow, "failed", 100)
        assert row["reason"].startswith("Not ready after ") and "The database is starting." in row["reason"]
        platform.wait_idle()
        assert kube.get(f"/api/v1/namespaces/{held}/configmaps/holder")["metadata"]["finalizers"] == ["example.com/hold"]
    finally:
        kube.call("PATCH", f"/api/v1/namespaces/{held}/configmaps/holder", {"metadata": {"finalizers": None}},
                  "application/merge-patch+json")
        kube.delete(f"/api/v1/persistentvolumes/{kept}")
    # The ID is not free until that is done; Retry goes on with the delete.
    r = platform.storectl("create", kept, "--engine", "medusa", check=False)
    assert r.returncode == 1 and "could not be deleted whole" in r.stderr
    for store in (held, kept):
        platform.storectl("retry", store, check=False)  # a reconciler may have seen it go by itself
        platform.wait_status(store, "deleted", 30)
    kubelet.look_after(slow)
    platform.storectl("retry", slow)
    platform.wait_status(slow, "ready")
