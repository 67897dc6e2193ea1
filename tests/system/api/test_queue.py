"""Many stores asked for at once: all end as asked, few helms run at a time, and nobody waits for somebody else's crowd."""

import concurrent.futures
import json
import os
import subprocess
import threading

import yaml
from harness import ROOT, tool, wait

# By hand with more: STOREWRIGHT_MANY=200 tests/system/run api -k test_many
MANY = int(os.environ.get("STOREWRIGHT_MANY", "12"))


def at_once(calls, threads=4):
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda call: call(), calls))


class Watcher(threading.Thread):
    """The most helms that ran at the same time."""

    def __init__(self, platform):
        super().__init__(daemon=True)
        self.platform, self.most, self.ended = platform, 0, threading.Event()

    def run(self):
        while not self.ended.wait(0.02):
            # setpriv becomes helm: one process each.
            self.most = max(self.most, len(self.platform.processes("helm")))

    def stop(self):
        self.ended.set()
        self.join()
        return self.most


def statuses(platform, names):
    rows = platform.sql("SELECT id, status FROM store WHERE status <> 'deleted' AND id IN (%s)" % ",".join("?" * len(names)), *names)
    return {r["id"]: r["status"] for r in rows}


def test_many_asked_for_at_once(platform, kubelet, shops, kube, shops_named):
    """A third is deleted while it is on its way; in the end all the others are."""
    platform.add_user("anna", "member", "correct horse battery")
    platform.add_user("bernd", "member", "correct horse battery")
    names = shops_named(MANY)
    owner = {n: ("anna", "bernd")[i % 2] for i, n in enumerate(names)}
    shops.default = "shop"
    kubelet.look_after(*names)
    watcher = Watcher(platform)
    watcher.start()
    at_once([lambda n=n: platform.create(n, "--as", owner[n]) for n in names])
    doomed = names[::3]
    at_once([lambda n=n: platform.delete(n) for n in doomed])
    kept = [n for n in names if n not in doomed]
    seconds = 60 + 3 * MANY
    wait(lambda: statuses(platform, names), lambda: statuses(platform, names) == {n: "ready" for n in kept}, seconds, 0.2)
    assert all(kube.release_states(n)[-1] == "deployed" for n in kept)
    at_once([lambda n=n: platform.delete(n) for n in kept])
    wait(lambda: statuses(platform, names), lambda: not statuses(platform, names), seconds, 0.2)
    assert watcher.stop() <= 2, "helm_parallel"
    assert not [n for n in kube.items("/api/v1/namespaces") if n["metadata"]["name"] in names]
    states = platform.sql("SELECT DISTINCT state FROM operation")
    assert {r["state"] for r in states} <= {"succeeded", "superseded"}
    platform.wait_idle()


def test_one_does_not_wait_for_anothers_crowd(platform, kubelet, shops, shops_named):
    platform.add_user("anna", "member", "correct horse battery")
    platform.add_user("bernd", "member", "correct horse battery")
    crowd, one = shops_named(9), shops_named(1)[0]
    shops.default = "shop"
    kubelet.look_after(*crowd, one)
    for n in crowd:
        platform.create(n, "--as", "anna")
    platform.create(one, "--as", "bernd")
    waiting = [n for n in crowd if platform.status(n) == "requested"]
    assert waiting, "the crowd is not served all at once"
    wait(lambda: f"all are ready {statuses(platform, crowd)}", lambda: set(statuses(platform, [*crowd, one]).values()) == {"ready"}, 90, 0.2)
    # By the helm runs' order: his came before the last of hers.
    order = platform.sql("SELECT s.id FROM operation o JOIN store s ON s.uid = o.store_uid ORDER BY o.started_at")
    assert [r["id"] for r in order].index(one) < 9 - 2
    platform.wait_idle()


def test_a_double_submit_makes_one_store(platform, kube, shop):
    """At the same moment, by the same form."""
    browser = platform.browser()
    filled = browser.get("/new-store").fields | {"id": shop, "title": "T", "admin_email": "me@example.com"}
    pages = at_once([lambda: browser.post_only("/new-store", filled)] * 8, threads=8)
    assert {(p.status, p.location) for p in pages} == {(303, f"/stores/{shop}")}
    assert platform.sql("SELECT count(*) AS n FROM store") == [{"n": 1}]
    assert platform.sql("SELECT count(*) AS n FROM operation") == [{"n": 1}]


def mebibytes(text):
    units = {"Ki": 1 / 1024, "Mi": 1, "Gi": 1024}
    return float(text[:-2]) * units[text[-2:]]


def cpu(text):
    return int(text[:-1]) if text.endswith("m") else int(float(text) * 1000)


def asked_for(engine, plan):
    """What a store's pods ask for by the chart: pods, thousandths of a CPU, MiB; and the largest pod's."""
    argv = [tool("helm"), "template", "x-shop", ROOT / "helm/store", "--set", f"store.id=x-shop,store.engine={engine},store.plan={plan}"]
    text = subprocess.run(argv, check=True, text=True, capture_output=True).stdout
    pods = []
    for o in yaml.safe_load_all(text):
        if not o or o["kind"] not in ("Deployment", "StatefulSet"):
            continue
        spec = o["spec"]["template"]["spec"]

        def requests(containers):
            return [c.get("resources", {}).get("requests", {}) for c in containers or []]

        running, starting = requests(spec["containers"]), requests(spec.get("initContainers"))
        pods += [
            (
                max(sum(cpu(r["cpu"]) for r in running), *(cpu(r["cpu"]) for r in starting), 0),
                max(sum(mebibytes(r["memory"]) for r in running), *(mebibytes(r["memory"]) for r in starting), 0),
            )
        ] * o["spec"].get("replicas", 1)
    return len(pods), sum(p[0] for p in pods), sum(p[1] for p in pods)


def test_what_plans_ask_for_is_what_the_chart_has(platform):
    kinds = json.loads(platform.storectl("capacity", "--json").stdout)["kinds"]
    assert {k["plan"] for k in kinds} == {"small", "medium", "large"}
    for kind in kinds:
        a = kind["asks_for"]
        assert (a["pods"], a["cpu_milli"], a["memory"] / 1048576) == asked_for(kind["engine"], kind["plan"]), kind
