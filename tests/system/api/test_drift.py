"""What is done to a ready store by hand is seen when it happens, shown, and put back by the same release; data that
are gone are never passed off as a shop."""

import time

import pytest
from harness import wait

PATHS = {
    "Deployment": ("/apis/apps/v1", "deployments"),
    "StatefulSet": ("/apis/apps/v1", "statefulsets"),
    "Ingress": ("/apis/networking.k8s.io/v1", "ingresses"),
    "Service": ("/api/v1", "services"),
    "Secret": ("/api/v1", "secrets"),
    "ServiceAccount": ("/api/v1", "serviceaccounts"),
    "ResourceQuota": ("/api/v1", "resourcequotas"),
    "LimitRange": ("/api/v1", "limitranges"),
    "NetworkPolicy": ("/apis/networking.k8s.io/v1", "networkpolicies"),
    "PersistentVolumeClaim": ("/api/v1", "persistentvolumeclaims"),
}
OBJECTS = [
    ("Deployment", "-web"),
    ("StatefulSet", "-database"),
    ("Ingress", ""),
    ("Service", "-web"),
    ("Service", "-database"),
    ("Secret", "storewright-credentials"),
    ("ServiceAccount", ""),
    ("ResourceQuota", ""),
    ("LimitRange", ""),
    ("NetworkPolicy", "-deny"),
    ("NetworkPolicy", "-web"),
    ("NetworkPolicy", "-database"),
    ("Deployment", "-storefront"),
    ("Service", "-storefront"),
    ("NetworkPolicy", "-storefront"),
]


def named(store, suffix):
    return suffix if suffix.startswith("storewright-") else store + suffix


def path(store, kind, suffix):
    api, plural = PATHS[kind]
    return f"{api}/namespaces/{store}/{plural}/{named(store, suffix)}"


@pytest.fixture
def staying(platform):
    """The platform's reconciler stays with nothing to do, as it does where cron asks for one each minute."""
    platform.configure(linger_seconds=600)
    return platform


def told(platform, store, words):
    return [e for e in platform.events(store) if words in e]


def strike(platform, kube, store, kind, suffix):
    """Deletes it by hand; returns the timeline's line."""
    name = f"the {kind} {named(store, suffix)}"
    before = len(told(platform, store, name))
    kube.delete(path(store, kind, suffix))
    wait(lambda: f"{name} is missed; {platform.events(store)}", lambda: len(told(platform, store, name)) > before, 5)
    return told(platform, store, name)[-1]


def test_each_object_is_missed_and_put_back(staying, ready_store, kube, shop):
    ready_store(shop)
    secret = kube.secret(shop, "storewright-credentials")
    for n, (kind, suffix) in enumerate(OBJECTS):
        line = strike(staying, kube, shop, kind, suffix)
        assert line.startswith("The shop is disturbed. Missing from the cluster: the") and "put back" in line
        wait("it is put back", lambda: len(told(staying, shop, "put back by the store's release")) == n + 1, 30)
        staying.wait_status(shop, "ready", 60)
        assert kube.get(path(shop, kind, suffix)), f"{kind} {suffix} is back"
    assert kube.secret(shop, "storewright-credentials") == secret, "with the passwords that the database knows"
    assert {r["name"] for r in kube.releases(shop)} == {shop}
    assert kube.release_states(shop)[-1] == "deployed"


def test_an_uninstall_by_hand_keeps_the_data(staying, ready_store, kube, shop):
    """helm takes everything but the volumes and the password; the release is made again around them."""
    ready_store(shop)
    secret = kube.secret(shop, "storewright-credentials")
    claim = kube.get(path(shop, "PersistentVolumeClaim", "-database"))["metadata"]["uid"]
    for record in kube.items(f"/api/v1/namespaces/{shop}/secrets?labelSelector=owner%3Dhelm"):
        kube.delete(f"/api/v1/namespaces/{shop}/secrets/{record['metadata']['name']}")
    for kind, suffix in OBJECTS:
        if kind != "Secret":
            kube.delete(path(shop, kind, suffix))
    wait("it is missed", lambda: told(staying, shop, "Missing from the cluster"), 5)
    wait("it is put back", lambda: kube.releases(shop), 30)
    staying.wait_status(shop, "ready", 60)
    assert kube.secret(shop, "storewright-credentials") == secret
    assert kube.get(path(shop, "PersistentVolumeClaim", "-database"))["metadata"]["uid"] == claim


@pytest.mark.parametrize("volume", ["-database", "-files"])
def test_lost_data_are_not_made_up(staying, ready_store, kube, shop, volume):
    ready_store(shop)
    claim = path(shop, "PersistentVolumeClaim", volume)
    kube.call("PATCH", claim, {"metadata": {"finalizers": None}}, "application/merge-patch+json")
    kube.delete(claim)
    row = staying.wait_status(shop, "degraded", 10, cause="data-missing")
    assert f"the PersistentVolumeClaim {shop}{volume}" in row["reason"] and "Retry goes on with an empty one" in row["reason"]
    assert kube.get(claim) is None, "nobody has asked for it"
    staying.storectl("retry", shop)
    staying.wait_status(shop, "ready", 60)
    assert kube.get(claim)


def test_a_namespace_that_is_gone_never_loses_the_row(staying, ready_store, kube, shop):
    ready_store(shop)
    uid = staying.row(shop)["uid"]
    kube.delete(f"/api/v1/namespaces/{shop}")
    row = staying.wait_status(shop, "degraded", 30, cause="namespace-missing")
    assert row["uid"] == uid and row["desired"] == "present" and "its data with it" in row["reason"]
    assert staying.sql("SELECT count(*) AS n FROM store WHERE id = ?", shop) == [{"n": 1}]
    assert kube.namespace(shop) is None, "nobody has asked for a new one"


def test_it_ends_when_nobody_asks_for_one(platform, ready_store, shop):
    platform.configure(linger_seconds=3)
    ready_store(shop)
    assert platform.processes("reconcile")
    platform.wait_idle(15)


def test_cron_keeps_it_there(platform, ready_store, shop):
    platform.configure(linger_seconds=4)
    ready_store(shop)
    first = platform.processes("reconcile")
    for _ in range(6):
        assert platform.cron().wait(timeout=10) == 0
        time.sleep(1)
    assert platform.processes("reconcile") == first
