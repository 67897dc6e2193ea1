"""Medusa down, slow or answering rubbish: a page, a status and a line in the log; never a blank page, never a hang."""

import concurrent.futures
import os
import subprocess
import time

import pytest
from conftest import PROGRAM, SHIRT

def wait_for(visitor, path="/"):
    """The shop is back: nobody is asked for a moment after failures, so not at once."""
    end = time.monotonic() + 10
    while visitor.get(path).status != 200:
        assert time.monotonic() < end
        time.sleep(0.1)


FAULTS = ["rubbish", "html", "cut", "500", "huge", "deep", "list", "empty", "types"]


@pytest.mark.parametrize("fault", FAULTS)
def test_rubbish(visitor, medusa, fault):
    medusa.fault = fault
    for path in ("/", "/products/shirt", "/cart", "/region", "/order/find"):
        answer = visitor.get(path)
        assert answer.status == 503 and answer.header("Retry-After"), path
        assert "The shop is being restarted" in visitor.page.text
        assert f"request={answer.header('X-Request-Id')}" in visitor.shop.log_text()
    medusa.fault = None
    wait_for(visitor)


@pytest.mark.parametrize("fault", ["rubbish", "500", "cut", "types"])
def test_rubbish_in_the_middle(visitor, medusa, fault):
    visitor.fill_cart()
    csrf = visitor.csrf()
    medusa.fault, medusa.fault_path = fault, "/store/carts"
    assert visitor.get("/cart").status == 503
    assert visitor.post("/cart/add", SHIRT, csrf=csrf).status == 503
    assert visitor.get("/checkout").status == 503
    assert "sw_cart" in visitor.cookies, "the cart is not forgotten"
    medusa.fault = None
    wait_for(visitor, "/cart")
    visitor.get("/cart")
    assert "€40.00" in visitor.page.text


def test_kept_answers_bridge_a_restart(visitor, medusa):
    assert 'data-catalogue="fresh"' in visitor.get("/").text
    medusa.fault = "500"
    time.sleep(5.2)
    answer = visitor.get("/")
    assert answer.status == 200 and 'data-catalogue="kept"' in answer.text and "€20.00" in visitor.page.text
    medusa.fault = None
    time.sleep(1.2)  # nobody is asked for a moment
    assert 'data-catalogue="fresh"' in visitor.get("/").text


def test_slow_api_holds_up_nobody_else(visitor, medusa):
    """It hangs; each page is answered within ten seconds, what is kept at once, and soon nobody waits any more."""
    visitor.get("/")
    medusa.fault, medusa.fault_path = "slow", "/store/carts"
    csrf = visitor.csrf()

    def add(_):
        one = visitor.shop.visitor()
        one.cookies = dict(visitor.cookies)
        began = time.monotonic()
        status = one.post("/cart/add", SHIRT, csrf=csrf).status
        return status, time.monotonic() - began

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(add, i) for i in range(6)]
        time.sleep(1)
        began = time.monotonic()
        assert visitor.get("/").status == 200
        assert time.monotonic() - began < 2, "a kept page waits for nobody"
        results = [w.result() for w in waiting]
    assert {s for s, _ in results} == {503} and max(t for _, t in results) < 10
    began = time.monotonic()
    assert visitor.get("/products/mug").status in (200, 503)
    assert time.monotonic() - began < 6


def test_api_that_is_not_there(new_shop):
    visitor = new_shop(MEDUSA_URL="http://127.0.0.1:1").visitor()
    for _ in range(5):
        began = time.monotonic()
        answer = visitor.get("/")
        assert answer.status == 503 and time.monotonic() - began < 4
    assert visitor.get("/healthz").status == 200, "the program itself is well"


def test_wrong_key(new_shop, medusa, tmp_path):
    shop = new_shop()
    shop.visitor().get("/healthz")
    assert shop.stop() == 0
    (shop.folder / "secrets" / "publishable-key").write_text("pk_" + "f" * 64)
    visitor = shop.start().visitor()
    assert visitor.get("/").status in (409, 503)
    assert "pk_ffff" not in shop.log_text()


def test_many_at_once(visitor, medusa):
    """One question to the API for all who ask the same at the same time."""
    def ask(_):
        return visitor.shop.visitor().get("/").status

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert set(pool.map(ask, range(64))) == {200}
    assert medusa.count("GET", "/store/products?limit=12") == 1


@pytest.mark.parametrize(("name", "value", "words"), [
    ("MEDUSA_URL", None, "MEDUSA_URL is missing"), ("MEDUSA_URL", "ftp://x", "MEDUSA_URL is \"ftp://x\""),
    ("STORE_URL", "http://shop.example/path", "without a path"), ("STORE_URL", "http://", "must begin with http"),
    ("STORE_ACCENT", "red", "STORE_ACCENT is \"red\""), ("STORE_ACCENT", "#12345g", "six hexadecimal digits"),
    ("STORE_COUNTRY", "Germany", "two letters"), ("STORE_TITLE", "a\nb", "one line"), ("STOREFRONT_THREADS", "0", "from 1 to"),
    ("STOREFRONT_FRESH_MS", "-1", "from 0 to"), ("SECRETS_DIR", "/nonexistent", "cannot read the publishable key"), ("STOREFRONT_SHARE", "/nonexistent", "/nonexistent"),
])
def test_settings_that_are_wrong(new_shop, name, value, words):
    shop = new_shop(**{name: value})
    assert shop.process.wait(timeout=10) == 1
    assert words in shop.log_text().replace('\\"', '"')


def test_without_a_socket():
    done = subprocess.run([PROGRAM], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 1
    routes = subprocess.run([PROGRAM, "--routes"], capture_output=True, text=True, timeout=10, check=True).stdout.splitlines()
    assert [r.split("\t")[4] for r in routes[1:]] == ["yes" if r.startswith("POST") else "no" for r in routes[1:]]


def test_ends_after_what_it_is_answering(shop, medusa):
    visitor = shop.visitor()
    visitor.fill_cart().to_review()
    medusa.complete_seconds = 1
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(visitor.send_fields, "/checkout/review", visitor.order_fields())
        time.sleep(0.5)
        assert shop.stop() == 0
        assert answer.result().header("Location") == "/order"
    assert len(medusa.orders) == 1


def test_nothing_is_kept_where_it_is_told_so(new_shop, medusa):
    visitor = new_shop(STOREFRONT_FRESH_MS="0").visitor()
    for _ in range(3):
        assert 'data-catalogue="fresh"' in visitor.get("/").text
    assert medusa.count("GET", "/store/products?limit=12") == 3
