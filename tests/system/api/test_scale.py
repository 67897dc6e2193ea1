"""A pass over a fleet in which nothing has changed touches nothing, and one change touches one store. Some sixty stores of
sixteen objects each; tests/bench/scale has thousands."""

from harness import fleet, wait

STORES = 60


def revision(platform):
    return platform.sql("SELECT number FROM revision")[0]["number"]


def observed(platform):
    return {r["id"]: (r["status"], r["observed_at"]) for r in platform.sql("SELECT id, status, observed_at FROM store")}


def test_nothing_changed_touches_nothing(platform, kube, shops_named):
    names = shops_named(STORES)
    fleet.objects(kube, names)
    fleet.rows(platform, names)
    assert platform.cron().wait(timeout=60) == 0
    before, rows = revision(platform), observed(platform)
    assert {status for status, _ in rows.values()} == {"ready"}
    assert platform.cron().wait(timeout=60) == 0
    assert (revision(platform), observed(platform)) == (before, rows), "a second pass writes nothing"

    platform.configure(linger_seconds=600)
    platform.cron()
    struck = names[STORES // 2]
    wait("it watches every kind", lambda: "kind of object failed" not in platform.log() and platform.processes("reconcile"))
    kube.delete(f"/api/v1/namespaces/{struck}/pods/{struck}-web-0", gracePeriodSeconds=0)
    platform.wait_status(struck, "degraded", 30)
    others = {n: o for n, o in observed(platform).items() if n != struck}
    assert others == {n: o for n, o in rows.items() if n != struck}, "nobody else was touched"
