"""An admin invites a member; the member signs in on a phone, creates a store, meets their limit and understands it; the
admin finds it all in the audit log."""

import os

import pytest
from harness.chromium import PHONE, photograph
from harness.platform import Platform
from playwright.sync_api import expect

WORDS = "seven quiet green boats"


@pytest.fixture(scope="module")
def platform(kube, ingress):
    platform = Platform(kube, ingress=ingress, helm_values=os.environ["STOREWRIGHT_IMAGES"], limit_stores=1)
    platform.serve()
    yield platform
    platform.stop()


def ask_for_store(page, store):
    page.get_by_role("link", name="New store", exact=True).click()
    page.get_by_label("Store ID").fill(store)
    page.get_by_label("Admin e-mail").fill("maria@example.com")
    page.get_by_role("button", name="Create store").click()


def invite(admin, name):
    admin.get_by_role("link", name="People").first.click()
    admin.get_by_role("link", name="Invite somebody").click()
    photograph(admin, "invite")
    admin.get_by_label("Name", exact=True).fill(name)
    admin.get_by_role("button", name="Make the invitation").click()
    photograph(admin, "invited")
    return admin.locator("#link-url").inner_text()


def accept(phone, link):
    assert phone.goto(link).ok
    expect(phone.get_by_role("heading", name="Welcome, maria")).to_be_visible()
    for first, again in (("passwordpassword", "passwordpassword"), (WORDS, WORDS)):
        phone.get_by_label("Password", exact=True).fill(first)
        phone.get_by_label("The same again").fill(again)
        phone.get_by_role("button", name="Save the password").click()
        if first != WORDS:
            expect(phone.locator("#password-error")).to_contain_text("among the first that is guessed")
            photograph(phone, "link-refused")
    phone.wait_for_url("**/sign-in?done=chosen")
    assert phone.goto(link).status == 404, "it works once"


def sign_in(phone):
    phone.goto("/sign-in")
    phone.get_by_label("Name").fill("maria")
    phone.get_by_label("Password").fill(WORDS)
    phone.get_by_role("button", name="Sign in").click()
    phone.wait_for_url("**/stores")


def test_the_walk(signed_in, open_page, platform):
    admin, phone = signed_in(), open_page()
    phone.set_viewport_size(PHONE)
    accept(phone, invite(admin, "maria"))
    sign_in(phone)
    expect(phone.get_by_role("link", name="People")).to_have_count(0)

    ask_for_store(phone, "marias-shop")
    phone.wait_for_url("**/stores/marias-shop")
    phone.locator("#reader").fill("nobody")
    phone.get_by_role("button", name="Share", exact=True).click()
    expect(phone.locator("#reader-error")).to_contain_text("Nobody who could read it")

    ask_for_store(phone, "one-more")
    limit = phone.locator("#limit")
    expect(limit).to_contain_text("You have 1 store, and 1 is the most your account may have.")
    expect(limit).to_contain_text("Delete one that you no longer need, or ask an administrator to raise the limit.")
    expect(phone.get_by_label("Store ID")).to_have_value("one-more")
    photograph(phone, "limit")
    limit.get_by_role("link", name="See what you may have").click()
    expect(phone.get_by_text("1 of 1", exact=True)).to_be_visible()
    photograph(phone, "account")

    admin.get_by_role("link", name="People").first.click()
    photograph(admin, "people")
    admin.get_by_role("link", name="maria").click()
    admin.get_by_label("Stores", exact=True).fill("2")
    admin.get_by_role("button", name="Save the limits").click()
    expect(admin.get_by_text("The limits were saved.")).to_be_visible()
    ask_for_store(phone, "one-more")
    phone.wait_for_url("**/stores/one-more")

    admin.get_by_role("link", name="What they did").click()
    rows = [" ".join(text.split()) for text in admin.locator(".audit .what-done").all_inner_texts()]
    assert [r.split(" You ")[0].split(" maria ")[0] for r in rows] == [
        "Asked for a store", "Asked for a store", "Asked for a store", "Signed in", "Accepted an invitation"]
    refused = admin.get_by_role("row").filter(has_text="one-more").filter(has_text="Refused")
    expect(refused).to_contain_text("1 is the most your account may have")
    admin.get_by_label("Who").fill("")
    admin.get_by_label("On what").fill("maria")
    admin.get_by_role("button", name="Filter").click()
    for words in ("Invited", "Accepted an invitation", "Changed limits", "Signed in"):
        expect(admin.get_by_role("row").filter(has_text=words)).to_have_count(1)
    photograph(admin, "audit")
    assert "is whole" in platform.storectl("audit", "verify").stdout


def test_the_menu_and_without_javascript(signed_in):
    page = signed_in()
    page.locator(".menu summary").click()
    expect(page.get_by_role("link", name="Your account")).to_be_visible()
    photograph(page, "menu")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Your account")).to_be_hidden()
    plain = signed_in(javascript=False)
    plain.locator(".menu summary").click()
    plain.get_by_role("link", name="Your account").click()
    plain.get_by_role("button", name="Sign out everywhere").click()
    expect(plain.get_by_role("status")).to_contain_text("signed out everywhere")
    page = page.context.new_page()  # the old one may be on its way to the same by itself
    page.goto("/stores")
    page.wait_for_url("**/sign-in**")
