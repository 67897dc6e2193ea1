"""Killed by itself at every point it has (lib/base/crash.h), the reconciler or the dashboard is simply started again, and
all ends as asked: one row, one release, one namespace, the first password, nothing left over.

The points come from the programs themselves, so one that is added is covered from then on."""

import collections
import http.client
import os
import signal
import subprocess

import pytest
from harness import BUILD, wait

PASSES = 2  # how often one point is struck in each of a store's changes


def points_of(program):
    """What the program lists; nothing when it was built without crash points."""
    environment = os.environ | {"STOREWRIGHT_CRASH_AT": "list", "STOREWRIGHT_CONFIG": "/nonexistent"}
    r = subprocess.run([BUILD / program], env=environment, text=True, capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
    return sorted(set(r.stdout.split())) if r.returncode == 0 else []


def test_the_programs_have_crash_points():
    assert points_of("cron/reconcile") and points_of("cgi/dashboard"), "configure with --enable-crash-points"


# The reconciler ---------------------------------------------------------------------------------


@pytest.fixture
def queue_only(platform):
    """A platform on which requests start no reconciler."""
    platform.configure(reconcile="/nonexistent/reconcile")
    platform.cron = lambda **env: platform.start(BUILD / "cron/reconcile", log="reconcile.log", stdin=subprocess.DEVNULL, env=env)
    return platform


def strike(platform, point):
    """Runs the reconciler until it struck at the point's first pass, again until the second … then once whole. How often it
    was killed."""
    for hit in range(1, PASSES + 1):
        code = platform.cron(STOREWRIGHT_CRASH_AT=f"{point}:{hit}").wait(timeout=60)
        if code != -signal.SIGKILL:
            assert code == 0, platform.log()[-3000:]
            return hit - 1
        wait("its helm died with it", lambda: not platform.processes("helm"), 10)
    assert platform.cron().wait(timeout=60) == 0
    return PASSES


def mark_pending(kube, store):
    """Makes the release look as a helm that was killed in an upgrade leaves it."""
    path = f"/api/v1/namespaces/{store}/secrets"
    newest = max(kube.items(f"{path}?labelSelector=owner%3Dhelm"), key=lambda s: int(s["metadata"]["labels"]["version"]))
    labels = {"metadata": {"labels": {"status": "pending-upgrade"}}}
    kube.call("PATCH", f"{path}/{newest['metadata']['name']}", labels, "application/merge-patch+json")


def namespaces_of(kube, platform):
    uids = {r["uid"] for r in platform.sql("SELECT uid FROM store")}
    found = kube.items("/api/v1/namespaces?labelSelector=storewright.io%2Fuid")
    return [n["metadata"]["name"] for n in found if n["metadata"]["labels"]["storewright.io/uid"] in uids]


def expect_whole(platform, kube, store, kinds):
    """One namespace, one release that is deployed, and operations that all came to their end."""
    assert namespaces_of(kube, platform) == [store]
    assert kube.release_states(store)[-1] == "deployed"
    assert {r["name"] for r in kube.releases(store)} == {store}
    ended = platform.sql("SELECT kind, state FROM operation ORDER BY id")
    assert [(o["kind"], o["state"]) for o in ended] == kinds
    assert not platform.processes("reconcile", "helm")


@pytest.mark.parametrize("point", points_of("cron/reconcile"))
def test_reconcile_struck(queue_only, shops, kubelet, kube, shop, point):
    platform, struck = queue_only, 0
    # A create whose setup fails.
    platform.create(shop)
    kubelet.fails(shop, "web", code=3, restarts=3, setup=True)
    struck += strike(platform, point)
    assert platform.row(shop)["cause"] == "setup", platform.log()[-3000:]
    expect_whole(platform, kube, shop, [("create", "failed")])
    secret = kube.secret(shop, "storewright-credentials")
    # A retry, with the cause gone and the lock of a dead helm in its way.
    kubelet.heals(shop)
    shops.answers[f"{shop}.localtest.me"] = "shop"
    mark_pending(kube, shop)
    platform.storectl("retry", shop)
    struck += strike(platform, point)
    assert platform.status(shop) == "ready", platform.log()[-3000:]
    expect_whole(platform, kube, shop, [("create", "failed"), ("retry", "succeeded")])
    assert kube.secret(shop, "storewright-credentials") == secret, "the volume was made with the first password"
    assert platform.events(shop).count("The shop is ready.") == 1
    # A delete.
    platform.delete(shop)
    struck += strike(platform, point)
    assert platform.status(shop) == "deleted", platform.log()[-3000:]
    assert namespaces_of(kube, platform) == [] and kube.namespace(shop) is None and not kube.volumes_of(shop)
    assert [o["state"] for o in platform.sql("SELECT state FROM operation")] == ["failed", "succeeded", "succeeded"]
    assert platform.events(shop).count("Deleted: nothing of it is left in the cluster.") == 1
    assert struck, f"nothing of a store's life passes the point {point}"


# The dashboard's form posts -----------------------------------------------------------------------


class Struck:
    """Posts a form to a dashboard that is killed at a point, then sends it again, as a person would."""

    def __init__(self, platform):
        self.platform, self.killed = platform, collections.Counter()
        self.browser = platform.browser()

    def post(self, point, path, fields, form=None):
        filled = self.browser.get(form or path).fields | fields
        dashboard = self._replace(STOREWRIGHT_CRASH_AT=point)
        status = None
        try:
            status = self.browser.post_only(path, filled).status
        except (OSError, http.client.HTTPException):
            pass
        if status != 303 or point == "answered":
            assert dashboard.wait(timeout=10) == -signal.SIGKILL
            self.killed[point] += 1
        self._replace()
        return self.browser.post_only(path, filled)

    def _replace(self, **env):
        for child in self.platform.children:
            if child.args[0].endswith("cgi/dashboard") and child.poll() is None:
                child.terminate()
                child.wait(timeout=10)
        return self.platform.dashboard(**env)


def test_dashboard_struck_in_every_form_post(queue_only, shops, kubelet, kube, shops_named):
    """A store for each point; what reconciles comes for all of them together."""
    platform, points = queue_only, points_of("cgi/dashboard")
    stores = dict(zip(points, shops_named(len(points))))
    struck = Struck(platform)
    for point, store in stores.items():
        page = struck.post(point, "/new-store", {"id": store, "title": "T", "admin_email": "me@example.com"})
        assert (page.status, page.location) == (303, f"/stores/{store}"), point
    platform.sql("UPDATE store SET status = 'failed', cause = 'image', reason = 'It is not there.'")
    platform.sql("UPDATE operation SET state = 'failed'")
    for point, store in stores.items():
        page = struck.post(point, f"/stores/{store}/retry", {}, form=f"/stores/{store}")
        assert page.status in (303, 409), "409: the first one was written, and is under way"
    shops.default = "shop"
    kubelet.look_after(*stores.values())
    assert platform.cron().wait(timeout=120) == 0
    assert {platform.status(s) for s in stores.values()} == {"ready"}
    assert sorted(namespaces_of(kube, platform)) == sorted(stores.values())
    for point, store in stores.items():
        page = struck.post(point, f"/stores/{store}/delete", {"confirm_id": store})
        assert page.status == 303, point
    assert platform.cron().wait(timeout=120) == 0
    assert {platform.status(s) for s in stores.values()} == {"deleted"}
    assert namespaces_of(kube, platform) == []
    assert struck.killed == dict.fromkeys(points, 3), "every form post passes every point"
    assert len(platform.sql("SELECT * FROM store")) == len(points)
    done = [r["action"] for r in platform.sql("SELECT action FROM audit WHERE action LIKE 'store.%' ORDER BY id")]
    assert done == [f"store.{what}" for what in ("create", "retry", "delete") for _ in points]
