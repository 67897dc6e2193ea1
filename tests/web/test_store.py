"""One store: its status in words, and what can be done about it."""

import pytest
from seed import CREATE_STEPS

STATUSES = {
    "requested": "Requested", "provisioning": "Provisioning", "ready": "Ready", "degraded": "Degraded",
    "failed": "Failed", "deleting": "Deleting", "delete_failed": "Delete failed", "deleted": "Deleted",
}
OPEN = ("ready", "degraded")
MOVING = ("requested", "provisioning", "degraded", "deleting")


@pytest.fixture(scope="module")
def one_of_each(platform):
    for status in STATUSES:
        platform.seed.store(f"is-{status.replace('_', '-')}", status=status, reason="The <reason> & cause.",
                            steps=CREATE_STEPS[:3] if status == "failed" else None)


@pytest.mark.parametrize("status", STATUSES)
def test_page(browsers, one_of_each, status):
    browser, target = browsers["member"], f"/stores/is-{status.replace('_', '-')}"
    answer = browser.get(target)
    page = browser.page
    assert answer.status == 200
    assert f"Status: {STATUSES[status]}" in page.text and "The <reason> & cause." in page.text
    assert page.one("span", data_status=status)
    assert bool(page.all("a", id="visit")) == (status in OPEN)
    assert bool(page.all("a", id="admin-link")) == (status in OPEN)
    assert bool(page.all("button", id="show-credentials")) == (status in OPEN)
    assert bool(page.all("button", id="retry")) == (status in ("failed", "degraded", "delete_failed"))
    assert bool(page.all("a", id="delete")) == (status not in ("deleting", "deleted"))
    assert bool(page.all("meta", http_equiv="refresh")) == (status in MOVING)
    assert (answer.header("ETag") is None) == (status in MOVING)
    browser.get("/fragments" + target)
    assert browser.page.one("span", data_status=status)


def test_a_shop_that_is_not_open_has_no_address(browsers, one_of_each):
    for status in STATUSES:
        browsers["member"].get(f"/stores/is-{status.replace('_', '-')}")
        text = browsers["member"].page.text
        assert ("The shop is closed." in text) == (status in ("deleting", "delete_failed", "deleted"))
        assert ("appears here as soon as" in text) == (status in ("requested", "provisioning", "failed"))


def test_links_of_an_open_shop(browsers, one_of_each):
    browsers["member"].get("/stores/is-ready")
    page = browsers["member"].page
    assert page.one("a", id="shop-link")["href"] == "http://is-ready.localtest.me"
    assert page.one("a", id="admin-link")["href"] == "http://is-ready.localtest.me/app"
    assert "set up in 31.2 s" in page.text and "6 of 6 steps done" in page.text


def test_steps_of_one_under_way(platform, browsers):
    uid = platform.seed.store("under-way", status="provisioning", steps=CREATE_STEPS[:3])
    platform.seed.run(lambda db: db.execute(
        "UPDATE step SET finished_at = NULL WHERE position = 2 AND operation_id ="
        " (SELECT id FROM operation WHERE store_uid = ?)", (uid,)))
    browsers["member"].get("/stores/under-way")
    page = browsers["member"].page
    assert [a["class"].split()[1] for a in page.all("li") if "data-step" in a] == [
        "done", "done", "active", "waiting", "waiting", "waiting"]
    assert "2 of 6 steps done" in page.text


def test_reused_id_shows_the_living_one(platform, browsers):
    platform.seed.store("reused", status="deleted", title="Old one")
    assert "Old one" in browsers["member"].get("/stores/reused").text
    platform.seed.store("reused", status="ready", title="New one")
    text = browsers["member"].get("/stores/reused").text
    assert "New one" in text and "Old one" not in text


def strip(answer):
    """The page without what names the request."""
    reference = answer.header("X-Request-Id")
    return answer.status, answer.text.replace(reference, "REF")


@pytest.mark.parametrize("path", ["/stores/{}", "/stores/{}/delete", "/fragments/stores/{}"])
def test_others_stores_are_like_none(browsers, one_of_each, path):
    browser = browsers["other"]
    known, unknown = (strip(browser.get(path.format(i))) for i in ("is-ready", "is-never"))
    assert known[0] == 404
    assert known[1].replace("is-ready", "X") == unknown[1].replace("is-never", "X")


@pytest.mark.parametrize("action,fields", [("retry", {}), ("credentials", {}),
                                           ("delete", {"confirm_id": "is-failed"})])
def test_others_stores_cannot_be_changed(platform, browsers, one_of_each, action, fields):
    before = platform.seed.query("SELECT desired, generation, status FROM store WHERE id = 'is-failed'")
    assert browsers["other"].post(f"/stores/is-failed/{action}", fields).status == 404
    assert browsers["viewer"].post(f"/stores/is-failed/{action}", fields, csrf="x").status == 403
    after = platform.seed.query("SELECT desired, generation, status FROM store WHERE id = 'is-failed'")
    assert after == before


def test_admin_may(platform, browsers):
    platform.seed.store("helped", status="failed")
    assert browsers["admin"].get("/stores/helped").status == 200
    assert browsers["admin"].post("/stores/helped/retry", {}).status == 303


@pytest.mark.parametrize("hostile", ["", "wrong", "KEPT", "kept-", "$(id)", "--help", "kept\n--all", "a" * 300,
                                     "<b>kept</b>", "' OR '1'='1"])
def test_delete_needs_the_id(platform, browsers, hostile):
    if not platform.seed.query("SELECT 1 FROM store WHERE id = 'kept'"):
        platform.seed.store("kept")
    answer = browsers["member"].post("/stores/kept/delete", {"confirm_id": hostile})
    assert answer.status == 422
    assert browsers["member"].page.value("confirm_id") == hostile.strip().replace("\n", " ")
    assert browsers["member"].page.one("input", id="confirm_id")["aria-invalid"] == "true"
    assert platform.seed.query("SELECT desired FROM store WHERE id = 'kept'") == [("present",)]


def test_delete(platform, browsers):
    platform.seed.store("leaving")
    browser = browsers["member"]
    browser.get("/stores/leaving/delete")
    assert "cannot be undone" in browser.page.text
    for _ in range(2):  # twice is fine
        answer = browser.post("/stores/leaving/delete", {"confirm_id": "leaving"})
        assert answer.status == 303 and answer.header("Location") == "/stores/leaving"
    assert platform.seed.query("SELECT desired, status FROM store WHERE id = 'leaving'") == [
        ("absent", "deleting")]
    assert platform.seed.query(
        "SELECT count(*) FROM operation o JOIN store s ON s.uid = o.store_uid"
        " WHERE s.id = 'leaving' AND o.kind = 'delete'") == [(1,)]


def test_delete_of_what_is_deleted(platform, browsers):
    platform.seed.store("no-more", status="deleted")
    assert browsers["member"].get("/stores/no-more").status == 200
    assert browsers["member"].get("/stores/no-more/delete").status == 404
    assert browsers["member"].post("/stores/no-more/delete", {"confirm_id": "no-more"}).status == 404


def test_retry(platform, browsers):
    platform.seed.store("again", status="failed")
    browser = browsers["member"]
    assert browser.post("/stores/again/retry", {}).header("Location") == "/stores/again"
    assert platform.seed.query("SELECT status FROM store WHERE id = 'again'") == [("provisioning",)]
    assert browser.post("/stores/again/retry", {}).status == 409
    platform.seed.store("undead", status="delete_failed")
    assert browser.post("/stores/undead/retry", {}).status == 303
    assert platform.seed.query("SELECT status, desired FROM store WHERE id = 'undead'") == [
        ("deleting", "absent")]


def test_credentials_without_a_cluster(platform, browsers):
    platform.seed.store("secretive")
    answer = browsers["member"].post("/stores/secretive/credentials", {})
    assert answer.status == 503 and answer.header("Cache-Control") == "no-store"
    assert "The credentials could not be read." in browsers["member"].page.text
    assert platform.seed.query(
        "SELECT result FROM audit WHERE action = 'store.credentials' AND object = 'secretive'") == [("refused",)]
    assert browsers["member"].get("/stores/secretive/credentials").status == 405


def test_everything_asked_is_in_the_audit(platform, browsers):
    platform.seed.store("watched", status="failed")
    browsers["admin"].post("/stores/watched/retry", {})
    assert platform.seed.query(
        "SELECT actor, address, action, result FROM audit WHERE object = 'watched'") == [
        ("admin", "192.0.2.1", "store.retry", "ok")]


def test_trouble_is_on_every_page(platform, browsers, one_of_each):
    platform.seed.run(lambda db: db.execute(
        "INSERT INTO condition VALUES ('cluster', 0, 'The cluster <does> not answer.', 1)"))
    try:
        for target in ("/stores", "/new-store", "/stores/is-ready", "/none"):
            browsers["member"].get(target)
            assert "The cluster <does> not answer." in browsers["member"].page.text
        for target in ("/fragments/stores", "/fragments/stores/is-ready"):
            browsers["member"].get(target)
            assert "The cluster <does> not answer." in browsers["member"].page.text
        browsers["none"].get("/sign-in")
        assert "The cluster <does> not answer." in browsers["none"].page.text
    finally:
        platform.seed.run(lambda db: db.execute("DELETE FROM condition"))
