"""The way to the API server is slow, cut, refused, or leads elsewhere; its certificate and token are replaced. Nothing is
called what it is not, and all ends as asked, by itself."""

import random
import time

import pytest
from harness import wait
from harness.api_proxy import ApiProxy, status


@pytest.fixture
def proxy(kube, tmp_path):
    proxy = ApiProxy(kube, tmp_path)
    yield proxy
    proxy.stop()


@pytest.fixture
def proxied(make_platform, shops, proxy):
    return make_platform(ingress=shops.address, kubeconfig=proxy.file)


def life(platform, kubelet, shops, kube, shop, seconds=60):
    """A store is asked for, READY, and deleted, and nothing is left."""
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.create(shop)
    platform.wait_status(shop, "ready", seconds)
    platform.delete(shop)
    platform.wait_status(shop, "deleted", seconds)
    assert kube.namespace(shop) is None and not kube.volumes_of(shop)
    assert {o["state"] for o in platform.sql("SELECT state FROM operation")} == {"succeeded"}


def test_slow(proxied, proxy, kubelet, shops, kube, shop):
    """A quarter of a second more for every answer, helm's too, which asks a hundred times."""
    proxy.fault = lambda method, path: time.sleep(0.25)
    life(proxied, kubelet, shops, kube, shop, 120)


REFUSALS = [
    status(429, "too many requests", "TooManyRequests"),
    status(500, "etcdserver: leader changed", "InternalError"),
    status(503, "apiserver is shutting down", "ServiceUnavailable"),
    status(409, "the object has been modified; please apply your changes to the latest version", "Conflict"),
    (502, "text/html", "<html>Bad Gateway</html>"),
    "cut",
]


def test_refused_at_random(proxied, proxy, kubelet, shops, kube, shop):
    """One request of thirty; helm gives up at most of them and is run again."""
    dice = random.Random(1)
    proxy.fault = lambda method, path: dice.choice(REFUSALS) if dice.random() < 1 / 30 else None
    life(proxied, kubelet, shops, kube, shop, 120)
    assert proxy.refused > 2


def test_refused_for_longer_than_helm_is_tried(proxied, proxy, kubelet, shops, kube, shop):
    """Helm runs that fail for the cluster's sake do not use up what a broken chart is given."""
    proxy.fault = lambda method, path: REFUSALS[2] if path.startswith("/version") else None
    proxied.create(shop)
    proxied.sql("UPDATE operation SET attempt = 5")
    wait("helm was tried", lambda: proxied.log().count("helm failed") >= 1, 60)
    row = proxied.wait_status(shop, "provisioning", cause="helm")
    assert "unable to handle the request" in row["reason"]
    proxy.fault = lambda method, path: None
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    proxied.wait_status(shop, "ready", 60)


def disturb(proxy):
    for turn in range(6):
        time.sleep(0.3)
        if turn % 2:
            proxy.expire()
        else:
            proxy.cut()


def test_watches_cut_and_expired(proxied, proxy, kubelet, shops, kube, shop):
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    proxied.create(shop)
    disturb(proxy)
    proxied.wait_status(shop, "ready", 60)
    proxied.delete(shop)
    disturb(proxy)
    proxied.wait_status(shop, "deleted", 60)


def test_an_answer_that_is_no_api(proxied, proxy, ready_at, kube, shop):
    """A page of some gateway in place of a list is not an empty cluster; READY is not taken back, and the notice says it."""
    ready_at(proxied, shop)
    proxied.wait_idle()
    proxy.fault = lambda method, path: (200, "text/html", "<html>Please sign in</html>") if "/pods" in path else None
    cron = proxied.cron()
    wait("the notice", lambda: proxied.sql("SELECT * FROM condition WHERE name = 'cluster' AND ok = 0"))
    assert proxied.status(shop) == "ready"
    proxied.delete(shop)
    time.sleep(2)
    assert proxied.status(shop) == "deleting" and kube.namespace(shop), "nothing is done to what cannot be seen"
    proxy.fault = lambda method, path: None
    proxied.wait_status(shop, "deleted", 60)
    assert cron.wait(timeout=30) == 0


@pytest.fixture
def ready_at(shops, kubelet):
    def make(platform, store):
        shops.answers[f"{store}.localtest.me"] = "shop"
        kubelet.look_after(store)
        platform.create(store)
        platform.wait_status(store, "ready", 60)

    return make


@pytest.mark.parametrize("what", [{"certificate": False}, {"token": False}, {}], ids=["token", "certificate", "both"])
def test_credentials_are_replaced_in_an_install(proxied, proxy, kubelet, shops, shop, what):
    """The running reconciler takes the new ones by itself, also where the kubeconfig comes a moment late."""
    proxied.create(shop)
    proxied.wait_helm(shop)
    first = proxied.processes("reconcile")
    proxy.rotate(**what, tell=False)
    proxy.cut()
    wait("it has noticed", lambda: proxied.sql("SELECT * FROM condition WHERE name = 'cluster' AND ok = 0"))
    proxy.tell()
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    proxied.wait_status(shop, "ready", 60)
    assert proxied.processes("reconcile") in ([], first)
    assert proxied.sql("SELECT ok FROM condition WHERE name = 'cluster'") == [{"ok": 1}]


def test_a_token_that_only_calls_notice(proxied, proxy, ready_at, kube, shop):
    """Watches that are open stay open when a token is revoked; the calls of a delete do not get through."""
    ready_at(proxied, shop)
    proxied.delete(shop)
    proxied.wait_helm(shop, "uninstall")
    proxy.rotate(certificate=False)
    proxied.wait_status(shop, "deleted", 60)
    assert kube.namespace(shop) is None


def refuses_a_repair(proxied, struck):
    return status(403, "denied by a policy", "Forbidden")


def kills_a_repair(proxied, struck):
    """helm dies with its reconciler; cron starts the next one."""
    proxied.kill("reconcile", "helm")
    return "cut"


@pytest.mark.parametrize("strikes", [refuses_a_repair, kills_a_repair])
def test_a_repair_is_finished(proxied, proxy, ready_at, kube, shop, strikes):
    """What was missing is back already when helm is stopped: nothing is missed any more, and still the next helm finds
    no failure and no lock in its way."""
    proxied.configure(linger_seconds=600)
    ready_at(proxied, shop)
    struck = []

    def fault(method, path):
        if struck or method not in ("PATCH", "PUT") or f"/ingresses/{shop}" not in path:
            return None
        struck.append(path)
        return strikes(proxied, struck)

    proxy.fault = fault
    kube.delete(f"/api/v1/namespaces/{shop}/resourcequotas/{shop}")
    wait("the repair is struck", lambda: struck, 30)
    assert kube.get(f"/api/v1/namespaces/{shop}/resourcequotas/{shop}"), "with the quota back"
    proxied.cron()
    wait(lambda: f"the repair is finished; {kube.release_states(shop)}", lambda: not proxied.sql("SELECT * FROM store WHERE repairing"), 30)
    assert kube.release_states(shop)[-1] == "deployed" and kube.release_states(shop).count("deployed") == 1
    proxied.wait_status(shop, "ready", 30)


def test_a_refused_namespace_is_told(proxied, proxy, kubelet, shops, kube, shop):
    """Waiting does not change a refusal: it fails within half a minute, with the cluster's own words; Retry mends it."""
    refusal = status(403, 'namespaces is forbidden: denied by policy "no more shops"', "Forbidden")
    proxy.fault = lambda method, path: refusal if method == "POST" and path.startswith("/api/v1/namespaces?") else None
    proxied.create(shop)
    row = proxied.wait_status(shop, "failed", 40, cause="cluster")
    assert row["reason"].startswith("The cluster does not do what it is asked:") and "no more shops" in row["reason"]
    proxy.fault = lambda method, path: None
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    proxied.storectl("retry", shop)
    proxied.wait_status(shop, "ready", 60)


def test_a_refused_delete_is_told(proxied, proxy, ready_at, kube, shop):
    ready_at(proxied, shop)
    refusal = status(403, "you cannot delete namespaces", "Forbidden")
    proxy.fault = lambda method, path: refusal if method == "DELETE" and path == f"/api/v1/namespaces/{shop}" else None
    proxied.delete(shop)
    row = proxied.wait_status(shop, "delete_failed", 60, cause="cluster")
    assert "you cannot delete namespaces" in row["reason"] and kube.namespace(shop)
    proxy.fault = lambda method, path: None
    proxied.storectl("retry", shop)
    proxied.wait_status(shop, "deleted", 60)
