"""The form for a new store: what is wrong is said beside its field, and nothing is changed."""

import itertools
import json

import pytest

GOOD = {
    "id": "my-shop", "engine": "medusa", "plan": "small", "title": "My Shop",
    "admin_email": "owner@example.com", "currency": "eur", "country": "de",
    "sample_products": "on",
}
keys = (f"test-key-{i:032}" for i in itertools.count())

HOSTILE = [
    "", " ", "a" * 5000, "ü" * 300, "'; DROP TABLE store; --", "$(touch /tmp/x)", "`id`", "a;b", "a|b",
    "a\nb", "a\r\nX: y", "--post-renderer=/bin/sh", "-x", "../../etc", "{{ .Values }}", "a,b=c", "{a}",
    "!!python/object", "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202eabc", "\x7f",
    "%00", "null", "0", "{{%AUTOESCAPE}}",
]
BAD_IDS = [
    "a", "A-shop", "my_shop", "my shop", "-shop", "shop-", "1shop", "a" * 41, "shöp", "xn--shop", "default",
    "kube-system", "kube-x", "www", "admin", "shop.evil", "shop.", "*", "localhost", "shop/..",
]
BAD_EMAILS = ["x", "@example.com", "a@b", "a b@example.com", "a@@example.com", "a@example.com\nBcc: x@y.de",
              "a@" + "b" * 300 + ".de", "\"a\"@example.com", "<a@example.com>"]


def submit(browser, **changes):
    fields = {**GOOD, "idempotency_key": next(keys), **changes}
    return browser.post("/new-store", {k: v for k, v in fields.items() if v is not None})


def one_line(text):
    """As an attribute of a page shows it: ctemplate writes line ends as spaces."""
    return text.strip().replace("\r", " ").replace("\n", " ")


def stores(platform):
    return platform.seed.query("SELECT count(*) FROM store")[0][0]


def refused(platform, browser, field, status=422, **changes):
    before = stores(platform)
    answer = submit(browser, **changes)
    assert answer.status == status, (changes, answer.status)
    assert stores(platform) == before
    page = browser.page
    error = page.text
    assert page.all("a", href=f"#{field}"), "the summary links to the field"
    assert len(page.all("p", id=f"{field}-error")) == 1
    assert page.one("title") == {} and "Error: Create New Store" in error
    return page


def test_the_form_is_ready_to_fill_in(browsers):
    browsers["member"].get("/new-store")
    page = browsers["member"].page
    for name in GOOD:
        assert any(a.get("name") == name for _, a in page.elements), name
    assert page.value("engine") == "medusa" and page.value("plan") == "small"
    assert page.value("sample_products") == "on"
    assert "http://my-shop.localtest.me" in page.text
    assert len(page.value("idempotency_key")) == 32


def test_created(platform, browsers):
    answer = submit(browsers["member"], id="created-shop", title="Söhne & <Töchter>")
    assert answer.status == 303 and answer.header("Location") == "/stores/created-shop"
    row = platform.seed.query(
        "SELECT s.title, s.host, s.status, s.sample_products, a.name FROM store s"
        " JOIN account a ON a.id = s.owner_id WHERE s.id = 'created-shop'")
    assert row == [("Söhne & <Töchter>", "created-shop.localtest.me", "requested", 1, "member")]
    page = browsers["member"].get("/stores/created-shop")
    assert "Söhne &amp; &lt;Töchter&gt;" in page.text
    assert "Requested" in browsers["member"].page.text


def test_unticked_is_no(platform, browsers):
    assert submit(browsers["member"], id="bare-shop", sample_products=None).status == 303
    assert platform.seed.query("SELECT sample_products FROM store WHERE id = 'bare-shop'") == [(0,)]


@pytest.mark.parametrize("bad", BAD_IDS + [h for h in HOSTILE if h.strip() not in ("null",)])
def test_bad_ids(platform, browsers, bad):
    page = refused(platform, browsers["member"], "id", id=bad)
    assert page.one("input", id="id")["aria-invalid"] == "true"
    assert page.value("id") == one_line(bad) and page.value("title") == "My Shop"


@pytest.mark.parametrize("field", ["engine", "plan", "currency", "country"])
@pytest.mark.parametrize("bad", HOSTILE)
def test_bad_choices(platform, browsers, field, bad):
    page = refused(platform, browsers["member"], field, **{field: bad})
    assert page.value("id") == "my-shop"


@pytest.mark.parametrize("bad", BAD_EMAILS + HOSTILE)
def test_bad_emails(platform, browsers, bad):
    page = refused(platform, browsers["member"], "admin_email", admin_email=bad)
    assert page.value("admin_email") == one_line(bad)


@pytest.mark.parametrize("bad", ["", " ", "a\nb", "\x1b[31m", "t" * 121, "ü" * 4000, "\x7f"])
def test_bad_titles(platform, browsers, bad):
    refused(platform, browsers["member"], "title", title=bad)


@pytest.mark.parametrize("n,title", list(enumerate(
    h for h in HOSTILE if h.strip() and len(h) < 121 and h.isprintable())))
def test_hostile_titles_are_only_text(platform, browsers, n, title):
    browser = browsers["member"]
    assert submit(browser, id=f"hostile-{n}", title=title).status == 303
    assert platform.seed.query(f"SELECT title FROM store WHERE id = 'hostile-{n}'") == [(title.strip(),)]
    for target in (f"/stores/hostile-{n}", f"/stores/hostile-{n}/delete", "/stores",
                   f"/fragments/stores/hostile-{n}", "/fragments/stores"):
        assert browser.get(target).status == 200
        assert title.strip() in browser.page.text or "  " in title
        assert not browser.page.all("img", src="x")


def test_all_wrong_at_once(platform, browsers):
    before = stores(platform)
    fields = dict.fromkeys(GOOD, "?")
    assert submit(browsers["member"], **fields).status == 422
    assert len(browsers["member"].page.all("a", href="#id")) == 1
    for field in ("id", "engine", "plan", "admin_email", "currency", "country"):
        assert browsers["member"].page.all("a", href=f"#{field}"), field
    assert stores(platform) == before


def test_taken(platform, browsers):
    platform.seed.store("taken-shop")
    page = refused(platform, browsers["other"], "id", status=409, id="taken-shop")
    assert "already" in page.text
    platform.seed.store("stuck-shop", status="delete_failed")
    page = refused(platform, browsers["other"], "id", status=409, id="stuck-shop")
    assert "could not be deleted whole" in page.text
    platform.seed.run(lambda db: db.execute("INSERT INTO foreign_namespace VALUES ('someones')"))
    page = refused(platform, browsers["other"], "id", status=409, id="someones")
    assert "namespace" in page.text


def test_a_deleted_id_is_free(platform, browsers):
    platform.seed.store("phoenix", status="deleted")
    assert submit(browsers["other"], id="phoenix").status == 303


def test_the_same_form_twice_is_one_store(platform, browsers):
    key = next(keys)
    answers = [submit(browsers["member"], id="twice-shop", idempotency_key=key) for _ in range(3)]
    assert {(a.status, a.header("Location")) for a in answers} == {(303, "/stores/twice-shop")}
    assert platform.seed.query("SELECT count(*) FROM store WHERE id = 'twice-shop'") == [(1,)]
    assert platform.seed.query(
        "SELECT count(*) FROM operation WHERE idempotency_key = ?", key) == [(1,)]
    # Somebody else's key is another key.
    assert submit(browsers["other"], id="other-shop", idempotency_key=key).status == 303
    assert platform.seed.query("SELECT count(*) FROM store WHERE id = 'other-shop'") == [(1,)]


@pytest.mark.parametrize("key", ["short", "a" * 65, "has a space in it", "ü" * 20, "'; DROP TABLE x; --"])
def test_bad_keys(platform, browsers, key):
    before = stores(platform)
    assert submit(browsers["member"], id="keyed", idempotency_key=key).status in (400, 422)
    assert stores(platform) == before


def test_refused_forms_keep_their_key(platform, browsers):
    key = next(keys)
    submit(browsers["member"], id="?", idempotency_key=key)
    assert browsers["member"].page.value("idempotency_key") == key


@pytest.mark.parametrize("extra", ["owner_id", "uid", "status", "ID", "id ", "admin"])
def test_fields_that_are_not_there(platform, browsers, extra):
    before = stores(platform)
    assert submit(browsers["member"], id="extra-shop", **{extra: "1"}).status == 400
    assert stores(platform) == before


def test_malformed_bodies(platform, browsers):
    browser, before = browsers["member"], stores(platform)
    csrf = browser.csrf().encode()
    good = b"csrf=" + csrf + b"&id=raw-shop&engine=medusa&plan=small&title=T&admin_email=a@example.com&currency=eur"
    for tail, status in ((b"&country=de&id=other", 400), (b"&country=%zz", 400), (b"&country=%ff", 400),
                         (b"&country=%00", 400), (b"&country=d\0e", 400), (b"&country=\xff", 400),
                         (b"&country=" + b"x" * 9000, 413), (b"&x=" + b"y" * 70000, 413),
                         (b"".join(b"&f%d=1" % i for i in range(100)), 413)):
        answer = browser.send("POST", "/new-store", good + tail)
        assert answer.status == status, tail[:20]
    for content_type in ("application/json", "text/plain", "multipart/form-data; boundary=x", ""):
        answer = browser.send("POST", "/new-store", good + b"&country=de", CONTENT_TYPE=content_type)
        assert answer.status == 415, content_type
    answer = browser.send("POST", "/new-store", good, CONTENT_LENGTH=str(len(good) + 10))
    assert answer.status == 400
    assert stores(platform) == before


def test_an_engine_whose_images_are_not_there(fresh_platform):
    """It is shown, cannot be chosen, and can be as soon as its images are there, without a restart."""
    images = fresh_platform.folder / "images.json"
    images.write_text('{"images": {}}')
    with fresh_platform.config.open("a") as config:
        config.write(f"helm_values = {images}\n")
    browser = fresh_platform.start().browser("member")
    browser.get("/new-store")
    radio = browser.page.one("input", name="engine", value="medusa")
    assert "disabled" in radio and "checked" not in radio
    assert 'Its image "medusa" is not there. sudo ./up builds it.' in browser.page.text
    page = refused(fresh_platform, browser, "engine", engine="medusa")
    assert 'Medusa cannot be chosen now. Its image "medusa" is not there.' in page.text
    images.write_text(json.dumps({"images": {
        name: {"repository": "localhost/storewright/" + name, "tag": "1"} for name in ("medusa", "postgres", "storefront")}}))
    browser.get("/new-store")
    assert "disabled" not in browser.page.one("input", name="engine", value="medusa")
    assert submit(browser, id="later-shop").status == 303
