"""The list: search, filter, pages, counts, and copies that a browser may keep."""

import re
import urllib.parse

import pytest


@pytest.fixture(scope="module")
def many(platform):
    """120 stores of one member, oldest first: shop-000 ... shop-119; one of somebody else."""
    statuses = ["ready"] * 8 + ["failed", "degraded"]
    for i in range(120):
        platform.seed.store(f"shop-{i:03}", status=statuses[i % 10], title=f"Title {i} 100% _x_")
    platform.seed.store("of-another", owner="other")
    platform.seed.store("gone-shop", status="deleted")


def listed(browser, target):
    assert browser.get(target).status == 200, target
    return [a["href"].removeprefix("/stores/") for a in browser.page.all("a", class_="store-link")]


def link(page, rel):
    found = page.all("a", rel=rel)
    return found[0]["href"] if found else None


def counts(page):
    return dict(re.findall(r"(All|Ready|Failed|Degraded|Deleted) (\d+)", page.text))


def test_pages_there_and_back(browsers, many):
    browser, target, pages = browsers["member"], "/stores", []
    while target:
        pages.append(listed(browser, target))
        target = link(browser.page, "next")
    assert [len(p) for p in pages] == [50, 50, 20]
    assert sum(pages, []) == [f"shop-{i:03}" for i in reversed(range(120))]
    back = []
    target = link(browser.page, "prev")
    while target:
        back.append(listed(browser, target))
        target = link(browser.page, "prev")
    assert back == [pages[1], pages[0]]


def test_counts_are_of_all_pages(browsers, many):
    listed(browsers["member"], "/stores")
    assert counts(browsers["member"].page) == {
        "All": "120", "Ready": "96", "Failed": "12", "Degraded": "12", "Deleted": "1"}


def test_filter(browsers, many):
    browser = browsers["member"]
    assert len(listed(browser, "/stores?status=failed")) == 12
    assert browser.page.all("a", aria_current="page")[0]["href"] == "/stores?status=failed"
    assert listed(browser, "/stores?status=deleted") == ["gone-shop"]
    assert listed(browser, "/stores?status=deleting") == []
    assert "Nothing found" in browser.page.text
    first = listed(browser, "/stores?status=ready")
    second = listed(browser, link(browser.page, "next"))
    assert len(first) == 50 and len(second) == 46 and not set(first) & set(second)


@pytest.mark.parametrize("search,count", [
    ("shop-01", 10), ("SHOP-119", 1), ("title 7 ", 1), ("100%", 50), ("localtest.me", 50), ("%", 50), ("_x_", 50),
    ("!", 0), ("shop%", 0), ("' OR 1=1 --", 0), ("no such", 0), ("of-another", 0), ("gone-shop", 0),
    ("<script>", 0), ("ü", 0),
])
def test_search(browsers, many, search, count):
    browser = browsers["member"]
    found = listed(browser, "/stores?" + urllib.parse.urlencode({"search": search}))
    assert len(found) == count
    assert browser.page.value("search") == search


def test_search_and_filter_are_kept_over_pages(browsers, many):
    browser = browsers["member"]
    listed(browser, "/stores?search=100%25&status=ready")
    target = link(browser.page, "next")
    assert target.startswith("/stores?search=100%25&status=ready&older=")
    listed(browser, target)
    assert link(browser.page, "prev").startswith("/stores?search=100%25&status=ready&newer=")


@pytest.mark.parametrize("query", ["status=none", "status=READY", "older=x", "older=-1", "older=0",
                                   "older=1&newer=2", "older=99999999999999999999",
                                   "search=" + "a" * 121, "search=%0a", "newer=1'"])
def test_bad_queries(browsers, many, query):
    for path in ("/stores", "/fragments/stores"):
        assert browsers["member"].get(f"{path}?{query}").status == 400


def test_everyone_sees_their_own(browsers, many):
    assert listed(browsers["other"], "/stores") == ["of-another"]
    assert listed(browsers["viewer"], "/stores") == []
    assert "of-another" in listed(browsers["admin"], "/stores")


def test_empty_list(browsers):
    browsers["viewer"].get("/stores")
    assert "No stores yet" in browsers["viewer"].page.text
    assert not browsers["viewer"].page.all("a", href="/new-store")


def test_unchanged_is_304(platform, browsers, many):
    browser = browsers["member"]
    for target in ("/stores", "/stores?status=ready", "/fragments/stores", "/stores/shop-000",
                   "/fragments/stores/shop-000"):
        first = browser.get(target)
        tag = first.header("ETag")
        for sent in (tag, "W/" + tag, f'"other", {tag}'):
            again = browser.get(target, headers={"If-None-Match": sent})
            assert again.status == 304 and again.header("ETag") == tag
        assert browser.get(target, headers={"If-None-Match": '"other"'}).status == 200


def test_what_a_copy_depends_on(platform, browsers, many):
    tags = {browsers[role].get("/stores").header("ETag") for role in ("member", "other", "admin")}
    tags.add(browsers["member"].get("/stores?status=ready").header("ETag"))
    tags.add(platform.browser("member").get("/stores").header("ETag"))  # another session: another token
    assert len(tags) == 5
    before = browsers["member"].get("/stores").header("ETag")
    platform.seed.store("new-shop")
    answer = browsers["member"].get("/stores", headers={"If-None-Match": before})
    assert answer.status == 200 and "new-shop" in answer.text


def test_script_and_refresh_only_while_something_moves(fresh_platform):
    platform = fresh_platform.start()
    platform.seed.store("still")
    browser = platform.browser("member")
    browser.get("/stores")
    assert "data-moving" not in browser.page.one("div", id="live")
    assert not browser.page.all("meta", http_equiv="refresh")
    platform.seed.store("moves", status="provisioning")
    browser.get("/stores")
    assert browser.page.one("div", id="live")["data-moving"] == "yes"
    assert len(browser.page.all("meta", http_equiv="refresh")) == 1
    fragment = browser.page.one("div", id="live")["data-fragment"]
    browser.get(fragment)
    assert browser.page.one("div", id="live")["data-fragment"] == fragment
