"""What tests/bench/engines measures, on a whole test cluster."""

import json
import os
import pathlib
import re
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

from harness import STATE  # noqa: E402
from harness.kube import Kube  # noqa: E402
from harness.platform import Platform, keep_figures, times  # noqa: E402
from harness.store import Store  # noqa: E402
from harness.woocommerce import WooStore  # noqa: E402
from load import median_rates, wrk  # noqa: E402

STORES, SIDE_BY_SIDE, ROUNDS, SETTLE_SECONDS = 5, 3, 3, 15
SHOPS = {"woocommerce": WooStore, "medusa": Store}
# What a visitor without a session is shown is kept for a moment; with one it is made for each.
PAGES = {
    "woocommerce": {
        "front page": ("/",),
        "front page, made anew": ("/", "Cookie: woocommerce_items_in_cart=1"),
        "product, made anew": ("/product/mug/", "Cookie: woocommerce_items_in_cart=1"),
        "API: products": ("/wp-json/wc/store/v1/products?per_page=1",),
    },
    "medusa": {"front page": ("/",), "API: products": ("/store/products?limit=12",)},
}


class Stores:
    def __init__(self, kube, platform, ingress):
        self.kube, self.platform, self.ingress = kube, platform, ingress
        self.browser = platform.browser()

    def ask(self, store, engine):
        page = self.browser.post("/new-store", {"id": store, "engine": engine, "title": "Bench", "admin_email": "me@example.com"})
        assert page.status == 303, page.body

    def ready(self, store):
        """Seconds from the post."""
        self.platform.wait_status(store, "ready", 300)
        return times(self.platform, store)["ready_at"]

    def steps(self, store):
        rows = self.platform.sql(
            "SELECT step.name, step.finished_at - step.started_at AS ms FROM step JOIN operation o ON o.id = operation_id JOIN store s ON s.uid = o.store_uid"
            " WHERE s.id = ? ORDER BY step.position", store)  # fmt: skip
        return {r["name"]: r["ms"] / 1000 for r in rows}

    def shop(self, store, engine):
        return SHOPS[engine](self.kube, store, self.ingress)

    def memory(self, store):
        """MiB that each container cannot give back (its working set), as the kubelet counts it."""
        node = self.kube.items("/api/v1/nodes")[0]["metadata"]["name"]
        seen = self.kube.get(f"/api/v1/nodes/{node}/proxy/stats/summary")
        ours = [c for p in seen["pods"] if p["podRef"]["namespace"] == store for c in p["containers"]]
        return {c["name"]: round(c["memory"]["workingSetBytes"] / 2**20, 1) for c in ours}


def one_after_another(stores, engine):
    """Keeps the last one."""
    ready, steps = [], []
    for i in range(STORES):
        store = f"{engine}-{i}"
        stores.ask(store, engine)
        ready.append(stores.ready(store))
        steps.append(stores.steps(store))
        if i < STORES - 1:
            stores.platform.delete(store, "--wait")
    return {
        "ready_seconds": {"median": statistics.median(ready), "all": ready},
        "step_seconds": {name: round(statistics.median(s[name] for s in steps), 2) for name in steps[0]},
    }


def served(stores, store, engine, seconds):
    address, host = f"http://{stores.ingress}", f"Host: {store}.localtest.me"
    status, page = stores.shop(store, engine).send("GET", "/")
    assert status == 200
    static = re.search(r"""<link[^>]+rel=.stylesheet.[^>]+href=["'](?:https?://[^/"']+)?(/[^"']+)""", page)[1].replace("&#038;", "&")
    pages = {"static file": (static,)} | PAGES[engine]
    if engine == "medusa":
        pages["API: products"] += (f"x-publishable-api-key: {stores.kube.secret(store, 'storewright-credentials')['publishable-key']}",)
    idle, rates = stores.memory(store), {}
    for _ in range(ROUNDS):
        for name, (path, *headers) in pages.items():
            rates.setdefault(name, []).append(wrk(address + path, seconds, host, *headers))
    time.sleep(SETTLE_SECONDS)  # the kubelet counts every ten seconds
    return median_rates(rates), {"idle": idle, "after load": stores.memory(store)}


def side_by_side(stores, engines):
    """As on a machine that people use: several of each, all asked for at once; each is bought from."""
    named = [(f"side-{engine}-{i}", engine) for i in range(SIDE_BY_SIDE) for engine in engines]
    began = time.monotonic()
    for store, engine in named:
        stores.ask(store, engine)
    ready = {store: stores.ready(store) for store, _ in named}
    orders = [stores.shop(store, engine).buy() for store, engine in named]
    figures = {"ready_seconds": ready, "all_bought_from_after_seconds": round(time.monotonic() - began, 1), "orders": len(orders)}
    for store, _ in named:
        stores.platform.delete(store)
    for store, _ in named:
        stores.platform.wait_status(store, "deleted", 120)
    assert not [store for store, _ in named if stores.kube.namespace(store)]
    return figures


def main(seconds=5, *engines):
    kube = Kube(os.environ["KUBECONFIG"])
    images = pathlib.Path(os.environ["STOREWRIGHT_IMAGES"])
    there = json.loads(images.read_text(encoding="utf-8"))["images"]
    engines = engines or [e for e in SHOPS if e in there]
    ingress = (STATE / "ingress").read_text(encoding="utf-8").strip()
    platform = Platform(kube, ingress=ingress, helm_values=images, limit_creations_per_hour=1000, limit_stores=1000, limit_provisioning=100, linger_seconds=3600)
    platform.cron()  # as on a machine where cron keeps a reconciler
    figures = {}
    try:
        stores = Stores(kube, platform, ingress)
        for engine in engines:
            figures[f"{engine}: from the post to READY"] = one_after_another(stores, engine)
            print(figures, flush=True)
            last = f"{engine}-{STORES - 1}"
            time.sleep(SETTLE_SECONDS)
            figures[f"{engine}: served"], figures[f"{engine}: memory in MiB"] = served(stores, last, engine, int(seconds))
            platform.delete(last, "--wait")
        figures["side by side"] = side_by_side(stores, engines)
    finally:
        platform.stop()
    for name, values in figures.items():
        keep_figures(name, values)
        print(f"{name}: {values}")


if __name__ == "__main__":
    main(*sys.argv[1:])
