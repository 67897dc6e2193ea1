"""Signing in by way of a real OpenID Connect provider (npm's oidc-provider) on loopback."""

import http.client
import json
import re
import subprocess
import urllib.parse

import pytest
from conftest import PASSWORD, ROOT, end, make_platform

SECRET = "a secret/with+odd: characters%"
DASHBOARD_URL = "http://localhost:8080"
CALLBACK = DASHBOARD_URL + "/sign-in/oidc/callback"


class Visitor:
    """Somebody's browser at the provider: cookies, its two forms, and where it sends them in the end."""

    def __init__(self, issuer):
        self.host, self.cookies = issuer.removeprefix("http://"), {}

    def ask(self, method, path, fields=None):
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if fields is not None:
            body, headers["Content-Type"] = urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer, text

    def sign_in(self, url, claims):
        """From the address that the dashboard gave to the query that it gets back."""
        fields = [{"prompt": "login", "login": json.dumps(claims), "password": "any"}, {"prompt": "consent"}]
        answer, text = self.ask("GET", url.removeprefix(f"http://{self.host}"))
        for _ in range(12):
            to = answer.headers["Location"]
            if to and to.startswith(CALLBACK):
                return urllib.parse.urlsplit(to).query
            if to:
                answer, text = self.ask("GET", to.removeprefix(f"http://{self.host}"))
            else:
                assert answer.status == 200, text
                action = re.search(r'action="([^"]*)"', text).group(1).removeprefix(f"http://{self.host}")
                answer, text = self.ask("POST", action, fields.pop(0))
        raise AssertionError("the provider goes round in circles")


@pytest.fixture(scope="module")
def issuer():
    folder = subprocess.run([ROOT / "tests/oidc/install"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    node = subprocess.Popen(["node", "provider.mjs", CALLBACK], cwd=folder, text=True, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    yield node.stdout.readline().strip()
    node.stdin.close()
    assert node.wait(timeout=20) == 0


def make(folder, issuer, **settings):
    secret = folder / "secret"
    secret.write_text(SECRET + "\n")
    return make_platform(folder, oidc_issuer=issuer, oidc_client_id="storewright", oidc_title="Example",
                         oidc_client_secret_file=secret, dashboard_url=DASHBOARD_URL, **settings).start()


@pytest.fixture
def platform(tmp_path, issuer):
    platform = make(tmp_path, issuer)
    yield platform
    end(platform)


@pytest.fixture
def open_platform(tmp_path, issuer):
    platform = make(tmp_path, issuer, oidc_auto_create="viewer")
    yield platform
    end(platform)


def start(browser):
    answer = browser.get("/sign-in/oidc")
    assert answer.status == 303, browser.page.text
    return answer.header("Location")


def person(sub, **more):
    return {"sub": sub, "email": f"{sub}@example.com", "email_verified": True, "preferred_username": sub, **more}


def go(platform, issuer, claims):
    """The whole way; gives the browser and the dashboard's last answer."""
    browser = platform.browser()
    query = Visitor(issuer).sign_in(start(browser), claims)
    return browser, browser.get("/sign-in/oidc/callback?" + query)


def invite(platform, name, email):
    admin = platform.browser("admin")
    answer = admin.post("/invite", {"name": name, "role": "member", "email": email})
    assert answer.status == 200, admin.page.text


def test_an_invited_address_becomes_its_account(platform, issuer):
    invite(platform, "jane", "Jane@Example.com")
    browser, answer = go(platform, issuer, person("jane"))
    assert answer.status == 303 and answer.header("Location") == "/stores", browser.page.text
    browser.get("/stores")
    assert "Signed in as jane" in browser.page.text and browser.get("/new-store").status == 200
    browser.get("/account")
    assert "You sign in with your organisation" in browser.page.text
    # Again, and by the subject alone: the address is somebody else's by now, or none.
    browser, answer = go(platform, issuer, person("jane", email="new@example.com", preferred_username="x"))
    assert browser.get("/stores").status == 200 and "Signed in as jane" in browser.page.text
    # Somebody else who has got the address does not get the account.
    browser, answer = go(platform, issuer, person("thief", email="jane@example.com"))
    assert answer.status == 422 and browser.get("/stores").status == 303
    rows = platform.seed.query("SELECT action, actor, result FROM audit WHERE id > 5 ORDER BY id")
    assert ("account.accept", "jane", "ok") in rows and ("session.sign-in", "thief", "refused") in rows


@pytest.mark.parametrize("claims", [
    person("mallory"), person("member"), person("mallory", email="jane@example.com", email_verified=False),
    person("mallory", email=""), person("mallory", preferred_username="admin"),
], ids=["not invited", "a name that is in use", "an address that is not verified", "no address", "the admin's name"])
def test_who_was_not_invited_stays_out(platform, issuer, claims):
    invite(platform, "jane", "jane@example.com")
    before = platform.seed.query("SELECT count(*) FROM account")
    browser, answer = go(platform, issuer, claims)
    assert answer.status == 422 and "ask an administrator" in browser.page.text
    assert "sw_session" not in browser.cookies
    assert platform.seed.query("SELECT count(*) FROM account") == before
    assert platform.seed.query("SELECT count(*) FROM identity") == [(0,)]


def test_an_account_in_use_is_never_taken_over(platform, issuer):
    """Its address was invited once, and it has a password now."""
    invite(platform, "jane", "jane@example.com")
    platform.seed.run(lambda db: db.execute("UPDATE account SET password_hash = (SELECT password_hash FROM account"
                                            " WHERE name = 'member') WHERE name = 'jane'"))
    platform.browser().sign_in("jane", PASSWORD)
    assert go(platform, issuer, person("jane"))[1].status == 422


def test_a_disabled_account_stays_out(platform, issuer):
    invite(platform, "jane", "jane@example.com")
    assert go(platform, issuer, person("jane"))[1].status == 303
    number = platform.seed.query("SELECT id FROM account WHERE name = 'jane'")[0][0]
    admin = platform.browser("admin")
    admin.get(f"/people/{number}")
    assert "Active" in admin.page.text
    assert admin.post(f"/people/{number}/disable", {}).status == 303
    assert go(platform, issuer, person("jane"))[1].status == 422


def test_accounts_made_on_the_way(open_platform, issuer):
    browser, answer = go(open_platform, issuer, person("nina"))
    assert answer.status == 303 and browser.get("/stores").status == 200
    assert browser.get("/new-store").status == 403, "a viewer"
    # The name of another is not taken; the address serves then, if it is verified.
    browser, answer = go(open_platform, issuer, person("x1", preferred_username="admin", email="real@example.com"))
    browser.get("/stores")
    assert "Signed in as real@example.com" in browser.page.text and browser.get("/people").status == 403
    _, answer = go(open_platform, issuer, person("x2", preferred_username="admin", email="admin"))
    assert answer.status == 422


def test_an_answer_counts_for_its_own_attempt_only(platform, issuer):
    invite(platform, "jane", "jane@example.com")
    browser, visitor = platform.browser(), Visitor(issuer)
    query = visitor.sign_in(start(browser), person("jane"))
    fields = dict(urllib.parse.parse_qsl(query))
    # Another browser, to which somebody sends the address (login CSRF).
    for other in (platform.browser(), platform.browser("member")):
        answer = other.get("/sign-in/oidc/callback?" + query)
        assert answer.status == 422 and "another attempt" in other.page.text
    stranger = platform.browser()
    start(stranger)
    assert stranger.get("/sign-in/oidc/callback?" + query).status == 422
    for wrong in ({**fields, "state": "0" * 64}, {**fields, "state": ""}, {**fields, "iss": "http://evil.example"},
                  {**fields, "code": "x"}, {**fields, "code": ""}, {"state": fields["state"], "error": "access_denied"}):
        assert browser.get("/sign-in/oidc/callback?" + urllib.parse.urlencode(wrong)).status == 422
        assert "sw_session" not in browser.cookies
    # A second attempt makes the first one's answer worthless.
    start(browser)
    assert browser.get("/sign-in/oidc/callback?" + query).status == 422
    query = visitor.sign_in(start(browser), person("jane"))
    kept = dict(browser.cookies)
    assert browser.get("/sign-in/oidc/callback?" + query).status == 303
    browser.cookies = kept
    assert browser.get("/sign-in/oidc/callback?" + query).status == 422, "a code works once"


def test_the_question_is_as_it_should_be(platform, issuer):
    browser = platform.browser()
    first, second = (dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(start(browser)).query)) for _ in range(2))
    assert first["response_type"] == "code" and first["code_challenge_method"] == "S256"
    assert first["redirect_uri"] == CALLBACK and "openid" in first["scope"].split()
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43 and first[name] != second[name]
    assert len({first["state"], first["nonce"], browser.cookies["sw_visit"]}) == 3
    browser.get("/sign-in")
    assert browser.page.one("a", id="oidc")["href"] == "/sign-in/oidc" and "Sign in with Example" in browser.page.text


def test_a_provider_that_is_away(tmp_path):
    platform = make(tmp_path, "http://localhost:1")
    browser = platform.browser()
    answer = browser.get("/sign-in/oidc")
    assert answer.status == 503 and "cannot be asked now" in browser.page.text
    assert "localhost:1" not in answer.text and "localhost:1" in platform.log_text()
    browser.sign_in("member")  # the password still serves
    end(platform)


def test_without_a_provider_there_is_no_such_page(tmp_path):
    platform = make_platform(tmp_path).start()
    browser = platform.browser()
    for target in ("/sign-in/oidc", "/sign-in/oidc/callback?code=x&state=y"):
        assert browser.get(target).status == 404
    browser.get("/sign-in")
    assert not browser.page.all("a", id="oidc")
    end(platform)
