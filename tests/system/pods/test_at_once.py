"""Several stores at once on one node: all come up as shops, all go without a trace; and what the node has no room for is
refused at the form. STOREWRIGHT_AT_ONCE=10 by hand; few in the ordinary run, where each takes a second or two more."""

import concurrent.futures
import json
import os
import time

import pytest
from harness import STATE, wait
from harness.platform import keep_figures, times

AT_ONCE = int(os.environ.get("STOREWRIGHT_AT_ONCE", "3"))


@pytest.fixture(scope="module")
def staying(platform):
    """As on a real machine, where cron keeps the reconciler."""
    platform.configure(linger_seconds=3600)
    yield platform
    platform.configure(linger_seconds=0)
    platform.kill("reconcile")


def at_once(calls):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda call: call(), calls))


def test_many_at_once(staying, kube, store_at):
    names = [f"crowd-{i}" for i in range(AT_ONCE)]
    begin = time.monotonic()
    at_once([lambda n=n: staying.create(n) for n in names])
    for n in names:
        staying.wait_status(n, "ready", 120 + 60 * AT_ONCE)
    ready = sorted(times(staying, n)["ready_at"] for n in names)
    assert all(store_at(n).answers() for n in names), "each answers as a shop"
    begin_delete = time.monotonic()
    at_once([lambda n=n: staying.delete(n) for n in names])
    for n in names:
        staying.wait_status(n, "deleted", 60 + 30 * AT_ONCE)
    figures = {"stores": AT_ONCE, "first_ready": ready[0], "last_ready": ready[-1], "all_ready": round(begin_delete - begin, 1)}
    keep_figures("stores at once on real pods", figures | {"all_deleted": round(time.monotonic() - begin_delete, 1)})
    assert not [n for n in names if kube.namespace(n) or kube.volumes_of(n)]
    assert not [f for f in (p.name for p in (STATE / "volumes").iterdir()) if "crowd-" in f]


def test_the_node_is_full(staying, kube):
    """What the node can give is known before a store is asked for."""
    staying.cron()
    wait("the node was seen", lambda: json.loads(staying.storectl("capacity", "--json").stdout)["nodes"] == 1, 30, 0.2)
    seen = json.loads(staying.storectl("capacity", "--json").stdout)
    node = kube.items("/api/v1/nodes")[0]["status"]["allocatable"]
    assert seen["there_is"]["pods"] == int(node["pods"]) and seen["there_is"]["cpu_milli"] == int(node["cpu"]) * 1000
    large = next(k for k in seen["kinds"] if (k["engine"], k["plan"]) == ("medusa", "large"))
    staying.configure(reconcile="/nonexistent/reconcile")  # the stores that are taken are not to be set up
    staying.kill("reconcile")
    for i in range(large["room_for"]):
        staying.create(f"large-{i}", "--plan", "large")
    r = staying.storectl("create", "one-too-many", "--engine", "medusa", "--plan", "large", check=False)
    assert r.returncode != 0 and "no room for another store of the plan Large" in r.stderr
    page = staying.browser().post("/new-store", {"id": "one-too-many", "plan": "large", "title": "T", "admin_email": "me@example.com"})
    assert page.status == 429 and "no room for another store of the plan Large" in page.body
    assert staying.row("one-too-many") is None
    staying.sql("UPDATE store SET status = 'deleted', desired = 'absent' WHERE id LIKE 'large-%'")
    staying.sql("UPDATE operation SET state = 'superseded' WHERE state = 'queued'")
