"""One reconciler works, whoever starts how many; no wake-up is lost; requests that race end in one answer."""

import concurrent.futures
import subprocess
import time

from harness import BUILD, wait


def test_a_second_reconciler_leaves_at_once(platform, kubelet, shops, shop):
    platform.create(shop)
    wait("the reconciler", lambda: platform.processes("reconcile"))
    first = platform.processes("reconcile")
    others = [platform.cron() for _ in range(5)]
    for other in others:
        assert other.wait(timeout=10) == 0
    assert platform.processes("reconcile") == first


def test_many_started_at_once(platform, kubelet, shops, shop):
    reconcile = platform.settings["reconcile"]
    platform.configure(reconcile="/nonexistent/reconcile")
    platform.create(shop)
    platform.configure(reconcile=reconcile)
    started = [platform.cron() for _ in range(8)]
    wait("all but one leave", lambda: sum(p.poll() is None for p in started) == 1)
    assert all(p.returncode == 0 for p in started if p.poll() is not None)
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.wait_status(shop, "ready")
    assert platform.events(shop).count("Provisioning began.") == 1


def test_idle_when_nothing_is_asked(platform):
    begin = time.monotonic()
    assert platform.cron().wait(timeout=20) == 0
    assert time.monotonic() - begin < 10


def test_no_kick_is_lost(platform, kubelet, shops, shops_named):
    """Requests in quick succession, while the reconciler starts, works and ends: each ends as asked."""
    shops.default = "shop"
    stores = shops_named(12)
    kubelet.look_after(*stores)
    for i, store in enumerate(stores):
        platform.create(store, "--wait")
        # Just when it is about to leave.
        time.sleep(i * 0.004)
        platform.delete(store)
    for store in stores:
        platform.wait_status(store, "deleted", 90)
    platform.wait_idle()


def test_fifty_requests_at_once(platform, kubelet, shops, kube, shops_named):
    """25 stores asked for side by side, then deleted side by side, by a reconciler that nobody started by hand."""
    shops.default = "shop"
    stores = shops_named(25)
    kubelet.look_after(*stores)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(platform.create, stores))
        for store in stores:
            platform.wait_status(store, "ready", 90)
        list(pool.map(platform.delete, stores))
    for store in stores:
        platform.wait_status(store, "deleted", 120)
    assert not [s for s in stores if kube.namespace(s)]
    platform.wait_idle()
    assert platform.sql("SELECT count(*) AS n FROM operation WHERE state = 'succeeded'")[0]["n"] == 50


def test_the_same_id_at_once(platform, shop):
    argv = [BUILD / "cli/storectl", "create", shop, "--engine", "medusa"]
    racers = [
        subprocess.Popen(argv, env=platform.env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    ends = [(p.communicate(timeout=30)[1], p.returncode) for p in racers]
    assert sorted(code for _, code in ends)[:2] == [0, 1]
    assert sum(code == 0 for _, code in ends) == 1
    assert all(f'There is a store "{shop}" already' in text for text, code in ends if code)
    assert len(platform.sql("SELECT * FROM store")) == 1


def test_the_same_form_twice_is_one_store(platform, shop):
    browser = platform.browser()
    fields = browser.get("/new-store").fields | {"id": shop, "title": "T", "admin_email": "me@example.com"}
    for _ in range(2):
        page = browser.post("/new-store", fields)
        assert (page.status, page.location) == (303, f"/stores/{shop}")
    assert len(platform.sql("SELECT * FROM store")) == 1
    assert len(platform.sql("SELECT * FROM operation")) == 1


def test_create_and_delete_at_once(platform, kube, shop):
    platform.create(shop)

    def delete(_):
        return platform.storectl("delete", shop, "--confirm", shop, check=False).returncode

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        ends = set(pool.map(delete, range(4)))
    assert 0 in ends and ends <= {0, 66}, "66: it was gone already"
    platform.wait_status(shop, "deleted", 40)
    platform.wait_idle()
    assert kube.namespace(shop) is None
    assert len(platform.sql("SELECT * FROM operation WHERE kind = 'delete'")) == 1
