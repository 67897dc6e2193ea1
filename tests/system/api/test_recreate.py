"""A store ID that is asked for again while its former store is still being deleted: the new store waits, and goes on by
itself; of the two, neither touches what is the other's. And a setup that is cancelled."""

import random
import time

import pytest
from harness import wait


@pytest.fixture
def held(kube):
    """held(namespace): what is in it does not go away until release()."""
    path = "/api/v1/namespaces/{}/configmaps"
    holding = []

    def hold(namespace):
        kube.call("POST", path.format(namespace), {"metadata": {"name": "holder", "finalizers": ["example.com/hold"]}})
        holding.append(namespace)

    def release():
        while holding:
            kube.call("PATCH", f"{path.format(holding.pop())}/holder", {"metadata": {"finalizers": None}}, "application/merge-patch+json")

    hold.release = release
    yield hold
    release()


def rows(platform, store):
    return [(r["status"], r["cause"]) for r in platform.sql("SELECT status, cause FROM store WHERE id = ? ORDER BY seq", store)]


def test_it_waits_and_goes_on_by_itself(platform, ready_store, kube, shop, held):
    ready_store(shop)
    former = platform.row(shop)["uid"]
    password = kube.secret(shop, "storewright-credentials")["admin-password"]
    held(shop)
    platform.delete(shop)
    browser = platform.browser()
    page = browser.post("/new-store", {"id": shop, "title": "Again", "admin_email": "me@example.com"})
    assert (page.status, page.location) == (303, f"/stores/{shop}")
    row = platform.wait_status(shop, "requested", cause="predecessor")
    page = browser.get(f"/stores/{shop}")
    assert page.store_status == "requested" and "former store of this ID is still being deleted" in page.text("part-status")
    wait("the namespace is on its way out", lambda: kube.namespace(shop)["metadata"].get("deletionTimestamp"))
    time.sleep(1)
    assert rows(platform, shop) == [("deleting", ""), ("requested", "predecessor")]
    assert kube.namespace(shop)["metadata"]["labels"]["storewright.io/uid"] == former
    held.release()
    row = platform.wait_status(shop, "ready", 60)
    assert rows(platform, shop) == [("deleted", ""), ("ready", "")]
    assert kube.namespace(shop)["metadata"]["labels"]["storewright.io/uid"] == row["uid"] != former
    assert kube.secret(shop, "storewright-credentials")["admin-password"] != password
    started = platform.sql("SELECT started_at FROM operation WHERE store_uid = ?", row["uid"])[0]["started_at"]
    deleted = platform.sql("SELECT deleted_at FROM store WHERE uid = ?", former)[0]["deleted_at"]
    assert started >= deleted, "its time counts from when it could begin"


def test_again_and_again_with_kills(platform, kubelet, shops, kube, shop):
    """Created and deleted in quick succession, with the reconciler killed in between: all but the last end deleted."""
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    dice = random.Random(4)
    for turn in range(4):
        platform.create(shop)
        time.sleep(dice.uniform(0, 1.5))
        platform.kill("reconcile")
        platform.cron()
        platform.delete(shop)
        time.sleep(dice.uniform(0, 0.3))
    platform.create(shop)
    row = platform.wait_status(shop, "ready", 120)
    assert [status for status, _ in rows(platform, shop)] == ["deleted"] * 4 + ["ready"]
    assert kube.namespace(shop)["metadata"]["labels"]["storewright.io/uid"] == row["uid"]
    assert kube.release_states(shop) == ["deployed"]
    assert {o["metadata"]["labels"]["storewright.io/uid"] for kind, o in kube.objects(shop) if kind == "deployments"} == {row["uid"]}


def test_the_former_one_cannot_be_deleted(make_platform, kubelet, shops, kube, shop, held):
    """The new one says so, and fails; its Retry deletes the former one and goes on."""
    platform = make_platform(ingress=shops.address, delete_timeout_seconds=5)
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.create(shop)
    platform.wait_status(shop, "ready", 60)
    held(shop)
    platform.delete(shop)
    platform.create(shop)
    row = platform.wait_status(shop, "failed", 120, cause="predecessor")
    assert "could not be deleted" in row["reason"] and "example.com/hold" in row["reason"]
    assert rows(platform, shop)[0] == ("delete_failed", "stuck")
    held.release()
    platform.storectl("retry", shop)
    platform.wait_status(shop, "ready", 60)
    assert rows(platform, shop) == [("deleted", ""), ("ready", "")]


def test_a_setup_is_cancelled(platform, kube, shop):
    browser = platform.browser()
    assert browser.post("/new-store", {"id": shop, "title": "T", "admin_email": "me@example.com"}).status == 303
    wait("the namespace", lambda: kube.namespace(shop))
    assert "Cancel the setup" in browser.get(f"/stores/{shop}").text("delete")
    page = browser.get(f"/stores/{shop}/delete")
    assert "Cancel setting up" in page.text("delete-heading") and "confirm_id" not in page.fields
    assert browser.post(f"/stores/{shop}/delete", {}).status == 303
    platform.wait_status(shop, "deleted", 60)
    assert kube.namespace(shop) is None
    assert "tester cancelled the setup." in platform.events(shop)


def test_a_cancel_that_comes_too_late_deletes_nothing(platform, ready_store, kube, shop):
    """The form was loaded while the store was being set up; by now it is a shop."""
    browser = platform.browser()
    ready_store(shop)
    fields = browser.get(f"/stores/{shop}/delete").fields
    page = browser.post_only(f"/stores/{shop}/delete", fields | {"cancel": "yes"})
    assert page.status == 422 and "It is not being set up any more" in page.text("confirm_id-error")
    assert platform.status(shop) == "ready" and kube.namespace(shop)
