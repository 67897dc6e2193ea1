"""What is in the cluster and fits no row is told, on a page and by storectl doctor, and adopted or removed only when a
person says so."""

import json
import subprocess

import pytest
from harness import tool, wait
from harness.kube import MERGE

FOREIGN_UID = "0123456789abcdef0123"
ROW = "id, uid, engine, plan, host, title, admin_email, currency, country, sample_products, desired, status, created_at, ready_at"


def doctor(platform):
    r = platform.storectl("doctor", "--json", check=False)
    found = json.loads(r.stdout)
    amiss = found["trouble"] or found["orphans"] or found["missing"]
    assert r.returncode == (1 if amiss else 0), r.stdout + r.stderr
    return found


def orphans(platform, *names):
    """Those of this test: other tests' stores belong to no row of this platform either."""
    return {o["namespace"]: o for o in doctor(platform)["orphans"] if o["namespace"] in names}


@pytest.fixture
def orphan(platform, ready_store, kube, shop):
    """A ready store whose row is lost, as of another database. Its row as it was."""
    platform.create(shop + "-b", "--title", "Another")  # so that there is more than nothing
    ready_store(shop)
    platform.wait_status(shop + "-b", "provisioning")
    platform.kill("reconcile", "helm")
    row = platform.sql(f"SELECT {ROW} FROM store WHERE id = ?", shop)[0]
    for statement in (
        "DELETE FROM step WHERE operation_id IN (SELECT id FROM operation WHERE store_uid = ?)",
        "DELETE FROM event WHERE store_uid = ?",
        "DELETE FROM operation WHERE store_uid = ?",
        "DELETE FROM store WHERE uid = ?",
    ):
        platform.sql(statement, row["uid"])
    platform.delete(shop + "-b", "--wait")
    yield row
    kube.delete(f"/api/v1/namespaces/{shop}")


def test_an_orphan_is_told_and_left_alone(platform, orphan, kube, shop):
    platform.cron()
    found = wait("it is found", lambda: orphans(platform, shop))[shop]
    assert (found["kind"], found["uid"], found["owner"], found["engine"]) == ("namespace", orphan["uid"], "tester", "medusa")
    page = platform.browser().get("/doctor")
    assert page.status == 200 and f"orphan-{shop}" in page.ids
    text = platform.storectl("doctor", check=False).stdout
    assert f"storectl adopt {shop}   or: storectl remove {shop} --confirm {shop}" in text
    platform.wait_idle()
    assert not kube.namespace(shop)["metadata"].get("deletionTimestamp")
    # Its name is taken, and the form says so.
    r = platform.storectl("create", shop, "--engine", "medusa", check=False)
    assert r.returncode == 1 and f'The cluster has a namespace "{shop}"' in r.stderr
    kube.delete(f"/api/v1/namespaces/{shop}")
    wait("it has gone", lambda: kube.namespace(shop) is None)
    platform.cron()
    wait("it is told no longer", lambda: not orphans(platform, shop))


def test_an_orphan_is_adopted(platform, orphan, kube, shop):
    platform.cron()
    wait("it is found", lambda: orphans(platform, shop))
    before = [(r["version"], r["info"]["status"]) for r in kube.releases(shop)]
    browser = platform.browser()
    page = browser.post(f"/doctor/{shop}/adopt", {}, form="/doctor")
    assert (page.status, page.location) == (303, "/doctor?done=adopted")
    platform.wait_status(shop, "ready")
    row = platform.sql(f"SELECT {ROW} FROM store WHERE id = ?", shop)[0]
    assert row == orphan
    assert not orphans(platform, shop)
    assert [(r["version"], r["info"]["status"]) for r in kube.releases(shop)] == before, "nothing was installed"
    actions = [r["action"] for r in platform.sql("SELECT action FROM audit WHERE object = ? ORDER BY id", shop)]
    assert actions[-2:] == ["fleet.adopt", "store.adopt"]


def test_an_orphan_is_removed(platform, orphan, kube, shop):
    platform.cron()
    wait("it is found", lambda: orphans(platform, shop))
    browser = platform.browser()
    page = browser.post(f"/doctor/{shop}/remove", {"confirm_id": shop + "x"})
    assert page.status == 422 and shop in page.text("confirm_id-error")
    r = platform.storectl("remove", shop, check=False)
    assert r.returncode == 65 and f"--confirm {shop}" in r.stderr
    platform.wait_idle()
    assert kube.namespace(shop), "nobody has confirmed"
    assert browser.post(f"/doctor/{shop}/remove", {"confirm_id": shop}).status == 303
    platform.wait_status(shop, "deleted", 60)
    assert kube.namespace(shop) is None and not kube.volumes_of(shop)


def test_a_namespace_with_nothing_in_it(platform, kube, shop):
    """Labels alone: it cannot be adopted, with the reason; it can be removed."""
    kube.make_namespace(shop, {"app.kubernetes.io/managed-by": "storewright", "storewright.io/uid": FOREIGN_UID})
    platform.cron()
    wait("it is found", lambda: orphans(platform, shop))
    r = platform.storectl("adopt", shop, "--wait", check=False)
    assert r.returncode == 1 and "no record of a release" in r.stderr
    assert "no record of a release" in platform.browser().get("/doctor").body
    assert orphans(platform, shop)[shop]["answer"]
    assert platform.row(shop) is None
    platform.storectl("remove", shop, "--confirm", shop, "--wait")
    platform.wait_status(shop, "deleted", 60)
    assert kube.namespace(shop) is None


def test_a_release_whose_namespace_lost_its_label(platform, ready_store, kube, shop):
    ready_store(shop)
    platform.wait_idle()
    path = f"/api/v1/namespaces/{shop}"
    uid = platform.row(shop)["uid"]
    kube.call("PATCH", path, {"metadata": {"labels": {"storewright.io/uid": None}}}, MERGE)
    platform.cron()
    platform.wait_status(shop, "degraded", cause="namespace-taken")
    found = wait("it is found", lambda: orphans(platform, shop))[shop]
    assert (found["kind"], found["uid"]) == ("release", uid)
    r = platform.storectl("remove", shop, "--confirm", shop, check=False)
    assert r.returncode == 1 and f"helm uninstall {shop} --namespace {shop}" in r.stderr
    platform.storectl("adopt", shop, "--wait")
    platform.wait_status(shop, "ready")
    assert kube.namespace(shop)["metadata"]["labels"]["storewright.io/uid"] == uid
    assert not orphans(platform, shop)


def test_rows_without_a_namespace_are_told(platform, ready_store, kube, shop):
    ready_store(shop)
    platform.wait_idle()
    kube.delete(f"/api/v1/namespaces/{shop}")
    wait("it has gone", lambda: kube.namespace(shop) is None)
    platform.cron()
    platform.wait_status(shop, "degraded", cause="namespace-missing")
    assert [m["id"] for m in doctor(platform)["missing"]] == [shop]
    assert f"missing-{shop}" in platform.browser().get("/doctor").ids
    platform.storectl("retry", shop)
    platform.wait_status(shop, "ready", 60)
    assert not doctor(platform)["missing"]


def test_only_admins_see_the_doctor(platform):
    platform.add_user("vera", "viewer", "correct horse battery")
    platform.add_user("max", "member", "correct horse battery")
    for name in ("vera", "max"):
        browser = platform.browser(sign_in=False)
        browser.sign_in(name, "correct horse battery")
        assert browser.get("/doctor").status == 403
        assert browser.get("/doctor/x/remove").status == 403
    admin = platform.browser()
    assert admin.get("/doctor").status == 200
    assert admin.get("/doctor/no-such/remove").status == 404
    assert admin.post("/doctor/no-such/adopt", {}, form="/new-store").status == 404


# Rebuild ----------------------------------------------------------------------------------------


def lose_database(platform):
    for name in (platform.database.name, platform.database.name + "-wal", platform.database.name + "-shm"):
        (platform.database.parent / name).unlink(missing_ok=True)


def fleet(platform):
    owners = "SELECT name FROM account WHERE account.id = store.owner_id"
    return platform.sql(f"SELECT {ROW}, ({owners}) AS owner FROM store WHERE status <> 'deleted' ORDER BY id")


@pytest.fixture
def spoilt_release(platform, ready_store, kube, shop):
    """The release of a ready store is given, by hand, a title that the platform would refuse."""

    def make():
        ready_store(shop)
        argv = [tool("helm"), "upgrade", shop, platform.settings["chart"], "--namespace", shop, "--kubeconfig", kube.file]
        title = "store.title=" + "x" * 119 + "\u202e" * 3
        subprocess.run([*argv, "--reuse-values", "--set-string", title], check=True, capture_output=True)

    return make


@pytest.mark.alone
def test_rebuild_from_the_cluster(platform, kubelet, shops, kube, shops_named):
    """The database is destroyed under a reconciler that stays and a dashboard that runs."""
    platform.configure(linger_seconds=600)
    platform.add_user("anna", "member", "correct horse battery")
    names = shops_named(3)
    shops.default = "shop"
    kubelet.look_after(*names)
    platform.create(names[0], "--as", "anna", "--title", "Ännas \"Shop\" & Söhne, {{=}}", "--currency", "chf", "--country", "ch")
    platform.create(names[1], "--plan", "medium", "--no-sample-products", "--admin-email", "me@example.org")
    platform.create(names[2])
    for n in names:
        platform.wait_status(n, "ready")
    noted = lambda n: "storewright.io/ready-at" in kube.namespace(n)["metadata"]["annotations"]  # noqa: E731
    wait("it is noted when they were ready", lambda: all(noted(n) for n in names))
    before = fleet(platform)
    browser = platform.browser()
    old = platform.processes("reconcile")
    assert old
    lose_database(platform)

    r = platform.storectl("rebuild", check=False)
    assert all(f"{n} " in r.stdout for n in names) and "made again" in r.stdout, r
    wait("they are looked at", lambda: {r["status"] for r in fleet(platform) if r["id"] in names} == {"ready"}, 60)
    assert [r for r in fleet(platform) if r["id"] in names] == before
    assert not set(old) & set(platform.processes("reconcile")), "another reconciler, with the new database"
    assert {r["name"] for r in kube.releases(names[0])} == {names[0]} and kube.releases(names[0])[-1]["version"] == 1
    # Nobody's password is in the cluster; the accounts wait for links.
    r = platform.sql("SELECT role, password_hash FROM account WHERE name = 'anna'")
    assert r == [{"role": "member", "password_hash": ""}]
    platform.storectl("user", "link", "anna")
    platform.storectl("user", "password", "tester", "--password-stdin", stdin="correct horse battery\n")
    platform.storectl("user", "role", "tester", "--role", "admin")
    assert browser.get("/stores").ids == platform.browser(sign_in=False).get("/sign-in").ids, "the old session is gone"
    admin = platform.browser()
    assert all(f"store-{n}" in admin.get("/stores").ids for n in names), "the same dashboard has the new database"
    assert "0 stores were made again" in platform.storectl("rebuild", check=False).stdout


def test_rebuild_without_a_cluster(platform, tmp_path):
    platform.configure(kubeconfig=tmp_path / "none")
    r = platform.storectl("rebuild", check=False)
    assert r.returncode != 0 and "none" in r.stderr


@pytest.mark.alone
def test_rebuild_of_what_somebody_has_spoilt(platform, shop, spoilt_release):
    """Values that no form would take make no row."""
    spoilt_release()
    platform.wait_idle()
    lose_database(platform)
    r = platform.storectl("rebuild", check=False)
    assert r.returncode == 1
    line = next(x for x in r.stdout.splitlines() if x.startswith(shop + " "))
    assert 'not made: the value "title" of its release is not a valid one' in line
    assert shop not in {s["id"] for s in fleet(platform)}
