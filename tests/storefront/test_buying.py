"""The cart and the checkout, with what people and programs get wrong."""

import concurrent.futures
import re
import urllib.parse

import pytest
from conftest import ADDRESS, SHIRT


def test_purchase(visitor, medusa):
    visitor.fill_cart().to_review()
    assert "€45.00" in visitor.page.text and "Main Street 1" in visitor.page.text and "Germany" in visitor.page.text
    answer = visitor.send_fields("/checkout/review", visitor.order_fields())
    assert (answer.status, answer.header("Location")) == (303, "/order")
    assert "sw_cart" not in visitor.cookies
    visitor.get("/order")
    assert "number 1" in visitor.page.text and "vera@example.com" in visitor.page.text
    (order,) = medusa.orders.values()
    assert order["total"] == 45 and order["email"] == "vera@example.com"
    visitor.get("/cart")
    assert "nothing in your cart" in visitor.page.text


def test_one_order_however_often_it_is_sent(visitor, medusa):
    """Twice at once, once more with the old cookies, and once more with the new ones."""
    medusa.complete_seconds = 0.3
    visitor.fill_cart().to_review()
    fields, cookies = visitor.order_fields(), dict(visitor.cookies)

    def press(_):
        one = visitor.shop.visitor()
        one.cookies = dict(cookies)
        answer = one.send_fields("/checkout/review", fields)
        return answer.status, answer.header("Location"), one.cookies.get("sw_order")

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = set(pool.map(press, range(4)))
    assert len(results) == 1 and list(results)[0][:2] == (303, "/order")
    assert press(0) in results
    visitor.cookies = {"sw_visit": cookies["sw_visit"], "sw_order": list(results)[0][2]}
    answer = visitor.send_fields("/checkout/review", fields)
    assert (answer.status, answer.header("Location")) == (303, "/order")
    assert len(medusa.orders) == 1


def test_an_answer_that_was_lost(visitor, medusa):
    visitor.fill_cart().to_review()
    fields = visitor.order_fields()
    medusa.complete_seconds = 6  # longer than the storefront waits
    answer = visitor.send_fields("/checkout/review", fields)
    assert answer.status == 503 and "press the button again" in visitor.page.text and answer.header("Retry-After")
    medusa.complete_seconds = 0
    assert visitor.send_fields("/checkout/review", visitor.order_fields()).header("Location") == "/order"
    assert len(medusa.orders) == 1


def test_another_total_is_not_ordered(visitor, medusa):
    visitor.fill_cart().to_review()
    fields = visitor.order_fields()
    for v in medusa.products[0]["variants"]:
        v["price"] += 1
    answer = visitor.send_fields("/checkout/review", fields)
    assert answer.status == 409 and "total has changed" in visitor.page.text and "€47.00" in visitor.page.text
    assert not medusa.orders
    assert visitor.send_fields("/checkout/review", visitor.order_fields()).status == 303


def test_refused_order(visitor, medusa):
    visitor.fill_cart().to_review()
    fields = visitor.order_fields()
    for cart in medusa.carts.values():
        cart["paid"] = False
    answer = visitor.send_fields("/checkout/review", fields)
    assert answer.status == 409 and "could not take the order" in visitor.page.text
    assert "Payment sessions are required" in visitor.shop.log_text()


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000", "1.5", "x", "", "١"])
def test_quantities_that_are_none(visitor, medusa, quantity):
    answer = visitor.post("/cart/add", SHIRT | {"quantity": quantity})
    assert answer.status == 422 and "quantity from 1 to 1000" in visitor.page.text
    assert visitor.page.value("option-1") == "S", "what was chosen is still chosen"
    assert not medusa.carts


def test_more_than_there_are(visitor, medusa):
    answer = visitor.post("/cart/add", SHIRT | {"quantity": "11"})
    assert answer.status == 409 and "not that many left" in visitor.page.text


@pytest.mark.parametrize(("fields", "status", "words"), [
    (SHIRT | {"option-2": "White"}, 422, "sold out"),
    (SHIRT | {"option-1": "XXL"}, 422, "not made"),
    ({"product": "shirt", "quantity": "1"}, 422, "choose what you would like"),
    (SHIRT | {"product": "nothing"}, 404, "no such page"),
    ({"quantity": "1"}, 400, "could not be read"),
])
def test_what_cannot_be_bought(visitor, medusa, fields, status, words):
    assert visitor.post("/cart/add", fields).status == status
    assert words in visitor.page.text and not medusa.carts


def test_change_and_remove(visitor, medusa):
    visitor.fill_cart()
    visitor.get("/cart")
    line = visitor.page.value("line")
    assert visitor.post("/cart/change", {"line": line, "quantity": "3"}).header("Location") == "/cart?note=changed"
    visitor.get("/cart?note=changed")
    assert "€60.00" in visitor.page.text and "up to date" in visitor.page.text
    for wrong in ("-1", "1000000000", "x"):
        assert visitor.post("/cart/change", {"line": line, "quantity": wrong}).status == 422
    assert visitor.post("/cart/change", {"line": line, "quantity": "11"}).status == 409
    assert visitor.post("/cart/change", {"line": "cali_x/../../carts", "quantity": "1"}).status == 400
    assert visitor.post("/cart/remove", {"line": line}).header("Location") == "/cart?note=removed"
    assert visitor.post("/cart/remove", {"line": line}).status == 303, "once more does no harm"
    visitor.get("/cart")
    assert "nothing in your cart" in visitor.page.text
    assert ".0." in visitor.cookies["sw_cart"], "the page has counted anew"


@pytest.mark.parametrize("cookie", ["cart_0", "cart_" + "0" * 26, "cart_" + "0" * 26 + ".2." + "0" * 32, "x", "../../admin", "cart_A.1.B.C"])
def test_only_carts_of_its_own_cookie(visitor, medusa, cookie):
    """Somebody else's cart ID, known from wherever, opens nothing."""
    other = visitor.shop.visitor().fill_cart()
    assert list(medusa.carts) == ["cart_" + "0" * 26]
    visitor.cookies["sw_cart"] = cookie
    visitor.get("/cart")
    assert "nothing in your cart" in visitor.page.text
    visitor.cookies["sw_order"] = cookie.replace("cart", "order")
    assert visitor.get("/order").header("Location") == "/order/find"
    assert medusa.count("GET", "/store/carts/") == 0
    token = other.cookies["sw_cart"]
    visitor.cookies["sw_cart"] = re.sub(r"\.2\.", ".3.", token)
    visitor.get("/cart")
    assert "nothing in your cart" in visitor.page.text, "the count cannot be changed either"


def test_expired_and_completed_carts(visitor, medusa):
    visitor.fill_cart()
    kept = dict(visitor.cookies)
    medusa.carts.clear()
    visitor.get("/cart")
    assert "too old" in visitor.page.text and "sw_cart" not in visitor.cookies
    visitor.cookies = dict(kept)
    visitor.fill_cart()
    assert len(medusa.carts) == 1, "a new one is begun"
    next(iter(medusa.carts.values()))["completed_at"] = "2026-01-01T00:00:00Z"
    visitor.fill_cart()
    assert len(medusa.carts) == 2


def test_empty_checkout_leads_to_the_cart(visitor):
    for path in ("/checkout", "/checkout/delivery", "/checkout/review"):
        answer = visitor.get(path)
        assert (answer.status, answer.header("Location")) == (303, "/cart")
    assert visitor.post("/checkout/review", {"total": "1.00"}).header("Location") == "/cart"


def test_steps_come_in_order(visitor):
    visitor.fill_cart()
    assert visitor.get("/checkout/delivery").header("Location") == "/checkout"
    assert visitor.get("/checkout/review").header("Location") == "/checkout"
    visitor.post("/checkout", ADDRESS)
    assert visitor.get("/checkout/review").header("Location") == "/checkout/delivery"
    visitor.get("/checkout")
    assert visitor.page.value("email") == ADDRESS["email"], "what was typed is still there"


@pytest.mark.parametrize(("change", "words"), [
    ({"email": ""}, "Please give your e-mail"), ({"email": "vera"}, "not an e-mail address"), ({"email": "a@b@c.de"}, "not an e-mail"),
    ({"email": "a@b"}, "not an e-mail"), ({"email": "a b@example.com"}, "not an e-mail"), ({"first_name": " "}, "first name"),
    ({"country": "us"}, "country that the shop sends to"), ({"country": ""}, "country"), ({"postal_code": ""}, "postal code"),
    ({"city": "x" * 101}, "At most 100 characters"), ({"address_1": "a\nb"}, "one line"),
])
def test_addresses_that_are_refused(visitor, medusa, change, words):
    visitor.fill_cart()
    answer = visitor.post("/checkout", ADDRESS | change)
    assert answer.status == 422 and words in visitor.page.text
    (field,) = change
    assert any(e.get("aria-invalid") == "true" and e["name"] == field for t, e in visitor.page.elements if "name" in e)
    assert visitor.page.value("last_name") == "Visitor", "the rest is kept"
    assert next(iter(medusa.carts.values()))["email"] is None


def test_fields_that_are_not_of_the_form(visitor):
    visitor.fill_cart()
    assert visitor.post("/checkout", ADDRESS | {"admin": "yes"}).status == 400


@pytest.mark.parametrize("fields", [{}, {"delivery": "so_other", "payment": "pp_system_default"}, {"delivery": "so_sold_out", "payment": "pp_system_default"},
                                    {"delivery": "so_standard", "payment": "pp_stripe_stripe"}, {"delivery": "so_standard"}])
def test_choices_that_are_none(visitor, medusa, fields):
    medusa.providers.append("pp_stripe_stripe")
    visitor.fill_cart()
    visitor.post("/checkout", ADDRESS)
    assert visitor.post("/checkout/delivery", fields).status == 422
    assert "Stripe" in visitor.page.text and "Needs a payment page of its own" in visitor.page.text


def test_no_way_to_pay_here(visitor, medusa):
    medusa.providers = ["pp_stripe_stripe"]
    visitor.fill_cart()
    visitor.post("/checkout", ADDRESS)
    visitor.get("/checkout/delivery")
    assert "its way to pay needs a page of its own" in visitor.page.text
    assert not [e for e in visitor.page.all("button") if "primary" in e.get("class", "")]


def test_forms_of_other_sites_are_refused(visitor, medusa):
    visitor.csrf()
    assert visitor.post("/cart/add", SHIRT, csrf="").status == 403
    assert visitor.post("/cart/add", SHIRT, csrf="0" * 64).status == 403
    assert visitor.post("/cart/add", SHIRT, headers={"Origin": "http://evil.example"}).status == 403
    assert visitor.post("/cart/add", SHIRT, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    stranger = visitor.shop.visitor()
    assert stranger.post("/cart/add", SHIRT, csrf=visitor.csrf()).status == 403, "the token is of another visit"
    assert not medusa.carts
    assert visitor.post("/cart/add", SHIRT, headers={"Origin": "http://shop.example"}).status == 303


def test_posts_that_are_no_forms(visitor):
    csrf = visitor.csrf()
    big = urllib.parse.urlencode({"csrf": csrf, "product": "x" * 70000}).encode()
    assert visitor.send("POST", "/cart/add", big).status == 413
    assert visitor.send("POST", "/cart/add", b"{}", CONTENT_TYPE="application/json").status == 415
    assert visitor.send("POST", "/cart/add", f"csrf={csrf}&product=a&product=b".encode()).status == 400
    assert visitor.send("POST", "/cart/add", b"csrf=%zz").status == 400


def test_finding_an_order(visitor, medusa):
    visitor.fill_cart().to_review()
    visitor.send_fields("/checkout/review", visitor.order_fields())
    other = visitor.shop.visitor()
    assert other.get("/order").header("Location") == "/order/find"
    for number, email, words in [("2", "vera@example.com", "no order of that number"), ("1", "other@example.com", "no order of that"),
                                 ("x", "vera@example.com", "Please give the order"), ("0", "vera@example.com", "Please give the order"),
                                 ("1", "", "e-mail address of the order"), ("9" * 19, "vera@example.com", "Please give")]:
        assert other.post("/order/find", {"number": number, "email": email}).status == 422
        assert words in other.page.text and "sw_order" not in other.cookies
    assert other.post("/order/find", {"number": "#1", "email": "VERA@example.com"}).header("Location") == "/order"
    other.get("/order")
    assert "Main Street 1" in other.page.text
    medusa.fault, medusa.fault_path = "429", "/store/order-lookup"
    assert other.post("/order/find", {"number": "1", "email": "vera@example.com"}).status == 429
