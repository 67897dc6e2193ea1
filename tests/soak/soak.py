"""What tests/soak/run does, inside the test cluster's network namespace."""

import collections
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

from harness import BUILD, control_plane, wait  # noqa: E402
from harness.api_proxy import ApiProxy, status  # noqa: E402
from harness.kube import Kube  # noqa: E402
from harness.kubelet import Kubelet  # noqa: E402
from harness.platform import Platform, keep_figures  # noqa: E402
from harness.shop import Shops  # noqa: E402

IDS = [f"soak-{n}" for n in range(12)]
REFUSALS = [status(429, "slow down"), status(500, "boom"), status(503, "not now"), status(409, "the object has been modified"), "cut"]
MENDED = ("failed", "degraded", "delete_failed")


class Soak:
    def __init__(self, seconds, seed):
        self.seconds, self.dice = seconds, random.Random(seed)
        self.kube = Kube(os.environ["KUBECONFIG"])
        self.shops = Shops(self.kube)
        self.shops.default = "shop"
        self.proxy = ApiProxy(self.kube, tempfile.mkdtemp(prefix="sw-soak-"))
        self.platform = Platform(
            self.kube,
            ingress=self.shops.address,
            kubeconfig=self.proxy.file,
            create_timeout_seconds=90,
            delete_timeout_seconds=60,
            linger_seconds=5,
            capacity_check="no",
            limit_stores=1000,
            limit_small=1000,
            limit_provisioning=1000,
            limit_creations_per_hour=1000000,
        )
        self.kubelet = Kubelet(self.kube)
        self.kubelet.look_after(*IDS)
        self.points = self._points()
        self.done, self.wrong, self.peak = collections.Counter(), [], collections.Counter()
        self.over = threading.Event()

    @staticmethod
    def _points():
        environment = os.environ | {"STOREWRIGHT_CRASH_AT": "list", "STOREWRIGHT_CONFIG": "/nonexistent"}
        r = subprocess.run([BUILD / "cron/reconcile"], env=environment, text=True, capture_output=True)
        return r.stdout.split() if r.returncode == 0 else []

    # What people ask.

    def ask(self):
        store = self.dice.choice(IDS)
        what = self.dice.choices(["create", "delete", "retry"], [5, 3, 3])[0]
        argv = {"create": ["create", store, "--engine", "medusa"], "delete": ["delete", store, "--confirm", store], "retry": ["retry", store]}
        r = self.platform.storectl(*argv[what], check=False)
        self.done[f"{what}{'' if r.returncode == 0 else ' refused'}"] += 1
        if r.returncode not in (0, 1, 64, 65, 66, 73, 75):
            self.wrong.append(f"storectl {what}: exit status {r.returncode}: {r.stderr}")

    # What fails.

    def disturb(self):
        faults = [
            (8, self.kill_reconcile),
            (6, self.strike),
            (5, self.kill_helm),
            (4, self.refuse),
            (3, self.slow),
            (4, self.proxy.cut),
            (3, self.proxy.expire),
            (2, self.proxy.rotate),
            (3, self.lock_database),
            (4, self.break_pods),
            (4, self.delete_something),
            (1, self.stop_api),
            (1, self.stop_everything),
        ]
        weights, what = zip(*faults)
        one = self.dice.choices(what, weights)[0]
        self.done[one.__name__] += 1
        one()

    def kill_reconcile(self):
        self.platform.kill("reconcile")
        self._cron()

    def kill_helm(self):
        self.platform.kill("helm")

    def strike(self):
        """The next reconciler is killed at one of its points."""
        if not self.points:
            return
        self.platform.kill("reconcile")
        point = f"{self.dice.choice(self.points)}:{self.dice.randint(1, 6)}"
        self.platform.children.append(self.platform.cron(STOREWRIGHT_CRASH_AT=point))
        time.sleep(self.dice.uniform(0.5, 3))
        self._cron()

    def refuse(self):
        share, dice = self.dice.choice([0.05, 0.3, 1]), self.dice
        self.proxy.fault = lambda method, path: dice.choice(REFUSALS) if dice.random() < share else None
        time.sleep(self.dice.uniform(1, 6))
        self.proxy.fault = lambda method, path: None

    def slow(self):
        self.proxy.fault = lambda method, path: time.sleep(1)
        time.sleep(self.dice.uniform(1, 6))
        self.proxy.fault = lambda method, path: None

    def lock_database(self):
        holder = sqlite3.connect(self.platform.database, isolation_level=None, timeout=10)
        holder.execute("BEGIN IMMEDIATE")
        time.sleep(self.dice.uniform(1, 8))
        holder.execute("ROLLBACK")
        holder.close()

    def break_pods(self):
        store = self.dice.choice(IDS)
        self.kubelet.fails(store, self.dice.choice(["web", "database"]), code=1, restarts=self.dice.randint(0, 4))
        threading.Timer(self.dice.uniform(5, 30), self.kubelet.heals, [store]).start()

    def delete_something(self):
        objects = self.kube.objects(self.dice.choice(IDS))
        if objects:
            kind, o = self.dice.choice([x for x in objects if x[0] != "persistentvolumeclaims"] or objects)
            api = "/apis/apps/v1" if kind in ("deployments", "statefulsets") else "/apis/networking.k8s.io/v1" if kind in ("ingresses", "networkpolicies") else "/api/v1"
            if o.get("type") != "helm.sh/release.v1":
                self.kube.delete(f"{api}/namespaces/{o['metadata']['namespace']}/{kind}/{o['metadata']['name']}")

    def stop_api(self):
        control_plane.stop_api(self.kube)
        time.sleep(self.dice.uniform(0, 3))
        control_plane.start_api(self.kube)

    def stop_everything(self):
        """As a machine that loses its power, but for the kernel."""
        self.platform.kill("reconcile", "helm")
        control_plane.stop_api(self.kube)
        control_plane.start_api(self.kube)
        self._cron()

    # Meanwhile.

    def _cron(self):
        self.platform.children = [c for c in self.platform.children if c.poll() is None]
        self.platform.cron()

    def run_cron(self):
        while not self.over.wait(5):
            self._cron()

    def look(self):
        while not self.over.wait(0.5):
            pids = self.platform.processes("reconcile")
            for pid in pids:
                try:
                    self.peak["descriptors"] = max(self.peak["descriptors"], len(os.listdir(f"/proc/{pid}/fd")))
                    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
                    self.peak["kib"] = max(self.peak["kib"], int(text.partition("VmHWM:")[2].split()[0]))
                except (OSError, IndexError):
                    pass  # it has just ended
            self.peak["helms"] = max(self.peak["helms"], len(self.platform.processes("helm")))
            for row in self.platform.sql("SELECT * FROM store WHERE status IN ('failed', 'degraded', 'delete_failed')"):
                if row["status"] != "degraded" and (not row["cause"] or not row["reason"]):
                    self.wrong.append(f"{row['id']} is {row['status']} without a cause")

    def disturbed(self):
        threads = [threading.Thread(target=t, daemon=True) for t in (self.run_cron, self.look)]
        for t in threads:
            t.start()
        end, told = time.monotonic() + self.seconds, 0
        while time.monotonic() < end:
            for _ in range(self.dice.randint(0, 3)):
                self.ask()
            try:
                self.disturb()
            except (OSError, AssertionError) as e:
                self.done[f"not disturbed: {type(e).__name__}"] += 1
            time.sleep(self.dice.uniform(0, 2))
            if time.monotonic() - told > 60:
                told = time.monotonic()
                print(f"{int(end - told)} s to go: {dict(self.done)}", flush=True)
        return threads

    # The end.

    def living(self):
        return self.platform.sql("SELECT * FROM store WHERE status <> 'deleted' ORDER BY seq")

    def is_settled(self):
        return all(r["status"] in ("ready", *MENDED) for r in self.living()) and not self.platform.sql(
            "SELECT 1 FROM operation WHERE state IN ('queued', 'running')"
        )

    def settle(self):
        self.proxy.fault = lambda method, path: None
        if not self.kube.answers():
            control_plane.start_api(self.kube)
        for store in IDS:
            self.kubelet.heals(store)
        for _ in range(3):
            wait(lambda: f"what goes on ends: {self.living()} {self.platform.log()[-3000:]}", self.is_settled, 300, 0.5)
            time.sleep(12)  # a round of cron and what is disturbed heals by itself
            troubled = [r for r in self.living() if r["status"] in MENDED]
            for r in troubled:
                self.done["retried at the end"] += 1
                self.platform.storectl("retry", r["id"], check=False)
            if not troubled:
                break

    def were_ready(self):
        return self.platform.sql("SELECT count(*) AS n FROM store WHERE ready_at > 0")[0]["n"]

    def judge(self):
        if self.were_ready() == 0:
            self.wrong.append("no store was ever ready, so little was tested")
        for r in self.living():
            asked = "ready" if r["desired"] == "present" else "deleted"
            if r["status"] != asked:
                self.wrong.append(f"{r['id']} ({r['uid']}) is {r['status']}, {r['cause']}: {r['reason']}; asked for: {asked}")
        uids = {r["uid"] for r in self.living()}
        found = {n["metadata"]["labels"]["storewright.io/uid"]: n["metadata"]["name"] for n in self.kube.items("/api/v1/namespaces?labelSelector=storewright.io%2Fuid")}
        if set(found) != uids:
            self.wrong.append(f"namespaces {found} and rows {uids}")
        for store in found.values():
            releases = self.kube.release_states(store)
            if releases.count("deployed") != 1 or releases[-1] != "deployed":
                self.wrong.append(f"{store}: releases {releases}")
            strangers = {o["metadata"]["labels"]["storewright.io/uid"] for _, o in self.kube.objects(store) if "storewright.io/uid" in o["metadata"].get("labels", {})} - uids
            if strangers:
                self.wrong.append(f"{store}: objects of {strangers}")
        per_store = self.platform.sql("SELECT max(n) AS n FROM (SELECT count(*) AS n FROM operation WHERE state IN ('queued', 'running') GROUP BY store_uid)")
        if (per_store[0]["n"] or 0) > 0:
            self.wrong.append("operations are left")
        log = self.platform.log()
        for word in ("Sanitizer", "runtime error:", "code=internal", "is in use"):
            if word in log:
                at = log.index(word)
                self.wrong.append(log[max(0, at - 200) : at + 300])
        if self.platform.sql("PRAGMA integrity_check") != [{"integrity_check": "ok"}]:
            self.wrong.append("the database is damaged")

    def figures(self, took):
        rows = self.platform.sql("SELECT status, count(*) AS n FROM store GROUP BY status")
        ended = self.platform.sql("SELECT kind, state, count(*) AS n FROM operation GROUP BY kind, state")
        return {
            "seconds": round(took),
            "done": dict(sorted(self.done.items())),
            "stores": {r["status"]: r["n"] for r in rows},
            "stores_that_were_ready": self.were_ready(),
            "operations": {f"{r['kind']} {r['state']}": r["n"] for r in ended},
            "timeline": self.platform.sql("SELECT count(*) AS n FROM event")[0]["n"],
            "api_requests": len(self.proxy.asked),
            "api_refusals": self.proxy.refused,
            "peak": dict(self.peak),
            "wrong": len(self.wrong),
        }


def main(seconds=1800, seed=0):
    seed = int(seed) or int(time.time())
    print(f"seed {seed}", flush=True)
    soak, began = Soak(int(seconds), seed), time.monotonic()
    try:
        threads = soak.disturbed()
        soak.settle()
        soak.over.set()
        for t in threads:
            t.join()
        soak.platform.wait_idle(60)
        soak.judge()
        figures = soak.figures(time.monotonic() - began)
    finally:
        soak.over.set()
        keep = BUILD / "soak-reconcile.log"
        keep.write_text(soak.platform.log(), encoding="utf-8")
        soak.kubelet.stop()
        soak.platform.stop()
        soak.proxy.stop()
        soak.shops.stop()
    keep_figures("soak", figures)
    print(figures)
    for one in soak.wrong:
        print(f"wrong: {one}")
    print(f"{len(soak.wrong)} ended wrong")
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
