"""No form is taken that is not our own."""

import pytest
from test_routes import ROUTES

POSTS = [(pattern, role) for method, pattern, role, *_ in ROUTES if method == "POST"]
FIELDS = {
    "/sign-in": {"name": "member", "password": "wrong", "next": ""},
    "/stores/{id}/delete": {"confirm_id": "guarded"},
}


def send(browser, pattern, csrf, **more):
    return browser.post(pattern.replace("{id}", "guarded"), FIELDS.get(pattern, {}), csrf, **more)


@pytest.fixture(scope="module")
def store(platform):
    return platform.seed.store("guarded", status="failed")


def who_may(platform, browsers, role):
    """Somebody whom only the token stops."""
    return platform.browser() if role == "none" else browsers["admin" if role == "admin" else "member"]


@pytest.mark.parametrize("pattern, role", POSTS)
def test_wrong_tokens(platform, browsers, store, pattern, role):
    browser = who_may(platform, browsers, role)
    right = browser.csrf()
    others = platform.browser().csrf()
    for wrong in ("", "0", right[:-1], right + "0", right.upper(), others,
                  browser.cookies.get("sw_session", "x"), browser.cookies.get("sw_visit", "x")):
        answer = send(browser, pattern, wrong)
        assert answer.status == 403, wrong
        assert "expired" in answer.text
    rows = platform.seed.query("SELECT desired, generation, status FROM store WHERE uid = ?", store)
    assert rows == [("present", 1, "failed")]


@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://localhost:9999"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost:8080", "Sec-Fetch-Site": "cross-site"},
])
@pytest.mark.parametrize("pattern, role", POSTS)
def test_other_sites(platform, browsers, store, pattern, role, headers):
    browser = who_may(platform, browsers, role)
    assert send(browser, pattern, browser.csrf(), headers=headers).status == 403


def test_own_site(platform):
    headers = {"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"}
    browser = platform.browser()
    browser.sign_in("viewer", headers=headers)


def test_a_token_dies_with_its_session(platform):
    browser = platform.browser("member")
    old = browser.csrf()
    browser.post("/sign-out", {})
    browser.sign_in("member")
    assert browser.post("/stores/guarded/retry", {}, old).status == 403


def test_the_token_in_the_address_does_not_count(platform, browsers, store):
    browser = browsers["member"]
    answer = browser.send("POST", f"/stores/guarded/retry?csrf={browser.csrf()}")
    assert answer.status == 403
