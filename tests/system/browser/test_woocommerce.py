"""The story of the engine most people come for: make a WooCommerce store, buy from it with cash on delivery, see the
order in wp-admin with the credentials from the dashboard, delete the store."""

import json
import os
import re

import pytest
from harness.chromium import photograph, photograph_only
from harness.platform import keep_figures, times
from playwright.sync_api import expect

LONG = 240_000  # ms; for what the cluster does
SHOP = "http://my-woo.localtest.me"
ADDRESS = {
    "Email address": "vera@example.com",
    "First name": "Vera",
    "Last name": "Visitor",
    "Address": "1 Main Street",
    "City": "Berlin",
    "Postal code": "10115",
}


@pytest.fixture(autouse=True)
def images_are_there():
    with open(os.environ["STOREWRIGHT_IMAGES"], encoding="utf-8") as f:
        if "woocommerce" not in json.load(f)["images"]:
            pytest.skip("there is no WooCommerce here: give its release zip (images/README.md)")


def status(page):
    return page.locator("#part-status [data-status]")


def make_store(page, platform):
    page.get_by_role("link", name="Create New Store").first.click()
    page.get_by_label("Store ID").fill("my-woo")
    page.get_by_label("Title").fill("Vera's Corner")
    page.get_by_label("Admin e-mail").fill("me@example.com")
    page.get_by_role("radio", name="WooCommerce").check()
    photograph(page, "woocommerce-form")
    page.get_by_role("button", name="Create store").click()
    page.wait_for_url("**/stores/my-woo")
    expect(status(page)).to_have_attribute("data-status", "ready", timeout=LONG)
    keep_figures("woocommerce store in Chromium", {"ready_seconds": times(platform, "my-woo")["ready_at"]})
    photograph(page, "woocommerce-ready")


def buy(page):
    """As a visitor who has never been here. Returns the order's number."""
    page.goto(SHOP)
    expect(page.get_by_role("link", name="T-shirt").first).to_be_visible()
    photograph_only(page, "woocommerce-shop")
    page.goto(f"{SHOP}/product/mug/")
    photograph_only(page, "woocommerce-product")
    page.get_by_role("button", name="Add to cart").first.click()
    page.wait_for_load_state()
    page.goto(f"{SHOP}/cart/")
    expect(page.get_by_role("link", name="Mug").first).to_be_visible(timeout=30_000)
    photograph_only(page, "woocommerce-cart")
    page.goto(f"{SHOP}/checkout/")
    expect(page.get_by_role("button", name="Place Order")).to_be_visible(timeout=30_000)
    for label, text in ADDRESS.items():
        page.get_by_label(label, exact=True).first.fill(text)
    expect(page.get_by_text("Cash on delivery").first).to_be_visible()
    photograph_only(page, "woocommerce-checkout")
    page.get_by_role("button", name="Place Order").click()
    page.wait_for_url(re.compile(r"/order-received/"), timeout=60_000)
    expect(page.get_by_text("Thank you").first).to_be_visible()
    photograph_only(page, "woocommerce-order-received")
    return re.search(r"/order-received/(\d+)", page.url)[1]


def see_order(page, address, email, password, order):
    """In wp-admin, by the link and the credentials of the dashboard."""
    page.goto(address)
    page.get_by_label("Username or Email Address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log In").click()
    page.wait_for_url("**/wp-admin/**", timeout=60_000)
    page.goto(f"{SHOP}/wp-admin/admin.php?page=wc-orders")
    row = page.get_by_role("row").filter(has_text=f"#{order}")
    expect(row).to_contain_text("Vera Visitor")
    expect(row).to_contain_text("Processing")
    photograph_only(page, "woocommerce-admin-orders")
    page.goto(f"{SHOP}/wp-admin/admin.php?page=wc-orders&action=edit&id={order}")
    expect(page.get_by_text("Payment via Cash on delivery").first).to_be_visible()
    photograph_only(page, "woocommerce-admin-order")


def test_buy_and_see_it_in_the_admin(signed_in, open_page, platform, kube):
    page = signed_in()
    make_store(page, platform)
    page.get_by_role("button", name="Show admin credentials").click()
    email, password = (page.locator(f"#credentials-{what}").inner_text() for what in ("email", "password"))
    address = page.locator("#admin-link").get_attribute("href")
    assert address == f"{SHOP}/wp-admin/"
    visitor, owner = open_page(foreign=True), open_page(foreign=True)
    order = buy(visitor)
    see_order(owner, address, email, password, order)
    page.goto("/stores/my-woo")
    page.get_by_role("link", name="Delete this store").click()
    page.get_by_label("To confirm").fill("my-woo")
    page.get_by_role("button", name="Delete for good").click()
    expect(status(page)).to_have_attribute("data-status", "deleted", timeout=LONG)
    assert kube.namespace("my-woo") is None
