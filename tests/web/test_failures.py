"""What the dashboard does when what it stands on fails."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

import fcgi_client
import pytest
from conftest import DASHBOARD, ROOT


def run(platform, **environment):
    """Starts the program with a good socket, waits for its end; gives status and log."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("")  # an abstract address of the kernel's choice
        listener.listen()
        done = subprocess.run([DASHBOARD], stdin=listener, capture_output=True, text=True, timeout=20,
                              env=platform.environment(**environment))
    return done.returncode, done.stderr


def copy_templates(folder):
    """A folder of its own with templates/ and static/ in it."""
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copytree(ROOT / "static", folder / "static")
    return folder / "templates"


def test_busy_database(fresh_platform):
    platform = fresh_platform.start()
    browser = platform.browser("member")
    platform.seed.store("busy-shop", status="failed")
    csrf = browser.csrf()
    lock = sqlite3.connect(platform.database)
    lock.execute("BEGIN IMMEDIATE")
    try:
        answer = browser.post("/stores/busy-shop/retry", {}, csrf)
        assert answer.status == 503
        assert "The database cannot be used right now" in browser.page.text
        assert answer.header("Retry-After") == "5"
        assert answer.header("X-Request-Id") in browser.page.text
        assert browser.get("/stores").status == 200  # reading goes on
    finally:
        lock.rollback()
        lock.close()
    assert browser.post("/stores/busy-shop/retry", {}, csrf).status == 303
    assert f"request={answer.header('X-Request-Id')}" in platform.log_text()


def test_database_that_comes_later(fresh_platform):
    """Locked by somebody when the dashboard starts, and free again later."""
    lock = sqlite3.connect(fresh_platform.database)
    lock.execute("PRAGMA locking_mode = EXCLUSIVE")
    lock.execute("BEGIN EXCLUSIVE")
    platform = fresh_platform.start()
    browser = platform.browser()
    assert browser.get("/stores").status == 303
    answer = browser.get("/sign-in")
    assert answer.status == 503
    assert "The database cannot be used right now" in browser.page.text
    assert "locked" in browser.page.text
    lock.rollback()
    lock.close()
    assert browser.get("/healthz").status == 200
    browser.sign_in("member")


def test_newer_schema(fresh_platform):
    fresh_platform.seed.run(lambda db: db.execute("PRAGMA user_version = 9999"))
    status, log = run(fresh_platform)
    assert status == 1 and "newer" in log


def test_bad_templates_are_fatal_at_start(fresh_platform, tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    templates = copy_templates(folder)
    text = fresh_platform.config.read_text().replace(str(ROOT / "templates"), str(templates))
    fresh_platform.config.write_text(text)
    good = (templates / "error.tpl").read_text()
    for bad, word in ((good + "{{#OPEN}}", "does not parse"), (good.split("\n", 1)[1], "AUTOESCAPE")):
        (templates / "error.tpl").write_text(bad)
        status, log = run(fresh_platform)
        assert status == 1 and "error.tpl" in log and word in log
    shutil.rmtree(templates)
    assert run(fresh_platform)[0] == 1


def test_a_variable_nobody_set(fresh_platform, tmp_path):
    folder = tmp_path / "tree"
    folder.mkdir()
    templates = copy_templates(folder)
    text = fresh_platform.config.read_text().replace(str(ROOT / "templates"), str(templates))
    fresh_platform.config.write_text(text)
    page = templates / "stores.tpl"
    page.write_text(page.read_text().replace("<h1>Stores</h1>", "<h1>Stores {{GHOST}}</h1>"))
    browser = fresh_platform.start().browser("member")
    answer = browser.get("/stores")
    assert answer.status == 500 and "GHOST" not in answer.text
    assert "GHOST" in fresh_platform.log_text()
    assert answer.header("X-Request-Id") in answer.text


def test_bad_starts(fresh_platform):
    environment = fresh_platform.environment()
    done = subprocess.run([DASHBOARD], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environment, timeout=20)
    assert done.returncode == 1 and "listening socket" in done.stderr
    environment["STOREWRIGHT_CONFIG"] = "/nonexistent"
    done = subprocess.run([DASHBOARD], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environment, timeout=20)
    assert done.returncode == 1 and "/nonexistent" in done.stderr
    assert subprocess.run([DASHBOARD, "--none"], capture_output=True).returncode == 2


def test_ends_when_idle_at_once(fresh_platform):
    platform = fresh_platform.start()
    platform.browser().get("/sign-in")
    start = time.monotonic()
    assert platform.stop() == 0
    assert time.monotonic() - start < 2
    assert "dashboard ended" in platform.log_text()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGUSR1"])
def test_ends_by_every_signal_that_asks_for_it(fresh_platform, name):
    # multiwatch passes SIGTERM on; SIGUSR1 is FastCGI's own, which libfcgi would take for itself.
    platform = fresh_platform.start()
    assert platform.browser().get("/healthz").status == 200
    platform.process.send_signal(getattr(signal, name))
    assert platform.process.wait(timeout=5) == 0


def test_ends_after_the_request_under_way(fresh_platform):
    platform = fresh_platform.start()
    browser = platform.browser("member")
    platform.seed.store("slow-shop", status="failed")
    csrf = browser.csrf()
    lock = sqlite3.connect(platform.database, check_same_thread=False)
    lock.execute("BEGIN IMMEDIATE")
    import threading

    def let_go():
        time.sleep(0.5)
        platform.process.terminate()
        time.sleep(0.5)
        lock.rollback()

    thread = threading.Thread(target=let_go)
    thread.start()
    answer = browser.post("/stores/slow-shop/retry", {}, csrf)
    thread.join()
    lock.close()
    assert answer.status == 303
    assert platform.process.wait(timeout=10) == 0


@pytest.mark.parametrize("raw", [
    b"", b"\0" * 64, b"GET / HTTP/1.0\r\n\r\n", b"\xff" * 1000,
    fcgi_client.record(fcgi_client.PARAMS, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
    fcgi_client.record(fcgi_client.BEGIN_REQUEST, b"\0\1\0\0\0\0\0\0")[:9],
    fcgi_client.record(fcgi_client.BEGIN_REQUEST, b"\0\1\0\0\0\0\0\0")
    + fcgi_client.stream(fcgi_client.PARAMS, b"\x05"),
])
def test_broken_clients(platform, raw):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(platform.socket))
        sock.sendall(raw)
    assert platform.browser().get("/healthz").status == 200


def test_a_browser_that_goes_away(platform, browsers):
    params = {"REQUEST_METHOD": "GET", "REQUEST_URI": "/sign-in", "REMOTE_ADDR": "192.0.2.1"}
    for _ in range(20):
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(platform.socket))
            sock.sendall(fcgi_client.record(1, b"\0\1\0\0\0\0\0\0")
                         + fcgi_client.stream(fcgi_client.PARAMS, fcgi_client.encode_params(params))
                         + fcgi_client.stream(fcgi_client.STDIN, b""))
    assert browsers["member"].get("/stores").status == 200


def test_every_failure_is_one_line(platform, browsers):
    before = platform.log_text()
    answer = browsers["member"].get("/stores/none%22%20level=error%20x=")
    new = platform.log_text()[len(before):].splitlines()
    assert answer.status == 404 and len(new) == 1
    for part in (f"request={answer.header('X-Request-Id')}", "level=info", "status=404", "method=GET",
                 "address=192.0.2.1", "error=not-found", r'path="/stores/none\" level=error x="'):
        assert part in new[0]


def test_nothing_grows(platform, browsers):
    """Some thousand requests: no descriptor is left open and memory stays where it was."""
    def memory():
        status = (open(f"/proc/{platform.process.pid}/status").read())
        return int(status.split("VmRSS:")[1].split()[0])

    def descriptors():
        """The fewest of a moment: the last request's connection may not be closed yet."""
        def now():
            time.sleep(0.01)
            return len(os.listdir(f"/proc/{platform.process.pid}/fd"))
        return min(now() for _ in range(20))

    for _ in range(200):
        browsers["member"].get("/new-store")
    before = memory(), descriptors()
    for _ in range(500):
        browsers["member"].get("/new-store")
        browsers["member"].get("/stores")
    assert descriptors() == before[1]
    assert memory() - before[0] < 1024
