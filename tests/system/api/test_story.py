"""From the form post to READY to deleted, as the cluster and the pages show it."""

import json

import pytest
from harness import wait

def gone(kube, store):
    return kube.namespace(store) is None and not kube.volumes_of(store)


def test_create_and_delete(platform, shops, kubelet, kube, shop):
    browser, host = platform.browser(), f"{shop}.localtest.me"
    page = browser.post("/new-store", {"id": shop, "title": "My Shop", "admin_email": "me@example.com"})
    assert (page.status, page.location) == (303, f"/stores/{shop}")
    row = platform.row(shop)

    namespace = wait("the namespace", lambda: kube.namespace(shop))["metadata"]
    expected = {
        "app.kubernetes.io/managed-by": "storewright",
        "storewright.io/uid": row["uid"],
        "storewright.io/store": shop,
        "storewright.io/engine": "medusa",
        "pod-security.kubernetes.io/enforce": "restricted",
    }
    assert expected.items() <= namespace["labels"].items()
    assert namespace["annotations"]["storewright.io/owner"] == "tester"
    assert namespace["annotations"]["storewright.io/created-at"]

    wait("the release", lambda: platform.steps(shop)[0] == ["namespace", "release"])
    assert platform.status(shop) == "provisioning"
    release = kube.releases(shop)
    assert [(r["name"], r["info"]["status"]) for r in release] == [(shop, "deployed")]
    made = [o["metadata"] for kind, o in kube.objects(shop) if o.get("type") != "helm.sh/release.v1"]
    ours = [m for m in made if m["name"] != "default"]  # the namespace's own ServiceAccount
    assert len(ours) > 10
    for m in ours:
        assert m["labels"]["storewright.io/uid"] == row["uid"], m["name"]
        assert m["labels"]["storewright.io/store"] == shop, m["name"]
    assert kube.get(f"/apis/networking.k8s.io/v1/namespaces/{shop}/ingresses/{shop}")["spec"]["rules"][0]["host"] == host

    kubelet.database(shop)
    wait("database", lambda: "database" in platform.steps(shop)[0])
    kubelet.web(shop, setup=True, ready=False)
    wait("setup", lambda: "setup" in platform.steps(shop)[0])
    assert not shops.asked, "the shop is asked before its pods are ready"
    assert browser.get(f"/stores/{shop}").store_status == "provisioning"
    shops.answers[host] = "shop"
    shops.keys[host] = kube.secret(shop, "storewright-credentials")["publishable-key"]
    kubelet.web(shop)
    wait("the storefront is waited for", lambda: "storefront is starting" in (platform.row(shop)["reason"] or ""))
    kubelet.storefront(shop)
    platform.wait_status(shop, "ready")
    assert {path for asked, path, _ in shops.asked if asked == host} == {"/"}, "what visitors see is asked for"
    assert platform.steps(shop) == (["namespace", "release", "database", "setup", "web", "route"], [])
    page = browser.get(f"/stores/{shop}")
    assert page.store_status == "ready"
    assert page.text("shop-link") == f"http://{shop}.localtest.me"
    assert platform.events(shop)[-1] == "The shop is ready."
    platform.wait_idle()

    assert browser.post(f"/stores/{shop}/delete", {"confirm_id": shop}).status == 303
    row = platform.wait_status(shop, "deleted")
    assert row["deleted_at"]
    assert gone(kube, shop)
    assert platform.steps(shop) == (["uninstall", "remove", "verify"], [])
    platform.wait_idle()


def test_same_id_at_once_after_delete(platform, ready_store, kube, shop):
    ready_store(shop)
    first = platform.row(shop)["uid"]
    password = kube.secret(shop, "storewright-credentials")["admin-password"]
    platform.delete(shop, "--wait")
    platform.create(shop)
    row = platform.wait_status(shop, "ready")
    assert row["uid"] != first
    assert kube.namespace(shop)["metadata"]["labels"]["storewright.io/uid"] == row["uid"]
    assert kube.secret(shop, "storewright-credentials")["admin-password"] != password
    assert [r["status"] for r in platform.sql("SELECT status FROM store ORDER BY seq")] == ["deleted", "ready"]


@pytest.mark.parametrize("answer", ["not-found", "error", "installer", "no-products", "other-json", "kept", "no-price"])
def test_only_the_shop_itself_is_ready(platform, shops, kubelet, answer, shop):
    shops.answers[f"{shop}.localtest.me"] = answer
    kubelet.look_after(shop)
    platform.create(shop)
    row = platform.wait_status(shop, "provisioning", cause="route")
    assert f"http://{shop}.localtest.me" in row["reason"]
    asked = len(shops.asked)
    wait("it is asked again", lambda: len(shops.asked) > asked + 1)
    assert platform.status(shop) == "provisioning"
    shops.answers[f"{shop}.localtest.me"] = "shop"
    assert platform.wait_status(shop, "ready")["reason"] == ""


def test_the_page_of_another_store_is_not_ready(platform, shops, kubelet, shop):
    shops.answers[f"{shop}.localtest.me"] = "shop"
    shops.marks[f"{shop}.localtest.me"] = "pk_" + "0" * 64
    kubelet.look_after(shop)
    platform.create(shop)
    row = platform.wait_status(shop, "provisioning", cause="route")
    assert "something else than the store's own list of products" in row["reason"]
    shops.marks.clear()
    platform.wait_status(shop, "ready")


def test_a_store_without_sample_products_is_ready_when_its_list_is_shown(platform, shops, kubelet, shop):
    shops.answers[f"{shop}.localtest.me"] = "kept"
    kubelet.look_after(shop)
    platform.create(shop, "--no-sample-products")
    platform.wait_status(shop, "provisioning", cause="route")
    shops.answers[f"{shop}.localtest.me"] = "no-products"
    platform.wait_status(shop, "ready")


@pytest.mark.parametrize("kind", ["none", "custom"])
def test_without_our_storefront_the_api_is_asked(make_platform, shops, kubelet, kube, shop, tmp_path, kind):
    values = tmp_path / "values.yaml"
    image = {"repository": "localhost/my/shop", "tag": "1"}
    custom = {"custom": {"image": image, "port": 4000}} if kind == "custom" else {}
    images = {name: image for name in ("medusa", "postgres", "storefront")}
    values.write_text(json.dumps({"images": images, "storefront": {"kind": kind, **custom}}))
    platform = make_platform(ingress=shops.address, helm_values=values)
    host = f"{shop}.localtest.me"
    shops.answers[host] = "shop"
    kubelet.look_after(shop)
    platform.create(shop)
    wait("the secret", lambda: kube.secret(shop, "storewright-credentials"))
    shops.keys[host] = kube.secret(shop, "storewright-credentials")["publishable-key"]
    platform.wait_status(shop, "ready")
    assert {path for asked, path, _ in shops.asked if asked == host} == {"/store/products?limit=1"}
    assert bool(kube.pods(shop, "storefront")) == (kind == "custom")
    paths = kube.get(f"/apis/networking.k8s.io/v1/namespaces/{shop}/ingresses/{shop}")["spec"]["rules"][0]["http"]["paths"]
    front = {p["path"]: p["backend"]["service"]["name"] for p in paths}["/"]
    assert front == (f"{shop}-storefront" if kind == "custom" else f"{shop}-web")


def test_nobody_answers_at_the_ingress(make_platform, kubelet, shops, shop):
    platform = make_platform(ingress="127.0.0.1:9")
    kubelet.look_after(shop)
    platform.create(shop)
    platform.wait_status(shop, "provisioning", cause="route")
    # The ingress comes up at another address; the reconciler that cron starts next knows it.
    shops.answers[f"{shop}.localtest.me"] = "shop"
    platform.configure(ingress=shops.address)
    platform.kill("reconcile")
    platform.cron()
    platform.wait_status(shop, "ready")


def test_disturbed_and_healed(platform, ready_store, kubelet, shop):
    ready_store(shop)
    platform.wait_idle()
    kubelet.stop()
    kubelet.web(shop, ready=False)
    platform.cron()
    platform.wait_status(shop, "degraded")
    kubelet.web(shop)
    platform.wait_status(shop, "ready")
    assert "The shop answers again." in platform.events(shop)


def test_what_was_deleted_by_hand_is_put_back(platform, ready_store, kube, shop):
    ready_store(shop)
    path = f"/apis/apps/v1/namespaces/{shop}/deployments/{shop}-web"
    password = kube.secret(shop, "storewright-credentials")
    kube.delete(path)
    platform.cron()
    wait("the deployment", lambda: kube.get(path))
    platform.wait_status(shop, "ready")
    assert kube.secret(shop, "storewright-credentials") == password


def test_a_lost_namespace_is_not_built_anew(platform, ready_store, kube, shop):
    ready_store(shop)
    platform.wait_idle()
    kube.delete(f"/api/v1/namespaces/{shop}")
    wait("the namespace has gone", lambda: kube.namespace(shop) is None)
    platform.cron()
    platform.wait_status(shop, "degraded", cause="namespace-missing")
    platform.wait_idle()
    assert kube.namespace(shop) is None
    platform.delete(shop, "--wait")
    assert platform.status(shop) == "deleted"


def test_delete_while_installing(platform, kube, shop):
    platform.create(shop)
    wait("the namespace", lambda: kube.namespace(shop))
    platform.delete(shop, "--wait")
    assert platform.status(shop) == "deleted"
    assert gone(kube, shop)


def test_delete_before_anything_was_made(platform, kube, shop):
    reconcile = platform.settings["reconcile"]
    # It cannot be started, so that both requests lie in the queue.
    platform.configure(reconcile="/nonexistent/reconcile")
    platform.create(shop)
    platform.delete(shop)
    assert platform.status(shop) == "deleting"
    platform.configure(reconcile=reconcile)
    platform.cron()
    platform.wait_status(shop, "deleted")
    assert gone(kube, shop)
