"""A WooCommerce store from the form post to READY, orders, lost pods, a restarted node, and to nothing left."""

import collections
import html
import http.client
import json
import subprocess
import threading
import time

import pytest
from harness import ROOT, STATE, tool, wait
from harness.platform import keep_figures, times
from harness.store import StoreError
from harness.woocommerce import WooStore

TITLE = "Ma & Pa's \"Shop\" <b>🛒</b>"
INSTALLERS = ("/wp-admin/install.php", "/wp-admin/setup-config.php", "/wp-admin/upgrade.php")


@pytest.fixture(scope="module", autouse=True)
def images_are_there(images):
    with open(images, encoding="utf-8") as f:
        if "woocommerce" not in json.load(f)["images"]:
            pytest.skip("there is no WooCommerce here: give its release zip (images/README.md)")


@pytest.fixture
def woo_at(kube, ingress):
    return lambda store: WooStore(kube, store, ingress)


def open_store(platform, store, **fields):
    """From the form post to READY. Returns the page of the post."""
    form = {"id": store, "engine": "woocommerce", "title": TITLE, "admin_email": "me@example.com", "currency": "usd", "country": "us"}
    page = platform.browser().post("/new-store", form | fields)
    assert (page.status, page.location) == (303, f"/stores/{store}")
    platform.wait_status(store, "ready", 300)
    return page


@pytest.fixture(scope="module")
def my_woo(platform):
    page = open_store(platform, "my-woo")
    figures = {"post_seconds": round(page.seconds, 4), "ready_seconds": times(platform, "my-woo")["ready_at"]}
    for row in platform.sql("SELECT name, finished_at - started_at AS ms FROM step ORDER BY position"):
        figures[f"step_{row['name']}_seconds"] = round(row["ms"] / 1000, 3)
    keep_figures("woocommerce store", figures)
    return "my-woo"


@pytest.fixture
def credentials(platform, my_woo):
    return platform.storectl("credentials", my_woo).stdout.split()


@pytest.fixture
def shop(my_woo, woo_at):
    return woo_at(my_woo)


def order_seen(shop, credentials, order):
    return shop.admin(*credentials)("GET", f"/wp-json/wc/v3/orders/{order['order_id']}")


def test_order(shop, credentials):
    order = shop.buy()
    assert order["status"] == "processing" and order["payment_method"] == "cod"
    seen = order_seen(shop, credentials, order)
    assert (seen["billing"]["email"], seen["currency"], seen["payment_method"]) == ("visitor@example.com", "USD", "cod")
    assert float(seen["total"]) > float(seen["shipping_total"]) > 0
    # HPOS: in a table of its own, not among the posts.
    settings = shop.admin(*credentials)("GET", "/wp-json/wc/v3/system_status")["settings"]
    assert settings["HPOS_enabled"] is True and settings["HPOS_sync_enabled"] is False


def test_it_is_open_and_is_this_store(shop, credentials):
    status, page = shop.send("GET", "/")
    assert status == 200 and "T-shirt" in page and "coming soon" not in page.lower()
    assert html.unescape(page.split("<title>")[1].split("</title>")[0]) == TITLE
    assert "<b>🛒" not in page
    assert shop.send("GET", "/product/mug/")[0] == 200 and shop.send("GET", "/checkout/")[0] in (200, 302)
    setting = lambda name: shop.admin(*credentials)("GET", f"/wp-json/wc/v3/settings/general/{name}")["value"]  # noqa: E731
    assert (setting("woocommerce_currency"), setting("woocommerce_default_country")) == ("USD", "US")


def test_what_visitors_must_not_see(shop, credentials):
    hidden = (*INSTALLERS, "/xmlrpc.php", "/wp-config.php", "/readme.html", "/license.txt", "/.htaccess", "/wp-content/debug.log")
    for path in hidden:
        assert shop.send("GET", path)[0] == 404, path
    plugin = "/wp-content/plugins/woocommerce"
    for path in (f"{plugin}/readme.txt", f"{plugin}/woocommerce.php", "/wp-content/uploads/woocommerce_uploads/index.html"):
        assert shop.send("GET", path)[0] == 404, path
    assert shop.send("GET", "/wp-json/wp/v2/users")[0] in (401, 404)
    status, page = shop.send("GET", "/?author=1")
    assert status == 404 and "owner" not in page
    # Of the kubelet's own port nothing comes through the Service.
    assert shop.send("GET", "/ready")[0] == 404
    with pytest.raises(StoreError) as e:
        shop.admin(credentials[0], "supersecret")
    assert e.value.status == 401
    assert shop.send("GET", "/wp-json/wc/v3/orders")[0] == 401


def test_helm_test_buys_and_leaves_nothing(kube, my_woo, shop, credentials):
    orders = lambda: len(shop.admin(*credentials)("GET", "/wp-json/wc/v3/orders?per_page=100"))  # noqa: E731
    before = orders()
    argv = [tool("helm"), "--kubeconfig", kube.file, "--namespace", my_woo, "test", my_woo, "--timeout", "3m"]
    r = subprocess.run(argv, text=True, capture_output=True, timeout=240)
    assert r.returncode == 0 and "Succeeded" in r.stdout, r.stdout + r.stderr + kube.log(my_woo, f"{my_woo}-purchase", "purchase")
    said = kube.log(my_woo, f"{my_woo}-purchase", "purchase")
    assert "seen by the owner" in said and "deleted" in said, said
    assert orders() == before


def test_lost_pods_lose_nothing(platform, kube, my_woo, shop, credentials):
    order = shop.buy("before@example.com")
    old = {p["metadata"]["uid"] for p in kube.pods(my_woo)}
    for pod in kube.pods(my_woo):
        kube.delete(f"/api/v1/namespaces/{my_woo}/pods/{pod['metadata']['name']}")
    platform.cron()
    wait("other pods", lambda: {p["metadata"]["uid"] for p in kube.pods(my_woo)}.isdisjoint(old), 90)
    begin = time.monotonic()
    wait("it answers", shop.answers, 120, 0.5)
    keep_figures("woocommerce store after its pods were deleted", {"shop_answers_after_seconds": round(time.monotonic() - begin, 1)})
    platform.wait_status(my_woo, "ready", 60)
    web = kube.pods(my_woo, "web")[0]["metadata"]["name"]
    assert "setup: nothing to do" in kube.log(my_woo, web, "setup")
    assert order_seen(shop, credentials, order)["billing"]["email"] == "before@example.com"
    assert shop.buy("after@example.com")["status"] == "processing"


def test_database_killed_hard(platform, kube, my_woo, shop, credentials):
    """SIGKILL of MariaDB and the disk's state is what it is: committed orders are there, and the shop finds it again."""
    order = shop.buy("hard@example.com")
    is_replaced = kube.kill_pod(my_woo, "database")
    platform.cron()
    wait("another database", is_replaced, 120)
    wait("it answers", shop.answers, 120, 0.5)
    assert order_seen(shop, credentials, order)["billing"]["email"] == "hard@example.com"


def test_pods_are_confined(kube, my_woo):
    for pod in kube.pods(my_woo):
        assert pod["spec"].get("automountServiceAccountToken") is False
        for c in pod["spec"]["containers"] + pod["spec"].get("initContainers", []):
            security = c["securityContext"]
            assert security["readOnlyRootFilesystem"] is True and security["capabilities"] == {"drop": ["ALL"]}


def test_node_and_cluster_started_again(platform, my_woo, shop, credentials):
    """containerd in the middle of everything, then the whole cluster: orders are still there."""
    order = shop.buy("night@example.com")
    platform.wait_idle(60)
    subprocess.run(["sv", "-w", "60", "restart", STATE / "services" / "containerd"], check=True, capture_output=True)
    wait("it answers", shop.answers, 180, 0.5)
    assert order_seen(shop, credentials, order)["billing"]["email"] == "night@example.com"
    for word in ("down", "up"):
        subprocess.run([ROOT / "cluster" / word, "--state", STATE], check=True, capture_output=True, timeout=180)
    wait("it answers", shop.answers, 180, 0.5)
    platform.cron()
    platform.wait_status(my_woo, "ready", 60)
    assert order_seen(shop, credentials, order)["billing"]["email"] == "night@example.com"
    assert shop.buy("morning@example.com")["status"] == "processing"


class Visitors:
    """Ask for a store that is being made, 200 times a second, for its front page and its installers."""

    PATHS = ("/", "/wp-admin/install.php", "/wp-login.php", "/wp-admin/")
    THREADS = 16

    def __init__(self, ingress, host):
        self.ingress, self.host = ingress, host
        self.answers, self.bad = collections.Counter(), []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.ask, args=(n,)) for n in range(self.THREADS)]

    def __enter__(self):
        self.began = time.monotonic()
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *failed):
        self.ended.set()
        for t in self.threads:
            t.join(30)

    def rate(self):
        return round(sum(self.answers.values()) / (time.monotonic() - self.began))

    def ask(self, n):
        at = time.monotonic()
        for i in range(60 * 200):
            if self.ended.is_set():
                return
            self.judge(self.PATHS[(i + n) % len(self.PATHS)])
            at = max(at + self.THREADS / 200, time.monotonic() - 1)
            self.ended.wait(max(0, at - time.monotonic()))

    def judge(self, path):
        c = http.client.HTTPConnection(self.ingress, timeout=20)
        try:
            c.request("GET", path, None, {"Host": self.host})
            answer = c.getresponse()
            text, where = answer.read().decode(errors="replace"), answer.headers.get("Location", "")
        except OSError as e:
            self.answers[path, type(e).__name__] += 1
            return
        finally:
            c.close()
        self.answers[path, answer.status] += 1
        installer = any(s in text + where for s in ("install.php", "setup-config.php", 'id="setup"', "wp-core-ui language-chooser"))
        unlocked = answer.status == 200 and ("install" in path or path == "/wp-admin/" or (path == "/" and "T-shirt" not in text))
        if installer or unlocked or (path == "/wp-login.php" and answer.status == 200 and 'id="user_pass"' not in text):
            self.bad.append((path, answer.status, where, text[:300]))


def test_nobody_meets_an_installer(platform, ingress, my_woo):
    with Visitors(ingress, "besieged-woo.localtest.me") as visitors:
        open_store(platform, "besieged-woo")
        until_ready = visitors.rate()
        time.sleep(1)
    keep_figures("woocommerce store made under 200 requests/s", {
        "ready_seconds": times(platform, "besieged-woo")["ready_at"],
        "requests": sum(visitors.answers.values()),
        "requests_per_second_until_ready": until_ready,
        "answers": {f"{path} {status}": n for (path, status), n in sorted(visitors.answers.items(), key=str)},
    })
    assert not visitors.bad, visitors.bad[:3]
    assert visitors.answers["/", 200] > 0, "nobody has met the shop, so nothing was tested"
    assert not [k for k in visitors.answers if k[0] == "/wp-admin/install.php" and k[1] == 200]


def test_two_stores_share_nothing(kube, platform, my_woo):
    one, other = (kube.secret(s, "storewright-credentials") for s in (my_woo, "besieged-woo"))
    assert one.keys() == other.keys() == {"admin-email", "admin-password", "database-password", "salt-seed"}
    assert {one[k] for k in one if k != "admin-email"}.isdisjoint(other.values())
    platform.delete("besieged-woo", "--wait")


def test_delete_leaves_nothing(platform, kube, my_woo, shop):
    assert len(kube.volumes_of(my_woo)) == 2
    begin = time.monotonic()
    platform.delete(my_woo, "--wait")
    keep_figures("woocommerce store deleted", {"seconds": round(time.monotonic() - begin, 2)})
    assert kube.namespace(my_woo) is None and kube.volumes_of(my_woo) == []
    assert [p.name for p in (STATE / "volumes").iterdir() if my_woo in p.name] == []
    wait("the ingress forgets the host", lambda: shop.send("GET", "/")[0] == 404, 10)

