"""The forms through nginx: what is wrong is said beside its field, what was typed is kept, nothing is changed."""

import pytest
from api.test_storectl import BAD_IDS

GOOD = {"id": "my-shop", "title": "My Shop", "admin_email": "me@example.com"}


@pytest.fixture
def browser(platform):
    platform.configure(reconcile="/nonexistent/reconcile")
    return platform.browser()


@pytest.mark.parametrize("store", [s for s in BAD_IDS if len(s) <= 200 and "\n" not in s], ids=lambda s: repr(s[:20]))
def test_store_id(platform, browser, store):
    page = browser.post("/new-store", GOOD | {"id": store})
    assert page.status == 422
    assert BAD_IDS[store] in page.text("id-error")
    assert page.fields["id"] == store.strip()
    assert page.fields["title"] == "My Shop"
    assert page.fields["admin_email"] == "me@example.com"
    assert platform.sql("SELECT * FROM store") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "t" * 121),
        ("admin_email", ""),
        ("admin_email", "nobody"),
        ("engine", "shopify"),
        ("plan", "huge"),
        ("currency", "xyz"),
        ("country", "zz"),
        ("title", "<script>alert(1)</script>" * 6),
        ("admin_email", '"><script>alert(1)</script>'),
    ],
)
def test_other_fields(platform, browser, field, value):
    page = browser.post("/new-store", GOOD | {field: value})
    assert page.status == 422
    assert page.text(f"{field}-error")
    assert page.fields["id"] == "my-shop"
    assert "<script>alert" not in page.body
    if field in ("title", "admin_email"):
        assert page.fields[field] == value
    assert platform.sql("SELECT * FROM store") == []


def test_a_missing_field_is_an_empty_one(platform, browser):
    page = browser.post("/new-store", GOOD | {"id": None})
    assert page.status == 422 and page.text("id-error").startswith("Enter a store ID")


def test_broken_encoding_is_refused(platform, browser):
    csrf = browser.get("/new-store").fields["csrf"]
    body = f"csrf={csrf}&id=shop%FF&title=T&admin_email=me%40example.com&engine=medusa".encode()
    page = browser.send("POST", "/new-store", body, {"Content-Type": "application/x-www-form-urlencoded"})
    assert page.status in (400, 422)
    assert platform.sql("SELECT * FROM store") == []


def test_duplicate(platform, browser):
    assert browser.post("/new-store", GOOD).status == 303
    page = browser.post("/new-store", GOOD)
    assert page.status == 409
    assert page.text("id-error") == 'There is a store "my-shop" already; choose another ID.'
    assert page.fields["title"] == "My Shop"
    assert len(platform.sql("SELECT * FROM store")) == 1


def test_without_the_token_nothing_happens(platform, browser):
    page = browser.post("/new-store", GOOD | {"csrf": "0" * 64})
    assert page.status == 403
    assert platform.sql("SELECT * FROM store") == []


@pytest.mark.parametrize("typed", ["", "my-sho", "MY-SHOP", "another"])
def test_delete_must_be_confirmed(platform, browser, typed):
    browser.post("/new-store", GOOD)
    platform.sql("UPDATE store SET status = 'ready', ready_at = created_at")  # a setup is cancelled without it
    before = platform.row("my-shop")
    page = browser.post("/stores/my-shop/delete", {"confirm_id": typed})
    assert page.status == 422
    assert "my-shop" in page.text("confirm_id-error")
    assert page.fields["confirm_id"] == typed
    assert platform.row("my-shop") == before


def test_somebody_elses_store(platform, browser):
    """A member sees and touches only their own; a viewer touches nothing."""
    browser.post("/new-store", GOOD)
    before = platform.row("my-shop")
    for name, role in (("mia", "member"), ("vic", "viewer")):
        platform.add_user(name, role, "a long enough password")
        other = platform.browser(sign_in=False)
        other.sign_in(name, "a long enough password")
        assert other.get("/stores/my-shop").status == 404
        token = {"csrf": other.get("/stores").fields["csrf"]}
        for action in ("delete", "retry", "credentials"):
            page = other.post_only(f"/stores/my-shop/{action}", token | ({"confirm_id": "my-shop"} if action == "delete" else {}))
            assert page.status == (404 if role == "member" else 403), action
    assert platform.row("my-shop") == before


def test_the_post_takes_less_than_the_cluster(platform, shop):
    """It is answered before anything of the cluster is done; how fast, tests/bench tells."""
    browser = platform.browser()
    assert browser.post("/new-store", GOOD | {"id": shop}).status == 303
    assert platform.status(shop) in ("requested", "provisioning")
