"""The real storefront on a real FastCGI socket, with a scripted Medusa behind it.

STOREWRIGHT_BUILD names the build directory (default: the root of the source tree)."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import urllib.parse

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "web"))

import fcgi_client  # noqa: E402
import page_check  # noqa: E402
from fake_medusa import KEY, Medusa  # noqa: E402

BUILD = pathlib.Path(os.environ.get("STOREWRIGHT_BUILD", ROOT)).resolve()
PROGRAM = BUILD / "storefront" / "storefront"
FORM = "application/x-www-form-urlencoded"
ADDRESS = {"email": "vera@example.com", "first_name": "Vera", "last_name": "Visitor", "address_1": "Main Street 1", "address_2": "",
           "postal_code": "10115", "city": "Berlin", "province": "", "country": "de", "phone": ""}
SHIRT = {"product": "shirt", "option-1": "S", "option-2": "Black", "quantity": "2"}


class Storefront:
    def __init__(self, folder, medusa, **environment):
        self.folder, self.medusa = folder, medusa
        self.socket, self.log = folder / "socket", folder / "log"
        (folder / "secrets").mkdir(exist_ok=True)
        (folder / "secrets" / "publishable-key").write_text(KEY + "\n")
        self.environment = {
            "PATH": "/usr/bin:/bin", "MEDUSA_URL": medusa.url, "STORE_URL": "http://shop.example", "STORE_TITLE": "Linden & <Co>",
            "STORE_COUNTRY": "DE", "SECRETS_DIR": str(folder / "secrets"), "STOREFRONT_SHARE": str(ROOT / "storefront"),
            "STOREWRIGHT_STRICT_TEMPLATES": "1", "STOREFRONT_THREADS": "8", **environment,
        }
        self.environment = {k: v for k, v in self.environment.items() if v is not None}

    def start(self):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(self.socket))
        listener.listen(128)
        with listener, self.log.open("ab") as log:
            self.process = subprocess.Popen([PROGRAM], stdin=listener, stdout=log, stderr=log, env=self.environment)
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=15)
        self.socket.unlink()
        return status

    def log_text(self):
        return self.log.read_text()

    def visitor(self):
        return Visitor(self)


class Visitor:
    """Keeps cookies, sends forms with their tokens, and checks each answer it gets."""

    def __init__(self, shop):
        self.shop, self.cookies, self.page, self.secure = shop, {}, None, shop.environment["STORE_URL"].startswith("https:")

    def send(self, method, target, body=b"", headers=None, **params):
        given = {"REQUEST_METHOD": method, "REQUEST_URI": target, "REMOTE_ADDR": "192.0.2.1", "HTTP_HOST": "shop.example"}
        if self.cookies:
            given["HTTP_COOKIE"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if method == "POST":
            given |= {"CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(len(body))}
        for name, value in (headers or {}).items():
            given["HTTP_" + name.upper().replace("-", "_")] = value
        answer = fcgi_client.request(self.shop.socket, given | params, body, timeout=15)
        self.take_cookies(answer)
        self.check(method, answer)
        return answer

    def take_cookies(self, answer):
        for line in answer.all_headers("Set-Cookie"):
            pair, *attributes = line.split("; ")
            assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(attributes), line
            name, _, value = pair.partition("=")
            assert ("Secure" in attributes) == name.startswith("__Host-") == self.secure, line
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    def check(self, method, answer):
        policy = answer.header("Content-Security-Policy")
        assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
        assert answer.header("X-Content-Type-Options") == "nosniff" and answer.header("X-Frame-Options") == "DENY"
        assert answer.header("Referrer-Policy") == "same-origin"
        assert answer.header("X-Request-Id")
        if answer.header("Location"):
            assert re.fullmatch(r"/[^/\\].*|/", answer.header("Location")), "a way out of the shop"
        self.page = None
        if method == "HEAD" or answer.status == 304:
            assert answer.body == b""
        elif (answer.header("Content-Type") or "").startswith("text/html") and answer.body:
            self.page = page_check.check(answer.text)

    def get(self, target, **more):
        return self.send("GET", target, **more)

    def post(self, target, fields, csrf=None, **more):
        if csrf is None:
            csrf = self.csrf()
        return self.send("POST", target, urllib.parse.urlencode({"csrf": csrf, **fields}).encode(), **more)

    def csrf(self):
        self.get("/order/find")
        return self.page.all("input", name="csrf")[0]["value"]

    # A purchase, step by step.

    def fill_cart(self, **changes):
        answer = self.post("/cart/add", SHIRT | changes)
        assert (answer.status, answer.header("Location")) == (303, "/cart?note=added"), answer.text
        return self

    def to_review(self):
        answer = self.post("/checkout", ADDRESS)
        assert (answer.status, answer.header("Location")) == (303, "/checkout/delivery"), answer.text
        answer = self.post("/checkout/delivery", {"delivery": "so_standard", "payment": "pp_system_default"})
        assert (answer.status, answer.header("Location")) == (303, "/checkout/review"), answer.text
        assert self.get("/checkout/review").status == 200
        return self

    def order_fields(self):
        page = self.page
        return {name: page.value(name) for name in ("csrf", "total")}

    def send_fields(self, target, fields):
        return self.send("POST", target, urllib.parse.urlencode(fields).encode())


@pytest.fixture(scope="session", autouse=True)
def program():
    assert PROGRAM.exists(), f"{PROGRAM} is not built; set STOREWRIGHT_BUILD"


@pytest.fixture
def medusa():
    medusa = Medusa()
    yield medusa
    medusa.stop()


@pytest.fixture
def new_shop(medusa, tmp_path):
    shops = []

    def make(**environment):
        folder = tmp_path / f"shop{len(shops)}"
        folder.mkdir()
        shop = Storefront(folder, medusa, **environment).start()
        shops.append(shop)
        return shop

    yield make
    medusa.done.set()
    for shop in shops:
        if shop.process.poll() is None:
            assert shop.stop() == 0, shop.log_text()
        text = shop.log_text()
        assert "Sanitizer" not in text and "runtime error" not in text, text


@pytest.fixture
def shop(new_shop):
    return new_shop()


@pytest.fixture
def visitor(shop):
    return shop.visitor()
