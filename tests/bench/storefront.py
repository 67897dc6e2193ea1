"""What tests/bench/storefront measures, inside its network namespace."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "images" / "tests"))

from container import Container, Storage  # noqa: E402
from load import median_rates, wrk  # noqa: E402
from shop import MIB, Shop  # noqa: E402

CACHE = pathlib.Path(os.environ.get("STOREWRIGHT_CACHE", "/var/cache/storewright")) / "images"
ROUNDS, STARTS = 3, 5
LIST = ("/store/products?limit=12&offset=0&region_id={}&fields=id,handle,title,thumbnail,*variants,"
        "*variants.calculated_price,%2Bvariants.inventory_quantity")
FRONT, PLAIN = "http://127.0.0.1:8080", "http://127.0.0.1:9000"


class Front:
    """The storefront's container."""

    number = 0

    def __init__(self, storage, shop, **environment):
        Front.number += 1
        secrets = shop.folder / "front-secrets"
        secrets.mkdir(exist_ok=True)
        (secrets / "publishable-key").write_text(shop.secret("publishable-key"))
        env = {"MEDUSA_URL": PLAIN, "STORE_URL": "http://shop.localtest.me", "STORE_TITLE": "Bench", "STORE_COUNTRY": "de", **environment}
        self.container = Container(storage, "localhost/storewright/storefront:local", f"front-{Front.number}", env=env, secrets=secrets,
                                   memory=64 * MIB, volumes={"/tmp": shop.folder / f"tmp-front-{Front.number}"})

    def start(self):
        """Milliseconds from "runc run" until the program answers."""
        began = time.monotonic()
        self.container.start()
        while True:
            try:
                with urllib.request.urlopen(f"{FRONT}/healthz", timeout=5) as answer:
                    assert answer.read() == b"OK\n"
                return (time.monotonic() - began) * 1000
            except OSError:
                assert self.container.process.poll() is None, self.container.output()
                time.sleep(0.002)

    def memory(self):
        """KiB of all of its processes: resident, and proportional to what is shared."""
        found, todo = {"processes": 0, "rss_kib": 0, "pss_kib": 0}, [self.container.process.pid]
        while todo:
            pid = todo.pop()
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
            if "runc" in pathlib.Path(f"/proc/{pid}/comm").read_text():
                continue
            found["processes"] += 1
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                for key in ("Rss", "Pss"):
                    if line.startswith(f"{key}:"):
                        found[f"{key.lower()}_kib"] += int(line.split()[1])
        return found

    def stop(self):
        self.container.stop()


def sizes(storage):
    """MB of the image: unpacked, compressed, and what it has over its base."""
    def unpacked(name):
        return int(subprocess.run(["du", "-sxB1", storage.root(name)], check=True, text=True, stdout=subprocess.PIPE).stdout.split()[0])

    archives = sorted(CACHE.glob("storefront-*.tar"), key=lambda f: f.stat().st_mtime)
    whole, base = unpacked("localhost/storewright/storefront:local"), unpacked("docker.io/library/debian:trixie-slim")
    return {"unpacked_mb": round(whole / 1e6, 1), "over_the_base_mb": round((whole - base) / 1e6, 1),
            "compressed_mb": round(archives[-1].stat().st_size / 1e6, 1)}


def throughput(storage, shop, seconds):
    region = shop.call("GET", "/store/regions?fields=id,currency_code")["regions"]
    path = LIST.format(next(r["id"] for r in region if r["currency_code"] == "eur"))
    key = f"x-publishable-api-key: {shop.secret('publishable-key')}"
    rates, memory = {}, {}
    fronts = {"storefront": {}, "storefront, nothing kept": {"STOREFRONT_FRESH_MS": "0"}}
    for _ in range(50):  # Node has seen it by now
        shop.call("GET", path)
    for _ in range(ROUNDS):
        rates.setdefault("Medusa /store/products", []).append(wrk(PLAIN + path, seconds, key))
        for name, environment in fronts.items():
            front = Front(storage, shop, **environment)
            front.start()
            before = front.memory()
            urllib.request.urlopen(f"{FRONT}/").read()
            rates.setdefault(name, []).append(wrk(f"{FRONT}/", seconds))
            if not environment:
                tag = urllib.request.urlopen(f"{FRONT}/").headers["ETag"]
                rates.setdefault("storefront, unchanged (304)", []).append(wrk(f"{FRONT}/", seconds, f"If-None-Match: {tag}"))
                memory = {"idle": before, "after load": front.memory()}
            front.stop()
    figures = median_rates(rates)
    rate = figures["requests_per_second"]
    times = {k: round(v / rate["Medusa /store/products"], 2) for k, v in rate.items()}
    return figures | {"times_medusa": times}, memory


def starts(storage, shop):
    took = []
    for _ in range(STARTS):
        front = Front(storage, shop)
        took.append(front.start())
        front.stop()
    return {"median_ms": round(statistics.median(took)), "all_ms": [round(t) for t in took]}


def main(seconds):
    with tempfile.TemporaryDirectory(prefix="sw-bench-") as folder:
        storage = Storage(CACHE, pathlib.Path(folder) / "bundles")
        shop = Shop(storage, pathlib.Path(folder) / "shop")
        try:
            shop.start_database()
            assert shop.setup()[0] == 0
            shop.serve()
            figures, memory = throughput(storage, shop, seconds)
            all_figures = {"storefront": figures, "storefront memory": memory, "storefront start": starts(storage, shop),
                           "storefront image": sizes(storage)}
        finally:
            shop.close()
            storage.close()
    file = pathlib.Path(os.environ["BUILD"]) / "figures.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    for name, values in all_figures.items():
        known[name] = values | {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        print(f"{name}: {values}")
    file.write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
