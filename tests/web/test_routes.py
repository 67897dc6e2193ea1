"""Every row of the route table, by every role: the table is what the program says of itself."""

import subprocess

import pytest
from conftest import DASHBOARD

RANK = {"none": 0, "viewer": 1, "member": 2, "other": 2, "admin": 3}
ROUTES = [
    line.split("\t")
    for line in subprocess.run(
        [DASHBOARD, "--routes"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[1:]
] if DASHBOARD.exists() else []


def test_the_table_is_what_is_expected():
    assert len(ROUTES) == 42
    for method, pattern, role, kind, csrf in ROUTES:
        assert method in ("GET", "POST") and pattern.startswith("/")
        assert role in RANK and kind in ("page", "fragment", "password", "provider")
        assert csrf == ("yes" if method == "POST" else "no")


def expected_status(row, role):
    method, pattern, needed, kind, _ = row
    if RANK[role] < RANK[needed]:
        if role == "none":
            return {401} if kind == "fragment" else {303}
        return {403}
    if method == "POST":
        return {403}  # sent without a token
    if pattern.startswith(("/people/{id}", "/doctor/{id}")) or pattern == "/link" or "/oidc" in pattern:
        return {404}  # "mine" is neither a person nor an orphan; no link was given; no provider is set
    if "{id}" in pattern:
        return {200} if role in ("member", "admin") else {404}
    return {303} if pattern == "/" or (pattern == "/sign-in" and role != "none") else {200}


@pytest.mark.parametrize("role", RANK)
@pytest.mark.parametrize("row", ROUTES, ids=lambda row: f"{row[0]} {row[1]}")
def test_role(platform, browsers, row, role):
    if not platform.seed.query("SELECT 1 FROM store WHERE id = 'mine'"):
        platform.seed.store("mine")
    target = row[1].replace("{id}", "mine")
    before = platform.seed.query("SELECT count(*), max(generation) FROM store")
    answer = browsers[role].send(row[0], target)
    assert answer.status in expected_status(row, role)
    if answer.status == 303 and role == "none" and row[1] != "/":
        assert answer.header("Location").startswith("/sign-in")
    assert platform.seed.query("SELECT count(*), max(generation) FROM store") == before


@pytest.mark.parametrize("row", [r for r in ROUTES if r[0] == "GET"], ids=lambda row: row[1])
def test_head_is_get_without_a_body(platform, browsers, row):
    target = row[1].replace("{id}", "mine")
    get, head = browsers["admin"].get(target), browsers["admin"].send("HEAD", target)
    assert head.status == get.status and head.body == b""


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "X" * 500, ""])
def test_other_methods(browsers, method):
    answer = browsers["admin"].send(method, "/stores")
    assert answer.status == 405 and answer.header("Allow") == "GET, HEAD"
    answer = browsers["admin"].send(method, "/new-store")
    assert answer.header("Allow") == "GET, HEAD, POST"


@pytest.mark.parametrize("target", [
    "/none", "/stores/", "/stores/mine/", "/stores//delete", "/stores/mine/../x", "/STORES",
    "/stores/mine/none", "/static/app.css", "/%2e%2e/etc/passwd", "/stores/" + "a" * 300,
    "/stores/..%2f..%2fetc%2fpasswd", "/.git/config",
])
def test_unknown_paths(browsers, target):
    for role in ("none", "admin"):
        assert browsers[role].get(target).status == 404


@pytest.mark.parametrize("target", ["/%", "/stores/%zz", "/stores/%00", "/stores?a=%ff", "/a%0d%0ab",
                                    "/stores?status=x&status=y", "stores", "http://evil.example/"])
def test_malformed_targets(browsers, target):
    assert browsers["admin"].get(target).status == 400


def test_too_long_target(browsers):
    assert browsers["admin"].get("/stores?search=" + "a" * 5000).status == 413


def test_health(platform, browsers):
    answer = browsers["none"].get("/healthz")
    assert answer.status == 200 and answer.body == b"ok\n"


def test_static_addresses_follow_the_content(browsers):
    browsers["none"].get("/sign-in")
    page = browsers["none"].page
    addresses = [page.one("link", rel="stylesheet")["href"], page.one("link", rel="icon")["href"],
                 page.one("script")["src"]]
    assert [a.split("?v=")[0] for a in addresses] == [
        "/static/app.css", "/static/icon.svg", "/static/app.js"]
    assert all(len(a.split("?v=")[1]) == 16 for a in addresses)
