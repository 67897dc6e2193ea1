"""The admin sign-in of a store, read from an API server that answers as told."""

import base64
import http.server
import json
import threading

import pytest
from conftest import end, make_platform

PASSWORD = "s3cret<&>\"'pässword"


class ApiServer(http.server.ThreadingHTTPServer):
    """Answers GET by path out of a dict; what is not there is 404."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects = {}
        self.status = 200
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def store(self, id, uid, **data):
        self.objects[f"/api/v1/namespaces/{id}"] = {
            "kind": "Namespace", "metadata": {"name": id, "labels": {"storewright.io/uid": uid}}}
        self.objects[f"/api/v1/namespaces/{id}/secrets/storewright-credentials"] = {
            "kind": "Secret",
            "data": {k: base64.b64encode(v.encode()).decode() for k, v in data.items()}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        found = self.server.objects.get(self.path)
        status = self.server.status if found else 404
        body = json.dumps(found if status == 200 else {"kind": "Status", "message": "refused here"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def api(tmp_path):
    server = ApiServer()
    (tmp_path / "kubeconfig").write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "here",
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me"}}],
        "clusters": [{"name": "here", "cluster": {"server": "http://127.0.0.1:%d" % server.server_port}}],
        "users": [{"name": "me", "user": {}}],
    }))
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def platform(tmp_path, api):
    platform = make_platform(tmp_path, kubeconfig=tmp_path / "kubeconfig").start()
    yield platform
    end(platform)


def test_shown_once_and_kept_nowhere(platform, api):
    uid = platform.seed.store("shop-a")
    api.store("shop-a", uid, **{"admin-email": "owner@example.com", "admin-password": PASSWORD})
    browser = platform.browser("member")
    answer = browser.post("/stores/shop-a/credentials", {})
    assert answer.status == 200 and answer.header("Cache-Control") == "no-store"
    assert answer.header("ETag") is None
    assert PASSWORD in browser.page.text and "owner@example.com" in browser.page.text
    assert not browser.page.all("meta", http_equiv="refresh"), "a reload would send the form again"
    for target in ("/stores/shop-a", "/fragments/stores/shop-a", "/stores"):
        assert PASSWORD not in browser.get(target).text and PASSWORD not in browser.page.text
    assert platform.seed.query(
        "SELECT actor, result FROM audit WHERE action = 'store.credentials'") == [("member", "ok")]
    written = platform.log.read_bytes() + b"".join(
        p.read_bytes() for p in platform.folder.glob("storewright.db*"))
    assert PASSWORD.encode() not in written


def test_the_namespace_must_be_this_stores(platform, api):
    platform.seed.store("shop-b")
    api.store("shop-b", "0" * 20, **{"admin-email": "x@example.com", "admin-password": PASSWORD})
    browser = platform.browser("member")
    answer = browser.post("/stores/shop-b/credentials", {})
    assert answer.status == 503 and "s3cret" not in answer.text
    assert "does not belong to this store" in browser.page.text


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_an_api_server_that_refuses(platform, api, status):
    uid = platform.seed.store("shop-c")
    api.store("shop-c", uid, **{"admin-email": "x@example.com", "admin-password": PASSWORD})
    api.status = status
    browser = platform.browser("member")
    assert browser.post("/stores/shop-c/credentials", {}).status == 503
    assert "The credentials could not be read." in browser.page.text
    assert browser.get("/stores").status == 200, "the visitor is still signed in"


def test_a_secret_without_them(platform, api):
    uid = platform.seed.store("shop-d")
    api.store("shop-d", uid, **{"admin-email": "x@example.com"})
    assert platform.browser("member").post("/stores/shop-d/credentials", {}).status == 503


def test_only_the_owner_and_admins(platform, api):
    uid = platform.seed.store("shop-e")
    api.store("shop-e", uid, **{"admin-email": "x@example.com", "admin-password": PASSWORD})
    statuses = {}
    for role in ("admin", "member", "other", "viewer"):
        browser = platform.browser(role)
        csrf = browser.csrf() if role != "viewer" else "x"
        answer = browser.post("/stores/shop-e/credentials", {}, csrf)
        statuses[role] = answer.status
        assert ("s3cret" in answer.text) == (answer.status == 200)
    assert statuses == {"admin": 200, "member": 200, "other": 404, "viewer": 403}
