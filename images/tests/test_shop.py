"""The medusa image with a database: what visitors and the admin meet, and an order to its end."""

import time
import urllib.request


def test_runs_confined(open_shop):
    assert open_shop.web.execute("id", "-u").stdout.strip() == "1000"
    assert open_shop.web.execute("touch", "/app/x", check=False).returncode != 0
    assert open_shop.web.execute("touch", "/app/static/x").returncode == 0
    assert "CapEff:\t0000000000000000" in open_shop.web.execute("cat", "/proc/1/status").stdout


def test_products_have_prices(open_shop):
    products = open_shop.products(open_shop.region("eur"))
    assert len(products) == 4
    for product in products:
        for variant in product["variants"]:
            assert variant["calculated_price"]["calculated_amount"] > 0
            assert variant["calculated_price"]["currency_code"] == "eur"


def test_needs_the_key(open_shop):
    assert open_shop.status_of("GET", "/store/products", key="") == 400
    assert open_shop.status_of("GET", "/store/products", key="pk_" + "0" * 64) == 400


def test_order_completes_and_the_admin_sees_it(open_shop):
    order = open_shop.order()
    token = open_shop.sign_in()
    seen = open_shop.call("GET", f"/admin/orders/{order['id']}?fields=id,email,total", token=token)["order"]
    assert seen["email"] == "buyer@example.com"
    assert seen["total"] == order["total"] > 0


def test_the_bare_address_leads_to_the_admin(open_shop):
    with urllib.request.urlopen("http://127.0.0.1:9000/") as answer:
        assert answer.status == 200 and answer.url.rstrip("/").endswith("/app")


def test_admin_page_is_served(open_shop):
    page = open_shop.call("GET", "/app/", raw=True)
    assert "<html" in page
    script = page.split('src="')[1].split('"')[0]
    assert len(open_shop.call("GET", script, raw=True)) > 1000


def test_admin_can_sign_in_over_http(open_shop):
    request = urllib.request.Request("http://127.0.0.1:9000/auth/session", method="POST", data=b"{}",
                                     headers={"authorization": f"Bearer {open_shop.sign_in()}",
                                              "content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        cookie = answer.headers["set-cookie"]
    assert "connect.sid" in cookie and "HttpOnly" in cookie and "Secure" not in cookie


def test_store_is_named(open_shop):
    store, = open_shop.call("GET", "/admin/stores", token=open_shop.sign_in())["stores"]
    assert store["name"] == open_shop.settings["STORE_TITLE"]


def test_secrets_are_not_in_sight(open_shop):
    seen = open_shop.web.output() + open_shop.database.output()
    seen += open_shop.web.execute("sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ").stdout
    for name in ("database-password", "jwt-secret", "cookie-secret", "admin-password"):
        assert open_shop.secret(name) not in seen, name


def test_restart_serves_the_same_orders(open_shop):
    order = open_shop.order()
    open_shop.web.stop("KILL")
    open_shop.database.stop("KILL")
    open_shop.start_database()
    assert open_shop.setup()[1].startswith("setup: nothing to do")
    open_shop.serve()
    token = open_shop.sign_in()
    assert open_shop.call("GET", f"/admin/orders/{order['id']}", token=token)["order"]["id"] == order["id"]


def test_sends_no_telemetry(open_shop):
    # Medusa starts the process that sends ten seconds after it has begun, and another when it ends.
    time.sleep(12)
    count = open_shop.web.execute("sh", "-c", "ls -d /proc/[0-9]* | wc -l").stdout
    # The server, this shell, ls and wc.
    assert int(count) <= 4
    assert "usage analytics" not in open_shop.web.output()
