"""What visitors and search engines see."""

import re

import pytest
from fake_medusa import product, variant


def test_catalogue_shows_what_the_api_has(visitor):
    page = visitor.get("/")
    assert page.status == 200
    assert "Shirt" in visitor.page.text and "from €20.00" in visitor.page.text and "€1,234.50" in visitor.page.text
    assert "Sold out" in visitor.page.text
    assert visitor.page.one("div", data_catalogue="fresh")["data-shop"]
    assert {"20.00", "1234.50", "5.00", "1.00"} == {e["content"] for e in visitor.page.all("span", itemprop="price")}


def test_hostile_names_stay_text(visitor, medusa):
    medusa.groups["collections"] = [{"id": "pcol_1", "handle": "x\"><script>", "title": "<script>alert(1)</script>"}]
    for target in ("/", "/products/evil"):
        text = visitor.get(target).text
        assert "<script>alert" not in text and "<img src=x" not in text and "</label><b>" not in text
        assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in text
    visitor.fill_cart(product="evil", quantity="1", **{"option-1": "</label><b>", "option-2": ""})
    for target in ("/cart", "/checkout"):
        assert "<script>alert" not in visitor.get(target).text


def test_pictures_come_from_the_shop_or_https_or_not_at_all(visitor):
    text = visitor.get("/products/shirt").text
    assert 'src="/static/shirt.png"' in text, "the shop's own address is left out"
    assert 'src="https://cdn.example/back.png"' in text
    assert "javascript:" not in visitor.get("/products/mug").text


def test_product(visitor):
    assert visitor.get("/products/shirt").status == 200
    page = visitor.page
    assert [e["value"] for e in page.all("input", name="option-1")] == ["S", "M"]
    assert [e["value"] for e in page.all("input", name="option-2")] == ["Black", "White"]
    assert "Sold out" in page.text and "In stock" in page.text
    assert page.one("link", rel="canonical")["href"] == "http://shop.example/products/shirt"
    visitor.get("/products/mug")
    assert "Only 3 left" in visitor.page.text
    assert "checked" in visitor.page.one("input", name="option-1"), "what leaves no choice is chosen"
    visitor.get("/products/gone")
    assert not visitor.page.all("form", id="buy") and "sold out at the moment" in visitor.page.text


@pytest.mark.parametrize("path", ["/products/nothing", "/categories/nothing", "/collections/x", "/nowhere", "/?page=99", "/?page=x",
                                  "/products/" + "x" * 255, "/products/%F0%9F%98%80"])
def test_what_is_not_there(visitor, path):
    answer = visitor.get(path)
    assert answer.status == 404
    assert "There is no such page" in visitor.page.text and answer.header("X-Request-Id") in visitor.page.text
    assert visitor.page.one("meta", name="robots")["content"] == "noindex"


@pytest.mark.parametrize("path", ["/?q=" + "x" * 101, "/?q=%00", "/?q=%ff", "/?q=a&q=b", "/?q=a%0ab", "/products/%zz"])
def test_bad_questions(visitor, path):
    assert visitor.get(path).status == 400


def test_search_pages_categories(visitor, medusa):
    medusa.products = [product(f"p{i}", f"Thing {i}", [variant(f"p{i}-", 0, 1, {"Size": "One"})]) for i in range(30)]
    medusa.groups["product_categories"] = [{"id": "pcat_1", "handle": "some", "name": "Some things"}]
    medusa.products[3]["category_id[]"] = "pcat_1"
    visitor.get("/")
    assert "Page 1 of 3" in visitor.page.text and visitor.page.one("a", rel="next")["href"] == "/?page=2"
    assert "Some things" in visitor.page.text
    visitor.get("/?page=3")
    assert "Thing 29" in visitor.page.text and not visitor.page.all("a", rel="next")
    visitor.get("/categories/some")
    assert len(visitor.page.all("li", class_="card")) == 1
    visitor.get("/?q=thing+1")
    assert "11 products for “thing 1”" in visitor.page.text and visitor.page.one("input", name="q")["value"] == "thing 1"
    visitor.get("/?q=%3Cb%3E%22")
    assert "Nothing in the shop fits that" in visitor.page.text


def test_a_shop_without_products_is_a_shop(visitor, medusa):
    medusa.products = []
    assert visitor.get("/").status == 200
    assert "nothing here yet" in visitor.page.text
    assert visitor.page.one("div", data_catalogue="fresh") and not visitor.page.all("span", itemprop="price")


def test_variants_that_no_option_tells_apart(visitor, medusa):
    flat = product("flat", "Flat", [variant("flat", i, 3, {}) | {"title": f"Kind {i}"} for i in range(2)])
    medusa.products = [flat]
    visitor.get("/products/flat")
    assert len(visitor.page.all("option")) == 3
    assert visitor.post("/cart/add", {"product": "flat", "quantity": "1", "variant": ""}).status == 422
    assert visitor.post("/cart/add", {"product": "flat", "quantity": "1", "variant": "variant_flat1"}).status == 303
    assert [c["lines"] for c in medusa.carts.values()] == [{"cali_" + "0" * 26: ("variant_flat1", 1)}]


def test_region_decides_the_price(visitor, medusa):
    assert visitor.post("/region", {"region": "reg_JAPAN"}).status == 303
    visitor.get("/")
    assert "¥3,000" in visitor.page.text and "€" not in visitor.page.text
    visitor.get("/products/shirt")
    assert "¥3,000" in visitor.page.text
    other = visitor.shop.visitor()
    other.get("/products/shirt")
    assert "€20.00" in other.page.text and "¥" not in other.page.text, "nobody else's prices"


@pytest.mark.parametrize("region", ["reg_NOWHERE", "", "../x", "reg_EUROPE; Path=/"])
def test_wrong_region(visitor, region):
    assert visitor.post("/region", {"region": region}).status == 422
    visitor.cookies["sw_region"] = region or "x"
    assert visitor.get("/").status == 200
    assert "€20.00" in visitor.page.text


def test_the_cart_goes_along_to_another_region(visitor, medusa):
    visitor.fill_cart()
    visitor.post("/region", {"region": "reg_JAPAN"})
    visitor.get("/cart")
    assert "¥6,000" in visitor.page.text


def test_unchanged_pages_are_not_sent_again(visitor, medusa):
    tag = visitor.get("/").header("ETag")
    same = visitor.get("/", headers={"If-None-Match": tag})
    assert same.status == 304 and same.header("ETag") == tag
    visitor.get("/products/shirt")  # gives the cookie of forms
    tag = visitor.get("/products/shirt").header("ETag")
    assert visitor.get("/products/shirt", headers={"If-None-Match": f"W/{tag}"}).status == 304
    visitor.fill_cart()
    assert visitor.get("/products/shirt", headers={"If-None-Match": tag}).status == 200, "the cart has changed"
    other = visitor.shop.visitor()
    assert other.get("/products/shirt", headers={"If-None-Match": tag}).status == 200, "another visitor's form"


def test_what_is_kept_of_answers(visitor, medusa):
    for _ in range(5):
        visitor.get("/")
    assert medusa.count("GET", "/store/products?limit=12") == 1 and medusa.count("GET", "/store/regions") == 1
    visitor.fill_cart()
    for _ in range(3):
        visitor.get("/cart")
    assert medusa.count("GET", "/store/carts/") == 3, "a cart is asked for each time"


def test_theme_follows_the_accent(new_shop):
    colours = {}
    for accent in ("#000000", "#ffffff", "#ff0000", "#ffee00"):
        visitor = new_shop(STORE_ACCENT=accent).visitor()
        visitor.get("/")
        url = next(e["href"] for e in visitor.page.all("link", rel="stylesheet") if "theme" in e["href"])
        answer = visitor.get(url)
        assert answer.header("Content-Type").startswith("text/css") and "max-age" in answer.header("Cache-Control")
        assert f"--accent:{accent};" in answer.text
        colours[url] = accent
        assert re.fullmatch(r"(:root\{(--[a-z-]+:#[0-9a-f]{6};)+\}|@media \(prefers-color-scheme:dark\)\{:root\{(--[a-z-]+:#[0-9a-f]{6};)+\}\}|\n)+", answer.text)
    assert len(colours) == 4, "each at an address of its own"


def test_for_search_engines(visitor):
    robots = visitor.get("/robots.txt").text
    assert "Disallow: /cart" in robots and "Sitemap: http://shop.example/sitemap.xml" in robots
    answer = visitor.get("/sitemap.xml")
    assert answer.header("Content-Type").startswith("application/xml")
    assert "<loc>http://shop.example/products/shirt</loc>" in answer.text and answer.text.endswith("</urlset>\n")


def test_methods_and_health(visitor):
    assert visitor.get("/healthz").text == "OK\n"
    assert visitor.send("HEAD", "/").status == 200
    answer = visitor.post("/products/shirt", {})
    assert answer.status == 405 and answer.header("Allow") == "GET, HEAD"


def test_https_shop(new_shop):
    visitor = new_shop(STORE_URL="https://shop.example").visitor()
    answer = visitor.get("/order/find")
    assert answer.header("Strict-Transport-Security") and list(visitor.cookies) == ["__Host-sw_visit"]
    visitor.fill_cart()
    assert "__Host-sw_cart" in visitor.cookies


