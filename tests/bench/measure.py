"""What tests/bench/run measures, inside the test cluster's network namespace."""

import os
import pathlib
import shutil
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

from guessing import guessing  # noqa: E402
from harness import wait  # noqa: E402
from harness.kube import Kube  # noqa: E402
from harness.kubelet import Kubelet  # noqa: E402
from harness.platform import Platform, keep_figures, times  # noqa: E402
from harness.shop import Shops  # noqa: E402
from hidden import hidden  # noqa: E402
from load import median_rates, wrk  # noqa: E402

STORES, ROUNDS, POSTS = 50, 3, 100


def list_against_static(platform, seconds):
    browser = platform.browser()
    page = browser.get("/stores")
    assert page.body.count('class="store-link"') >= STORES, "the page does not show all stores"
    copy = platform.dir / "static"
    copy.mkdir()
    (copy / "list.html").write_bytes(page.body.encode())
    address = f"http://127.0.0.1:{platform.port}"
    cookie = "Cookie: " + "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
    tag = f"If-None-Match: {page.headers['ETag']}"
    rates = {"static": [], "list": [], "list unchanged (304)": []}
    for _ in range(ROUNDS):
        rates["static"].append(wrk(f"{address}/copy/list.html", seconds))
        rates["list"].append(wrk(f"{address}/stores", seconds, cookie))
        rates["list unchanged (304)"].append(wrk(f"{address}/stores", seconds, cookie, tag))
    figures = median_rates(rates)
    rate = figures["requests_per_second"]
    return {"bytes": len(page.body.encode()), "stores": STORES} | figures | {"static_per_list": round(rate["static"] / rate["list"], 2)}


def posts(platform):
    """Milliseconds from the form post to its 303, each durable in SQLite."""
    platform.configure(reconcile="/nonexistent/reconcile")
    browser = platform.browser()
    filled = browser.get("/new-store").fields | {"title": "T", "admin_email": "me@example.com"}
    took = []
    for i in range(POSTS):
        page = browser.post_only("/new-store", filled | {"id": f"post-{i}", "idempotency_key": f"{i:016}"})
        assert page.status == 303
        took.append(page.seconds * 1000)
    took.sort()
    return {"median_ms": round(statistics.median(took), 1), "p99_ms": round(took[int(POSTS * 0.99) - 1], 1)}


def memory(pids):
    """KiB of one kind of program: of each resident, and proportional to what is shared."""
    found = {"processes": len(pids), "rss_kib": 0, "pss_kib": 0}
    for pid in pids:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
            for key in ("Rss", "Pss"):
                if line.startswith(f"{key}:"):
                    found[f"{key.lower()}_kib"] += int(line.split()[1])
    return found


def children(platform, word):
    """Processes of that name, of this platform's own children and theirs."""
    ours = {c.pid for c in platform.children}
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text(encoding="utf-8")
        except OSError:
            continue
        name, parent = stat[stat.index("(") + 1 : stat.rindex(")")], int(stat[stat.rindex(")") :].split()[2])
        if name.startswith(word) and (int(entry.name) in ours or parent in ours):
            found.append(int(entry.name))
    return found


def ten_stores(platform, kube, shops):
    """Ten stores asked for at once, until all are READY: the reconciler's and helm's own time and memory."""
    kubelet = Kubelet(kube)
    names = [f"bench-{i}" for i in range(10)]
    shops.default = "shop"
    kubelet.look_after(*names)
    peak = {"reconcile": {}, "helm": {}}
    for name in names:
        platform.create(name)
    while not all(platform.status(n) == "ready" for n in names):
        for program, known in peak.items():
            try:
                now = memory(platform.processes(program))
            except OSError:
                continue  # it has just ended
            if now["rss_kib"] > known.get("rss_kib", 0):
                peak[program] = now
    kubelet.stop()
    ready = sorted(times(platform, n)["ready_at"] for n in names)
    return {"ready_seconds": {"first": ready[0], "last": ready[-1]}, "peak": peak}


def main(seconds):
    kube = Kube(os.environ["KUBECONFIG"])
    shops = Shops(kube)
    platform = Platform(kube, ingress=shops.address)
    figures = {}
    try:
        reconcile = platform.settings["reconcile"]
        platform.configure(reconcile="/nonexistent/reconcile")
        for i in range(STORES):
            platform.create(f"store-{i}", "--title", f"Store number {i}")
        platform.extra_locations = f"location /copy/ {{ alias {platform.dir}/static/; }}"
        platform.serve(strict=False)
        platform.sql("UPDATE store SET status = 'ready', ready_at = created_at + 20000")
        platform.sql("UPDATE operation SET state = 'succeeded'")
        figures["list page"] = list_against_static(platform, seconds)
        platform.sql("UPDATE store SET status = 'deleted', desired = 'absent'")
        platform.configure(reconcile=reconcile)
        figures["ten stores, pods played"] = ten_stores(platform, kube, shops)
        platform.wait_idle()
        figures["memory"] = {w: memory(children(platform, w)) for w in ("nginx", "dashboard")}
        platform.stop()
        platform = Platform(kube, ingress=shops.address)
        figures["form post"] = posts(platform)
        figures["list page while passwords are guessed"] = guessing(kube, seconds)
        figures["another's store, or none"] = hidden(kube)
    finally:
        platform.stop()
        shops.stop()
    for name, values in figures.items():
        keep_figures(name, values)
        print(f"{name}: {values}")
    wait("the stores have gone", lambda: not kube.items("/api/v1/pods"), 60)


if __name__ == "__main__":
    assert shutil.which("wrk")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
