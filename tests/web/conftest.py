"""The real dashboard on a real FastCGI socket, with a database and a configuration of its own.

STOREWRIGHT_BUILD names the build directory (default: the root of the source tree)."""

import os
import pathlib
import signal
import socket
import subprocess
import urllib.parse

import fcgi_client
import page_check
import pytest
from seed import Seed

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("STOREWRIGHT_BUILD", ROOT)).resolve()
DASHBOARD = BUILD / "cgi" / "dashboard"
STORECTL = BUILD / "cli" / "storectl"
PASSWORD = "correct horse battery staple"
ROLES = ("admin", "member", "other", "viewer")  # "other" is a second member
FORM = "application/x-www-form-urlencoded"
PROTECTIONS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Platform:
    """A configured platform without a cluster, and its dashboard."""

    def __init__(self, folder, **settings):
        self.folder = folder
        self.config = folder / "storewright.conf"
        self.socket = folder / "socket"
        self.log = folder / "log"
        self.database = folder / "storewright.db"
        self.seed = Seed(self.database)
        self.process = None
        values = {
            "database": self.database, "run_dir": folder, "kubeconfig": folder / "no-kubeconfig",
            "helm": "/bin/false", "helm_home": folder, "chart": ROOT / "helm" / "store",
            "reconcile": "/bin/true", "templates": ROOT / "templates",
            "password_memory_mib": 8, "password_passes": 1,  # tests sign in a lot
            "limit_stores": 1000, "limit_creations_per_hour": 1000, "limit_provisioning": 1000, "limit_small": 1000,
        }
        values.update(settings)
        self.config.write_text("".join(f"{k} = {v}\n" for k, v in values.items()))

    def environment(self, **more):
        return {
            "PATH": "/usr/bin:/bin", "STOREWRIGHT_CONFIG": str(self.config),
            "ASAN_OPTIONS": "quarantine_size_mb=1",  # freed memory is not to look like a leak
            **more,
        }

    def add_user(self, name, role):
        subprocess.run(
            [STORECTL, "user", "add", name, "--role", role, "--password-stdin"],
            input=PASSWORD + "\n", text=True, check=True, env=self.environment(),
        )

    def start(self):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(self.socket))
        listener.listen(64)
        with listener, self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [DASHBOARD], stdin=listener, stdout=log, stderr=log,
                env=self.environment(STOREWRIGHT_STRICT_TEMPLATES="1"),
            )
        return self

    def stop(self):
        """Ends the dashboard as its supervisor would; gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=10)
        self.socket.unlink()
        return status

    def log_text(self):
        return self.log.read_text()

    def browser(self, role=None):
        browser = Browser(self)
        return browser.sign_in(role) if role else browser


class Browser:
    """Keeps cookies, sends forms with their tokens, and checks each answer it gets."""

    def __init__(self, platform):
        self.platform = platform
        self.cookies = {}
        self.page = None  # of the last whole page or fragment

    def send(self, method, target, body=b"", headers=None, **params):
        given = {
            "REQUEST_METHOD": method, "REQUEST_URI": target, "REMOTE_ADDR": "192.0.2.1",
            "HTTP_HOST": "localhost:8080", "HTTP_USER_AGENT": "tests",
        }
        if self.cookies:
            given["HTTP_COOKIE"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if method == "POST":
            given["CONTENT_TYPE"] = FORM
            given["CONTENT_LENGTH"] = str(len(body))
        for name, value in (headers or {}).items():
            given["HTTP_" + name.upper().replace("-", "_")] = value
        given.update(params)
        answer = fcgi_client.request(self.platform.socket, given, body)
        self.take_cookies(answer)
        self.check(method, answer, fragment=target.startswith("/fragments/"))
        return answer

    def take_cookies(self, answer):
        for line in answer.all_headers("Set-Cookie"):
            pair, *attributes = line.split("; ")
            assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(attributes), line
            name, _, value = pair.partition("=")
            if "Max-Age=0" in attributes:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    def check(self, method, answer, fragment):
        policy = answer.header("Content-Security-Policy")
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        for name, value in PROTECTIONS.items():
            assert answer.header(name) == value, name
        kept = answer.header("ETag") is not None
        assert answer.header("Cache-Control") == ("private, no-cache" if kept else "no-store")
        assert len(answer.header("X-Request-Id")) == 16
        self.page = None
        if method == "HEAD" or answer.status == 304:
            assert answer.body == b""
        elif (answer.header("Content-Type") or "").startswith("text/html") and answer.body:
            self.page = page_check.check(answer.text, whole=not fragment)

    def get(self, target, **more):
        return self.send("GET", target, **more)

    def post(self, target, fields, csrf=None, **more):
        """Sends a form; its token is taken from the page that has it unless csrf is given."""
        if csrf is None:
            csrf = self.csrf()
        body = urllib.parse.urlencode({"csrf": csrf, **fields}).encode()
        return self.send("POST", target, body, **more)

    def csrf(self):
        self.get("/account" if "sw_session" in self.cookies else "/sign-in")
        return self.page.all("input", name="csrf")[0]["value"]

    def sign_in(self, name, password=PASSWORD, next="", **more):
        answer = self.post("/sign-in", {"name": name, "password": password, "next": next}, **more)
        assert answer.status == 303, answer.text
        return self


@pytest.fixture(scope="session", autouse=True)
def programs():
    for program in (DASHBOARD, STORECTL):
        assert program.exists(), f"{program} is not built; set STOREWRIGHT_BUILD"


def make_platform(folder, **settings):
    platform = Platform(folder, **settings)
    for role in ROLES:
        platform.add_user(role, "member" if role == "other" else role)
    return platform


def end(platform):
    """Every test ends with this: the program was alive to the last, and ends when told to."""
    assert platform.process.poll() is None, platform.log_text()
    assert platform.stop() == 0, platform.log_text()
    assert "Sanitizer" not in platform.log_text() and "runtime error" not in platform.log_text()


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    platform = make_platform(tmp_path_factory.mktemp("platform")).start()
    yield platform
    end(platform)


@pytest.fixture
def fresh_platform(tmp_path):
    """One of its own for a test that breaks or fills it; not started yet."""
    platform = make_platform(tmp_path)
    yield platform
    if platform.process and platform.process.poll() is None:
        end(platform)


@pytest.fixture(scope="module")
def browsers(platform):
    """One signed-in browser for each role, and one that is nobody."""
    return {role: platform.browser(role) for role in ROLES} | {"none": platform.browser()}
