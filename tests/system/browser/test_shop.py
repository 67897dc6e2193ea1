"""What a customer does in a new shop, with JavaScript and without: look, choose, put into the cart, order, find the order
again. The order is in the shop's admin. axe looks at every page on a screen and on a phone, light and dark."""

import re

import pytest
from harness.chromium import photograph
from harness.store import StoreError
from playwright.sync_api import expect

SHOP = "front-shop"
PERSON = {"E-mail": "vera@example.com", "First name": "Vera", "Last name": "Visitor", "Street and number": "Main Street 1",
          "Postal code": "10115", "Town": "Berlin"}


@pytest.fixture(scope="module")
def shop(platform):
    platform.create(SHOP, "--title", "Linden & Co")
    platform.wait_status(SHOP, "ready", 300)
    yield f"http://{SHOP}.localtest.me"
    platform.delete(SHOP, "--wait")


@pytest.fixture
def admin(platform, store_at):
    return store_at(SHOP).admin(*platform.storectl("credentials", SHOP).stdout.split())


@pytest.fixture
def visit(open_page, shop):
    """A visitor's window."""

    def make(javascript):
        page = open_page(javascript, base_url=shop)
        page.set_default_timeout(20000)
        return page

    return make


def look(page, name, javascript):
    if javascript:  # axe is a script
        photograph(page, f"shop-{name}")


@pytest.mark.parametrize("javascript", [True, False])
def test_from_the_bare_address_to_the_order(visit, admin, store_at, javascript):
    page = visit(javascript)
    page.goto("/")
    expect(page.locator(".card")).to_have_count(4)
    # Sample products have pictures, and the pictures are there.
    address = page.locator(".card img").first.get_attribute("src")
    assert address.startswith("/static/") and store_at(SHOP).send("GET", address)[0] == 200
    look(page, "list", javascript)

    page.get_by_role("link", name="T-shirt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("T-shirt")
    page.get_by_label("M", exact=True).check(force=True)
    page.get_by_label("White", exact=True).check(force=True)
    if javascript:
        expect(page.locator("#stock")).to_have_text("In stock")
    look(page, "product", javascript)
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url("**/cart?note=added")
    expect(page.locator(".totals .grand")).to_contain_text("€40.00")
    look(page, "cart", javascript)

    page.get_by_role("link", name="Check out").click()
    page.get_by_role("button", name="Go on to delivery").click()
    expect(page.get_by_role("alert")).to_contain_text("Please give your e-mail address")
    look(page, "address-refused", javascript)
    for label, text in PERSON.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("Country").select_option(label="Germany")
    page.get_by_role("button", name="Go on to delivery").click()
    page.get_by_label("Express").check()
    look(page, "delivery", javascript)
    page.get_by_role("button", name="Go on to check and order").click()
    expect(page.locator(".totals .grand")).to_contain_text("€52.00")
    look(page, "review", javascript)
    page.get_by_role("button", name=re.compile("^Order now for €52.00")).click()
    page.wait_for_url("**/order")
    number = page.locator("#order-number").inner_text()
    look(page, "order", javascript)
    assert page.context.cookies() and all(c["httpOnly"] and c["sameSite"] == "Lax" for c in page.context.cookies())

    (order,) = [o for o in admin("GET", "/admin/orders?fields=id,display_id,email,total")["orders"] if str(o["display_id"]) == number]
    assert (order["email"], order["total"]) == ("vera@example.com", 52)
    again(visit(javascript), number, javascript)


def again(page, number, javascript):
    """Somebody with nothing but the number and the e-mail address."""
    page.goto("/order/find")
    page.get_by_label("Order number").fill(number)
    page.get_by_label("E-mail").fill("somebody@example.com")
    page.get_by_role("button", name="Show the order").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no order of that number")
    look(page, "order-not-found", javascript)
    page.get_by_label("E-mail").fill("VERA@example.com")
    page.get_by_role("button", name="Show the order").click()
    page.wait_for_url("**/order")
    expect(page.locator("#order-number")).to_have_text(number)


def test_another_region_has_other_prices(visit):
    page = visit(True)
    page.goto("/region")
    look(page, "region", True)
    page.get_by_label("United States").check()
    page.get_by_role("button", name="Shop from here").click()
    expect(page.locator(".card-price").first).to_contain_text("$")
    page.goto("/?q=mug")
    expect(page.locator(".card")).to_have_count(1)
    assert page.goto("/products/no-such-thing").status == 404
    look(page, "not-found", True)
    page.goto("/cart")
    look(page, "cart-empty", True)


def test_medusa_stays_where_it_was(store_at):
    store = store_at(SHOP)
    assert store.send("GET", "/health")[1] == "OK"
    assert "<html" in store.send("GET", "/app")[1].lower()
    assert store.send("GET", "/store/products")[0] == 400, "without the publishable key"
    with pytest.raises(StoreError):
        store.call("POST", "/auth/user/emailpass", {}, {"email": "x@example.com", "password": "x"})
