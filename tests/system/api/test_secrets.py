"""A store's secrets are in its Secret and nowhere else: not in arguments, environments, logs, files, SQLite, pages, events or
the values that helm keeps."""

import base64
import json
import pathlib
import threading
import time

import pytest
from harness import wait
from harness.platform import PASSWORD

PUBLIC = {"admin-email"}


class ProcessWatcher:
    """Arguments and environments of all processes, looked at again and again."""

    def __init__(self):
        self.seen, self._stop = set(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *args):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.is_set():
            for entry in pathlib.Path("/proc").iterdir():
                if entry.name.isdigit():
                    self._look(entry)
            time.sleep(0.01)

    def _look(self, entry):
        for name in ("cmdline", "environ"):
            try:
                self.seen.add((entry / name).read_bytes())
            except OSError:
                pass  # it has ended


def secrets_of(kube, store):
    found = kube.secret(store, "storewright-credentials")
    assert {"database-password", "jwt-secret", "cookie-secret", "publishable-key", "admin-password"} <= set(found)
    return {k: v for k, v in found.items() if k not in PUBLIC}


def holders(secrets, texts):
    """Which of the texts (name → bytes) hold a secret, plainly or in base64."""
    needles = {k: v.encode() for k, v in secrets.items()}
    needles |= {f"{k} in base64": base64.b64encode(v) for k, v in needles.items()}
    return [(name, k) for name, text in texts.items() for k, v in needles.items() if v in text]


def files_of(platform):
    return {str(f): f.read_bytes() for f in platform.dir.rglob("*") if f.is_file()}


@pytest.fixture
def told(platform, shops, kubelet, shop, kube):
    """A READY store, what processes were seen meanwhile, and its secrets."""
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    browser = platform.browser()
    with ProcessWatcher() as watcher:
        form = {"id": shop, "title": "T", "admin_email": "me@example.com"}
        assert browser.post("/new-store", form).status == 303
        platform.wait_status(shop, "ready")
    return browser, watcher, secrets_of(kube, shop)


def test_nowhere_else(platform, told, kube, shop):
    browser, watcher, secrets = told
    assert any(b"--install" in argv for argv in watcher.seen), "helm was not seen: the test would prove nothing"
    assert not holders(secrets, {repr(text[:200]): text for text in watcher.seen})
    pages = ["/stores", f"/stores/{shop}", "/fragments/stores", f"/fragments/stores/{shop}", f"/stores/{shop}/delete"]
    texts = {path: browser.get(path).body.encode() for path in pages}
    texts["storectl show"] = platform.storectl("show", shop, "--json").stdout.encode()
    assert not holders(secrets, texts)
    assert not holders(secrets, files_of(platform))
    (release,) = kube.releases(shop)
    assert "medusa" in json.dumps(release["config"])
    assert not holders(secrets, {"config": json.dumps(release["config"]).encode(), "chart": json.dumps(release["chart"]).encode()})
    events = kube.items(f"/api/v1/namespaces/{shop}/events")
    assert not holders(secrets, {"events": json.dumps(events).encode()})


def test_shown_when_asked_and_then_only(platform, told, kube, shop):
    browser, _, secrets = told
    page = browser.post(f"/stores/{shop}/credentials", {}, form=f"/stores/{shop}")
    assert page.status == 200
    assert page.text("credentials-email") == "me@example.com"
    assert page.text("credentials-password") == secrets["admin-password"]
    assert "no-store" in page.headers["Cache-Control"]
    others = {k: v for k, v in secrets.items() if k != "admin-password"}
    assert not holders(others, {"page": page.body.encode()})
    r = platform.storectl("credentials", shop)
    assert r.stdout == f"me@example.com\n{secrets['admin-password']}\n"
    assert not holders(secrets, files_of(platform))
    audit = platform.sql("SELECT actor, object, result FROM audit WHERE action LIKE '%credentials%'")
    assert audit == [{"actor": "tester", "object": shop, "result": "ok"}] * 2


def test_the_platform_keeps_no_password(platform, told):
    browser, watcher, _ = told
    token = next(v for k, v in browser.cookies.items() if "session" in k)
    assert not holders({"password": PASSWORD, "session": token}, files_of(platform))
    assert not holders({"password": PASSWORD, "session": token}, {repr(t[:200]): t for t in watcher.seen})


def test_files_are_private(platform, told):
    wait("the log", (platform.dir / "reconcile.log").exists)
    for name in ("storewright.db", "storewright.db-wal", "reconcile.log"):
        mode = (platform.dir / name).stat().st_mode & 0o777
        assert mode & 0o007 == 0, f"{name} has mode {mode:o}"
