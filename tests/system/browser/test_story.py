"""The story: a person signs in, makes a store, watches it become READY, visits it, signs in to its admin, deletes it."""

import pytest
from harness.chromium import photograph
from harness.platform import keep_figures, times
from playwright.sync_api import expect

LONG = 240_000  # ms; for what the cluster does


def make_store(page, store):
    page.get_by_role("link", name="Create New Store").first.click()
    page.get_by_label("Store ID").fill(store)
    page.get_by_label("Title").fill("My Shop")
    page.get_by_label("Admin e-mail").fill("me@example.com")
    page.get_by_role("radio", name="Medusa").check()
    page.get_by_role("button", name="Create store").click()
    page.wait_for_url(f"**/stores/{store}")


def delete_store(page, store):
    page.get_by_role("link", name="Delete this store").click()
    page.get_by_label("To confirm").fill(store)
    page.get_by_role("button", name="Delete for good").click()
    page.wait_for_url(f"**/stores/{store}")


def status(page):
    return page.locator("#part-status [data-status]")


def test_with_javascript(signed_in, platform, kube, store_at):
    page = signed_in()
    photograph(page, "list-empty")
    make_store(page, "my-shop")
    # A mark that a reload would wipe away.
    page.evaluate("window.mark = 'not reloaded'")
    expect(status(page)).to_have_attribute("data-status", "provisioning")
    photograph(page, "store-provisioning")
    expect(status(page)).to_have_attribute("data-status", "ready", timeout=LONG)
    assert page.evaluate("window.mark") == "not reloaded"
    keep_figures("medusa store in Chromium", {"ready_seconds": times(platform, "my-shop")["ready_at"]})
    photograph(page, "store-ready")

    page.get_by_role("button", name="Show admin credentials").click()
    email = page.locator("#credentials-email").inner_text()
    password = page.locator("#credentials-password").inner_text()
    photograph(page, "store-credentials")
    page.get_by_role("link", name="Hide").click()
    expect(page.locator("#credentials-password")).to_have_count(0)

    visit_admin(page, email, password)

    page.goto("/stores")
    expect(page.get_by_role("link", name="My Shop", exact=True)).to_be_visible()
    photograph(page, "list")
    page.get_by_role("link", name="My Shop", exact=True).click()
    delete_store(page, "my-shop")
    page.evaluate("window.mark = 'not reloaded'")
    expect(status(page)).to_have_attribute("data-status", "deleted", timeout=LONG)
    assert page.evaluate("window.mark") == "not reloaded"
    photograph(page, "store-deleted")
    page.goto("/stores")
    expect(page.get_by_role("link", name="My Shop", exact=True)).to_have_count(0)
    assert kube.namespace("my-shop") is None
    assert store_at("my-shop").send("GET", "/app")[0] == 404


def visit_admin(page, email, password):
    """In a window of its own, at its own address, as the link leads there."""
    address = page.locator("#admin-link").get_attribute("href")
    assert address == "http://my-shop.localtest.me/app"
    admin = page.context.new_page()
    assert admin.goto("http://my-shop.localtest.me").ok
    admin.goto(address)
    admin.get_by_placeholder("Email").fill(email)
    admin.get_by_placeholder("Password").fill(password)
    admin.get_by_role("button", name="Continue with Email").click()
    admin.wait_for_url("**/app/orders", timeout=60_000)
    admin.goto("http://my-shop.localtest.me/app/products")
    expect(admin.get_by_role("table")).to_be_visible(timeout=60_000)
    admin.close()


def test_without_javascript(signed_in, kube):
    page = signed_in(javascript=False)
    make_store(page, "plain-shop")
    # The page reloads itself (meta refresh).
    expect(status(page)).to_have_attribute("data-status", "ready", timeout=LONG)
    page.get_by_role("button", name="Show admin credentials").click()
    assert len(page.locator("#credentials-password").inner_text()) >= 16
    page.get_by_role("link", name="Hide").click()
    delete_store(page, "plain-shop")
    expect(status(page)).to_have_attribute("data-status", "deleted", timeout=LONG)
    assert kube.namespace("plain-shop") is None


@pytest.mark.parametrize("javascript", [True, False])
def test_wrong_input_is_told_beside_its_field(signed_in, platform, javascript):
    page = signed_in(javascript)
    page.goto("/new-store")
    photograph(page, "new-store") if javascript else None
    page.get_by_label("Store ID").fill("My Shop!")
    page.get_by_label("Title").fill("Ma & Pa's <b>Shop</b>")
    page.get_by_label("Admin e-mail").fill("nobody")
    page.get_by_role("button", name="Create store").click()
    expect(page.locator("#id-error")).to_contain_text('"M" is not allowed')
    expect(page.locator("#admin_email-error")).to_contain_text("not an e-mail address")
    expect(page.locator("#title-error")).to_be_empty()
    expect(page.get_by_label("Store ID")).to_have_value("My Shop!")
    expect(page.get_by_label("Title")).to_have_value("Ma & Pa's <b>Shop</b>")
    expect(page.get_by_label("Admin e-mail")).to_have_value("nobody")
    expect(page.get_by_label("Store ID")).to_have_attribute("aria-invalid", "true")
    if javascript:
        photograph(page, "new-store-refused")
    for reserved in ("kube-system", "default", "www"):
        page.get_by_label("Store ID").fill(reserved)
        page.get_by_label("Admin e-mail").fill("me@example.com")
        page.get_by_role("button", name="Create store").click()
        expect(page.locator("#id-error")).to_contain_text("is reserved")
    assert platform.sql("SELECT * FROM store WHERE id IN ('kube-system', 'default', 'www')") == []


def test_sign_in_is_refused_in_words(open_page):
    page = open_page()
    page.goto("/stores")
    photograph(page, "sign-in")
    page.get_by_label("Name").fill("tester")
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("tester")
    expect(page.get_by_label("Password")).to_have_value("")
    photograph(page, "sign-in-refused")


def test_by_keyboard_alone(open_page, platform):
    """Tab, type, Enter: to the form and to its first error."""
    page = open_page()
    page.goto("/sign-in")
    page.get_by_label("Name").focus()
    page.keyboard.type("tester")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stores")
    page.goto("/new-store")
    page.get_by_label("Store ID").focus()
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()


def test_pages_that_are_not_there(signed_in):
    page = signed_in()
    assert page.goto("/stores/no-such-shop").status == 404
    photograph(page, "not-found")
    assert page.goto("/nowhere").status == 404
