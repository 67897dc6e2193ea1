"""Signing in and out."""

import pytest
from conftest import PASSWORD


def attempt(browser, name="member", password=PASSWORD, next="", **more):
    return browser.post("/sign-in", {"name": name, "password": password, "next": next}, **more)


def test_the_whole_way(platform):
    browser = platform.browser()
    answer = browser.get("/stores?status=ready")
    assert answer.status == 303
    assert answer.header("Location") == "/sign-in?next=/stores%3Fstatus%3Dready"
    browser.get(answer.header("Location"))
    assert browser.page.value("next") == "/stores?status=ready"
    answer = attempt(browser, next="/stores?status=ready")
    assert answer.status == 303 and answer.header("Location") == "/stores?status=ready"
    assert browser.get("/stores").status == 200
    assert "Signed in as member" in browser.page.text
    old = dict(browser.cookies)
    assert browser.post("/sign-out", {}).header("Location") == "/sign-in"
    assert browser.cookies == {}
    browser.cookies = old  # a thief who kept it has nothing
    assert browser.get("/stores").status == 303


def test_the_session_changes_at_each_sign_in(platform):
    browser = platform.browser()
    browser.cookies["sw_session"] = "ab" * 32  # planted
    browser.cookies.pop("sw_visit", None)
    assert browser.get("/sign-in").status == 200
    csrf = browser.page.value("csrf")
    assert attempt(browser, csrf=csrf).status == 303
    first = browser.cookies["sw_session"]
    assert first != "ab" * 32
    other = platform.browser("member")
    assert other.cookies["sw_session"] != first


def test_wrong_is_one_answer(platform):
    texts = set()
    for name, password in (("member", "wrong password"), ("nobody", PASSWORD), ("", ""), ("member", "")):
        browser = platform.browser()
        answer = attempt(browser, name, password, REMOTE_ADDR=f"192.0.2.{len(name) + 50}")
        assert answer.status == 422 and "sw_session" not in browser.cookies
        assert browser.page.value("name") == name
        assert not browser.page.one("input", name="password").get("value")
        texts.add(browser.page.text)
    assert len(texts) == 1


@pytest.mark.parametrize("next", ["//evil.example", "http://evil.example/", "/\\evil.example",
                                  "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "\t//evil.example"])
def test_next_stays_here(platform, next):
    browser = platform.browser()
    answer = attempt(browser, next=next)
    assert answer.status == 303 and answer.header("Location") == "/"


@pytest.mark.parametrize("cookie", ["", "x", "a" * 64, "g" * 64, "0" * 64, "0" * 5000, "' OR 1=1 --"])
def test_made_up_sessions(platform, cookie):
    browser = platform.browser()
    browser.cookies["sw_session"] = cookie
    assert browser.get("/stores").status == 303
    assert browser.get("/fragments/stores").status == 401


def test_tossed_cookies_are_none(platform):
    browser = platform.browser("member")
    token = browser.cookies["sw_session"]
    other = platform.browser("other").cookies["sw_session"]
    answer = browser.get("/stores", HTTP_COOKIE=f"sw_session={other}; sw_session={token}")
    assert answer.status == 303


def test_throttled_by_account_and_address(fresh_platform):
    platform = fresh_platform.start()
    statuses = [attempt(platform.browser(), password="wrong password",
                        headers={"X-Forwarded-For": f"10.0.0.{i}", "X-Real-IP": f"10.0.1.{i}"}).status
                for i in range(6)]
    assert statuses[0] == 422 and statuses[-1] == 429
    browser = platform.browser()
    answer = attempt(browser)  # even with the right password
    assert answer.status == 429 and int(answer.header("Retry-After")) >= 1
    assert "Too many failed attempts" in browser.page.text
    assert attempt(platform.browser(), name="admin").status == 429  # the address as well
    assert attempt(platform.browser(), name="admin", REMOTE_ADDR="192.0.2.99").status == 303
    assert attempt(platform.browser(), REMOTE_ADDR="192.0.2.99").status == 429  # the account


def test_secure_cookies(tmp_path):
    from conftest import end, make_platform
    platform = make_platform(tmp_path, secure_cookies="yes").start()
    browser = platform.browser()
    answer = browser.get("/sign-in", HTTPS="on")
    cookie = answer.header("Set-Cookie")
    assert cookie.startswith("__Host-sw_visit=") and cookie.endswith("; Secure")
    assert answer.header("Strict-Transport-Security")
    attempt(browser, csrf=browser.page.value("csrf"))
    assert "__Host-sw_session" in browser.cookies
    browser.cookies = {"sw_session": browser.cookies["__Host-sw_session"]}
    assert browser.get("/stores").status == 303  # the name without the prefix is not ours
    end(platform)


def test_no_secret_is_written_down(platform):
    browser = platform.browser()
    attempt(browser, password="a very secret guess", REMOTE_ADDR="192.0.2.77")
    browser = platform.browser("admin")
    token, csrf = browser.cookies["sw_session"], browser.csrf()
    assert browser.post("/stores/none/retry", {}).status == 404  # a line in the log
    browser.post("/sign-out", {})
    log = platform.log_text()
    data = b"".join(p.read_bytes() for p in platform.folder.glob("storewright.db*"))
    for secret in ("a very secret guess", PASSWORD, token, csrf):
        assert secret not in log
        assert secret.encode() not in data


def test_guessing_does_not_keep_the_owner_out(fresh_platform):
    """Strangers from all over the world guess an account's password: its owner signs in from where they always do at once,
    and from elsewhere after half a minute at most."""
    platform = fresh_platform.start()
    home = {"REMOTE_ADDR": "2001:db8:1:2::7"}
    assert attempt(platform.browser(), **home).status == 303
    for n in range(40):
        platform.seed.query("UPDATE sign_in_failure SET blocked_until = 0")  # time passes
        assert attempt(platform.browser(), password="wrong password", REMOTE_ADDR=f"198.51.100.{n}").status == 422
    refused = attempt(platform.browser(), REMOTE_ADDR="203.0.113.1")
    assert refused.status == 429 and 1 <= int(refused.header("Retry-After")) <= 30
    assert attempt(platform.browser(), REMOTE_ADDR="2001:db8:1:2:ffff::1").status == 303  # the same network
    assert attempt(platform.browser(), name="MEMBER", **home).status == 303


def test_who_is_known_is_throttled_as_well(fresh_platform):
    platform = fresh_platform.start()
    home = {"REMOTE_ADDR": "192.0.2.7"}
    assert attempt(platform.browser(), **home).status == 303
    statuses = [attempt(platform.browser(), password="wrong password", **home).status for _ in range(7)]
    assert statuses[0] == 422 and statuses[-1] == 429


def test_a_network_counts_as_one(fresh_platform):
    """Who has an IPv6 network has more addresses than there are seconds."""
    platform = fresh_platform.start()
    statuses = [attempt(platform.browser(), name=f"user{n}", REMOTE_ADDR=f"2001:db8:5:6::{n:x}").status for n in range(8)]
    assert statuses[0] == 422 and statuses[-1] == 429
    assert attempt(platform.browser(), name="user99", REMOTE_ADDR="2001:db8:5:7::1").status == 422
