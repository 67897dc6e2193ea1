"""A Medusa store from the form post to READY, an order, lost pods, kills, and to nothing left."""

import random
import subprocess
import time

import pytest
from harness import STATE, tool, wait
from harness.platform import keep_figures, times
from harness.store import StoreError


def open_store(platform, store):
    """From the form post to READY. Returns the page of the post and the store's row."""
    page = platform.browser().post("/new-store", {"id": store, "title": "My Shop", "admin_email": "me@example.com"})
    assert (page.status, page.location) == (303, f"/stores/{store}")
    return page, platform.wait_status(store, "ready", 300)


@pytest.fixture(scope="module")
def my_shop(platform):
    page, _ = open_store(platform, "my-shop")
    figures = {"post_seconds": round(page.seconds, 4), "ready_seconds": times(platform, "my-shop")["ready_at"]}
    for row in platform.sql("SELECT name, finished_at - started_at AS ms FROM step ORDER BY position"):
        figures[f"step_{row['name']}_seconds"] = round(row["ms"] / 1000, 3)
    keep_figures("medusa store", figures)
    return "my-shop"


@pytest.fixture
def credentials(platform, my_shop):
    return platform.storectl("credentials", my_shop).stdout.split()


def test_order(platform, my_shop, store_at, credentials):
    store = store_at(my_shop)
    order = store.buy()
    assert order["total"] > 0 and order["items"][0]["quantity"] == 2
    admin = store.admin(*credentials)
    seen = admin("GET", f"/admin/orders/{order['id']}?fields=id,email,total")["order"]
    assert (seen["email"], seen["total"]) == ("visitor@example.com", order["total"])
    assert order["id"] in [o["id"] for o in admin("GET", "/admin/orders?fields=id")["orders"]]


def test_its_admin_and_its_api_are_served(my_shop, store_at):
    store = store_at(my_shop)
    status, text = store.send("GET", "/app")
    assert status == 200 and "<html" in text.lower()
    assert store.send("GET", "/health")[0] == 200
    # What the dashboard links to is a shop.
    status, text = store.send("GET", "/")
    assert status == 200 and 'data-catalogue="fresh"' in text and 'itemprop="price" content="' in text
    assert store.send("GET", "/store/products")[0] == 400, "without the publishable key"


def test_wrong_credentials_do_not_sign_in(my_shop, store_at, credentials):
    with pytest.raises(StoreError) as e:
        store_at(my_shop).admin(credentials[0], "supersecret")
    assert e.value.status == 401


def test_the_storefront_bridges_a_restart_of_medusa(platform, kube, my_shop, store_at):
    """Medusa is away for its start: what was kept is shown, what was not is a page that says so and when to come again."""
    store = store_at(my_shop)
    assert store.send("GET", "/")[0] == 200
    is_replaced = kube.kill_pod(my_shop, "web")
    seen = set()

    def is_back():
        status, text = store.send("GET", "/")
        seen.add((status, "kept" if 'data-catalogue="kept"' in text else "fresh" if 'data-catalogue="fresh"' in text else "none"))
        asked, page = store.send("GET", "/products/not-kept-before")
        assert asked == 404 or asked == 503 and "The shop is being restarted" in page, (asked, page[:300])
        return asked == 404 and store.answers() and is_replaced()

    wait(lambda: f"the shop is back; seen: {seen}", is_back, 120, 0.3)
    assert (200, "kept") in seen and {s for s, _ in seen} == {200}, seen
    platform.cron()
    platform.wait_status(my_shop, "ready", 60)


def test_lost_pods_lose_nothing(platform, kube, my_shop, store_at, credentials):
    store = store_at(my_shop)
    order = store.buy("before@example.com")
    old = {p["metadata"]["uid"] for p in kube.pods(my_shop)}
    for pod in kube.pods(my_shop):
        kube.delete(f"/api/v1/namespaces/{my_shop}/pods/{pod['metadata']['name']}")
    platform.cron()
    wait("other pods", lambda: {p["metadata"]["uid"] for p in kube.pods(my_shop)}.isdisjoint(old), 60)
    wait("it answers", store.answers, 120, 0.5)
    platform.wait_status(my_shop, "ready", 60)
    admin = store.admin(*credentials)
    assert admin("GET", f"/admin/orders/{order['id']}?fields=id,email,total")["order"]["email"] == "before@example.com"
    assert store.buy("after@example.com")["total"] > 0


def test_database_killed_hard(platform, kube, my_shop, store_at, credentials):
    """SIGKILL of PostgreSQL and the disk's state is what it is: committed orders are there."""
    store = store_at(my_shop)
    order = store.buy("hard@example.com")
    is_replaced = kube.kill_pod(my_shop, "database")
    platform.cron()
    wait("another database", is_replaced, 120)
    wait("it answers", store.answers, 120, 0.5)
    assert store.admin(*credentials)("GET", f"/admin/orders/{order['id']}?fields=id,email,total")["order"]["email"] == "hard@example.com"


def test_pods_are_confined(kube, my_shop):
    """What the images promise holds in the cluster: nothing runs as root or writes its own image."""
    for pod in kube.pods(my_shop):
        assert pod["spec"].get("automountServiceAccountToken") is False
        for c in pod["spec"]["containers"] + pod["spec"].get("initContainers", []):
            security = c["securityContext"]
            assert security["readOnlyRootFilesystem"] is True and security["capabilities"] == {"drop": ["ALL"]}
    for status in ("web", "database", "storefront"):
        assert kube.pods(my_shop, status)[0]["status"]["phase"] == "Running"


def test_cluster_down_and_up_keeps_the_data(platform, kube, my_shop, store_at, credentials):
    store = store_at(my_shop)
    order = store.buy("night@example.com")
    platform.wait_idle(60)
    cluster = platform.settings["chart"].parents[1] / "cluster"
    subprocess.run([cluster / "down", "--state", STATE], check=True, capture_output=True, timeout=180)
    subprocess.run([cluster / "up", "--state", STATE], check=True, capture_output=True, timeout=180)
    begin = time.monotonic()
    wait("it answers", store.answers, 180, 0.5)
    keep_figures("cluster down and up", {"shop_answers_after_seconds": round(time.monotonic() - begin, 1)})
    platform.cron()
    platform.wait_status(my_shop, "ready", 60)
    assert store.admin(*credentials)("GET", f"/admin/orders/{order['id']}?fields=id,email,total")["order"]["email"] == "night@example.com"
    assert store.buy("morning@example.com")["total"] > 0


def test_reconcile_killed_in_a_real_install(platform, kube, store_at):
    """Again and again, until it is READY; cron would start each."""
    platform.create("struck-shop")
    dice = random.Random(3)
    for _ in range(8):
        time.sleep(dice.uniform(0.1, 1.5))
        platform.kill("reconcile")
        if dice.random() < 0.5:
            platform.kill("helm")
        platform.cron()
    platform.wait_status("struck-shop", "ready", 300)
    assert store_at("struck-shop").buy()["total"] > 0
    platform.delete("struck-shop", "--wait")
    assert kube.namespace("struck-shop") is None


def volume_folders():
    return [p.name for p in (STATE / "volumes").iterdir()]


def test_delete_leaves_nothing(platform, kube, my_shop, store_at):
    store = store_at(my_shop)
    assert len(kube.volumes_of(my_shop)) == 2
    assert [f for f in volume_folders() if my_shop in f]
    begin = time.monotonic()
    browser = platform.browser()
    assert browser.post(f"/stores/{my_shop}/delete", {"confirm_id": my_shop}).status == 303
    platform.wait_status(my_shop, "deleted", 120)
    keep_figures("medusa store deleted", {"seconds": round(time.monotonic() - begin, 2)})
    assert kube.namespace(my_shop) is None
    assert kube.volumes_of(my_shop) == []
    assert [f for f in volume_folders() if my_shop in f] == []
    helm = [tool("helm"), "--kubeconfig", kube.file, "list", "--all-namespaces", "--short"]
    assert my_shop not in subprocess.run(helm, check=True, text=True, capture_output=True).stdout.split()
    wait("the ingress forgets the host", lambda: store.send("GET", "/store/products")[0] == 404, 10)


def test_the_same_id_is_another_store(platform, kube, store_at):
    """Once more at once: an empty shop with other secrets, whose second time is measured as well."""
    _, row = open_store(platform, "my-shop")
    keep_figures("medusa store, again", {"ready_seconds": times(platform, "my-shop")["ready_at"]})
    admin = store_at("my-shop").admin(*platform.storectl("credentials", "my-shop").stdout.split())
    assert admin("GET", "/admin/orders")["orders"] == []
    assert kube.namespace("my-shop")["metadata"]["labels"]["storewright.io/uid"] == row["uid"]
    platform.delete("my-shop", "--wait")
