"""Stores installed by hand on a whole cluster, with real pods: STOREWRIGHT_TEST_CLUSTER names its state directory (see
cluster/up --state), and the images must be loaded. Everything made here is taken away again."""

import base64
import json
import os
import subprocess
import time

import pytest

from conftest import CHART, PROD, ROOT, Cluster, wait

READY_SECONDS = 180


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster(os.environ["STOREWRIGHT_TEST_CLUSTER"])
    images = subprocess.run([ROOT / "images/values"], check=True, text=True, stdout=subprocess.PIPE).stdout
    cluster.images = cluster.state / "chart-test-images.json"
    cluster.images.write_text(images)
    yield cluster
    cluster.images.unlink()


class Shop:
    def __init__(self, cluster, store, host):
        self.cluster, self.store, self.host = cluster, store, host
        self.ingress = (cluster.state / "ingress").read_text().strip()

    def secret(self, key):
        return base64.b64decode(self.cluster.get("secret", self.store, "storewright-credentials")["data"][key]).decode()

    def get(self, path, *headers):
        """As a visitor: through the ingress, by host name. Status and body."""
        argv = ["curl", "--silent", "--max-time", "10", "--write-out", "\n%{http_code}", "--header", f"Host: {self.host}"]
        for h in headers:
            argv += ["--header", h]
        result = self.cluster.exec(*argv, f"http://{self.ingress}{path}", check=False)
        body, _, status = result.stdout.rpartition("\n")
        return int(status or 0), body

    def products(self):
        """The product list, once the shop is there to give it."""
        status, body = self.get("/store/products?fields=id,title", f"x-publishable-api-key: {self.key}")
        return json.loads(body)["products"] if status == 200 else None

    def wait(self):
        self.key = self.secret("publishable-key")
        return wait(self.products, READY_SECONDS)

    def buy(self):
        """helm test, and what it says."""
        self.cluster.helm("test", self.store)
        return self.cluster.kubectl("logs", "--namespace", self.store, f"{self.store}-purchase").stdout

    def restarts(self):
        pods = json.loads(self.cluster.kubectl("get", "pods", "--namespace", self.store, "--output", "json").stdout)["items"]
        return sum(c["restartCount"] for p in pods for c in p["status"].get("initContainerStatuses", []) + p["status"]["containerStatuses"])


@pytest.fixture(params=["local", "prod"])
def shop(cluster, request):
    store = f"hand-{request.param}-{os.urandom(2).hex()}"
    argv = ["install", store, CHART, "--set", f"store.id={store}", "--values", cluster.images]
    host = f"{store}.localtest.me"
    if request.param == "prod":
        host = f"{store}.yourdomain.com"
        argv += ["--values", PROD, "--set", f"store.namespace={store}", "--set", f"domain.host={host}"]
    shop = Shop(cluster, store, host)
    shop.began = time.monotonic()
    cluster.helm(*argv)
    yield shop
    cluster.helm("uninstall", store)
    wait(lambda: cluster.get("namespace", store, store) is None, 90)
    wait(lambda: f'"namespace": "{store}"' not in cluster.kubectl("get", "persistentvolumes", "--output", "json").stdout, 60)


def test_store_by_hand(shop, capsys):
    """Installed, bought from, its pods deleted, bought from again."""
    assert shop.wait(), "the shop lists no product"
    seconds = time.monotonic() - shop.began
    with capsys.disabled():
        print(f"{shop.store}: installed to product list {seconds:.1f} s")
    assert shop.restarts() == 0

    bought = shop.buy()
    assert "order 1:" in bought and "canceled" in bought, bought

    assert shop.get("/store/products")[0] == 400, "the product list is given without the key"
    assert shop.get("/app")[0] == 200
    assert shop.get("/admin/orders")[0] == 401

    shop.cluster.kubectl("delete", "pod", "--namespace", shop.store, "--all")
    shop.wait()
    assert "order 2:" in shop.buy(), "the first order is lost"
