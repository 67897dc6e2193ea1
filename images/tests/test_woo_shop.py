"""The woocommerce image with a database: what visitors and the owner meet, and an order to its end."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("woocommerce_image")


def test_runs_confined(open_woo):
    for container in (open_woo.php, open_woo.nginx):
        assert container.execute("id", "-u").stdout.strip() == "1000"
        assert container.execute("touch", "/usr/share/wordpress/x", check=False).returncode != 0
        assert "CapEff:\t0000000000000000" in container.execute("cat", "/proc/1/status").stdout


def test_order_completes_in_its_own_table(open_woo):
    order = open_woo.order()
    assert order["status"] == "processing"
    assert open_woo.query(f"SELECT status FROM wp_wc_orders WHERE id = {order['order_id']}") == ["wc-processing"]
    assert open_woo.query(f"SELECT post_type FROM wp_posts WHERE ID = {order['order_id']}") == ["shop_order_placehold"]


def test_pages(open_woo):
    for path, text in (("/", "T-shirt"), ("/product/mug/", "Add to cart"), ("/cart/", "wp-block-woocommerce-cart"), ("/wp-login.php", "user_login")):
        status, page, _ = open_woo.ask("GET", path)
        assert status == 200 and text in page, path
        assert "coming soon" not in page.lower() and "<b>more</b>" not in page
    assert open_woo.ask("GET", "/no-such-page/")[0] == 404
    assert open_woo.ask("GET", "/wp-content/uploads/products/mug.webp")[0] == 200


@pytest.mark.parametrize("path", [
    "/wp-admin/install.php", "/wp-admin/setup-config.php", "/WP-ADMIN/INSTALL.PHP", "//wp-admin//install.php", "/wp-admin/upgrade.php",
    "/xmlrpc.php", "/wp-config.php", "/wp-config.php.bak", "/readme.html", "/license.txt", "/.git/config",
    "/wp-content/plugins/woocommerce/readme.txt", "/wp-content/plugins/woocommerce/woocommerce.php",
    "/wp-content/uploads/woocommerce_uploads/", "/wp-content/uploads/x.php", "/wp-content/uploads/x.html",
    "/wp-includes/version.php", "/wp-admin/install.php/x.css", "/index.php/wp-admin/install.php",
])
def test_what_nobody_gets(open_woo, path):
    assert open_woo.ask("GET", path)[0] == 404


def test_who_works_here_is_not_told(open_woo):
    assert open_woo.ask("GET", "/wp-json/wp/v2/users")[0] in (401, 404)
    status, page, seen = open_woo.ask("GET", "/?author=1")
    assert status == 404 and "Location" not in seen
    words = {open_woo.ask("POST", "/wp-login.php", f"log={name}&pwd=x&testcookie=1", {"Cookie": "wordpress_test_cookie=WP%20Cookie%20check"})[1]
             .split('id="login_error"')[1].split("</div>")[0] for name in ("owner", "nobody")}
    assert len(words) == 1


def test_owner_signs_in(open_woo):
    assert open_woo.sign_in("wrong")[0] == 200
    status, seen = open_woo.sign_in()
    assert status == 302 and "Secure" not in "".join(seen.get_all("Set-Cookie")).title().replace("Wordpress_Sec", "")


def test_behind_tls(open_woo):
    """Told https by the ingress, PHP believes it."""
    _, seen = open_woo.call("GET", "/wp-json/wc/store/v1/products", headers={"X-Forwarded-Proto": "https"})
    assert "https" not in (seen.get("Location") or "")


def test_probes_have_a_port_of_their_own(open_woo):
    for path in ("/ready", "/alive", "/php"):
        assert open_woo.ask("GET", path, port=8081)[0] == 200, path
        assert open_woo.ask("GET", path)[0] == 404, path
    assert open_woo.ask("GET", "/wp-login.php", port=8081)[0] == 404


def test_a_mail_that_cannot_be_sent_is_told(open_woo):
    open_woo.order("mail@example.com")
    assert "a mail was not sent, as the store has no mail server" in open_woo.php.output()


def test_visitors_share_a_page_and_never_a_cart(open_woo):
    """A page is kept for visitors without a session, and only for them."""
    first = open_woo.ask("GET", "/")
    assert first[0] == 200 and "Set-Cookie" not in first[2]
    status, page, seen = open_woo.ask("GET", "/?add-to-cart=" + str(open_woo.call("GET", "/wp-json/wc/store/v1/products")[0][0]["id"]))
    cookie = "; ".join(line.split(";")[0] for line in seen.get_all("Set-Cookie") or [])
    assert "woocommerce_items_in_cart" in cookie
    mine = json.loads(open_woo.ask("GET", "/wp-json/wc/store/v1/cart", headers={"Cookie": cookie})[1])
    assert mine["items_count"] == 1
    assert json.loads(open_woo.ask("GET", "/wp-json/wc/store/v1/cart")[1])["items_count"] == 0


def test_secrets_are_not_in_sight(open_woo):
    seen = "".join(c.output() for c in (open_woo.php, open_woo.nginx, open_woo.database))
    for container in (open_woo.php, open_woo.nginx, open_woo.database):
        seen += container.execute("sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ").stdout
    for name in ("database-password", "salt-seed", "admin-password"):
        assert open_woo.secret(name) not in seen, name

