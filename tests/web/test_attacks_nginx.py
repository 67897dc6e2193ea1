"""Attacks on the way in: the real nginx with the configuration that ./up installs."""

import os
import signal
import socket
import time

import pytest
from attack import ROUTES, Attacker, fill
from conftest import end, make_platform
from nginx_front import Front


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    platform = make_platform(tmp_path_factory.mktemp("behind-nginx"), trusted_proxies="127.0.0.1")
    front = Front(platform)
    yield front
    front.stop()


def test_every_route_is_reached_and_protected(front):
    """The same table through the web server: no route is served by anything else, each answer has its headers."""
    for route in ROUTES:
        answer = front.get(fill(route.pattern, "x"), method=route.method).decode("latin-1")
        assert "X-Request-Id: " in answer and "frame-ancestors 'none'" in answer, (route, answer[:300])


def test_what_nginx_says_by_itself_is_protected_too(front):
    for answer in (front.get("/static/app.css"), front.get("/static/none"), front.get("/sign-in", method="POST", body=b"a" * 70000)):
        text = answer.decode("latin-1")
        assert "nosniff" in text and "default-src 'none'" in text, text[:300]
        assert "Server: nginx\r\n" in text, "with no version"


@pytest.mark.parametrize("path", ["/static/../deploy/lib.sh", "/static/..%2fdeploy/lib.sh", "/static/%2e%2e/README.md", "/static/..;/README.md",
                                  "/static//../../etc/passwd", "/static/.git/config", "/static/", "/static", "/README.md", "/nginx.conf"])  # fmt: skip
def test_files_are_only_static_ones(front, path):
    answer = front.get(path)
    assert int(answer.split()[1]) in (303, 400, 403, 404), answer[:200]
    assert b"shellcheck" not in answer and b"root:" not in answer and b"Storewright" not in answer.split(b"\r\n\r\n")[0]


FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", {421}),
        (b"GET / HTTP/1.0\r\n\r\n", {421}),
        (b"GET / HTTP/1.1\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", {400}),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n", {303, 400, 421}),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nab=cd", {400}),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"Content-Length: -1\r\n\r\n", {400}),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"Content-Length: 70000\r\n\r\n", {413}),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40000 + b"\r\n\r\n", {400, 414, 431}),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", {414}),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(3000)) + b"\r\n", {400, 431}),
        (b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", {405}),
        (b"CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n", {400, 405}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n", {0, 400}),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: none\r\nCookie: " + b"a=b; " * 3000 + b"\r\n\r\n", {400, 413}),
    ],
    ids=lambda v: repr(v[:50]) if isinstance(v, bytes) else None,
)
def test_malformed_requests(front, request_, statuses):
    assert front.status(request_) in statuses


def test_10000_fields(front):
    body = "&".join(f"a{n}=" for n in range(10000)).encode()[:64000]
    assert front.get("/sign-in", method="POST", body=body).split()[1] == b"413"


def test_slow_senders_hold_up_nobody(front):
    """Two hundred that never finish their headers or their bodies: nginx waits for them, no program does."""
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"Content-Length: 60000\r\n\r\na="
    slow = [front.connect() for _ in range(200)]
    try:
        for n, s in enumerate(slow):
            s.sendall(head if n % 2 else head[:40])
        for path in ("/sign-in", "/healthz", "/static/app.css"):
            assert front.get(path).split()[1] == b"200"
        assert b"sw_visit" in front.get("/sign-in")
    finally:
        for s in slow:
            s.close()


def test_guessing_passwords_holds_up_no_page(front):
    """With the processes that hash stopped altogether, as if they were all at it, everything else goes on; and who has waited
    too long for them is told so."""
    os.kill(front.passwords.pid, signal.SIGSTOP)
    waiting = []
    try:
        for _ in range(80):
            s = front.connect()
            s.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + FORM + b"Content-Length: 9\r\n\r\nname=a&b=")
            waiting.append(s)
        for route in ROUTES:
            if route.kind != "password":
                assert int(front.get(fill(route.pattern, "x"), method=route.method).split()[1]) < 500, route
        answer = front.get("/sign-in", method="POST", body=b"name=a&b=")
        assert answer.split()[1] == b"503" and b"Retry-After: " in answer
    finally:
        os.kill(front.passwords.pid, signal.SIGCONT)
        for s in waiting:
            s.close()


@pytest.fixture
def silent_provider_front(tmp_path):
    """Behind it a dashboard whose identity provider takes connections and says nothing."""
    with socket.socket() as provider:
        provider.bind(("127.0.0.1", 0))
        provider.listen(16)
        issuer = f"http://127.0.0.1:{provider.getsockname()[1]}"
        front = Front(make_platform(tmp_path, oidc_issuer=issuer, oidc_client_id="storewright", dashboard_url="http://localhost"))
        yield front
        front.stop()


def test_a_silent_identity_provider_holds_up_no_page(silent_provider_front):
    front = silent_provider_front
    ask = b"GET /sign-in/oidc HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with front.connect() as first:
        first.sendall(ask)
        time.sleep(0.2)
        for _ in range(4):
            began = time.monotonic()
            answer = front.raw(ask)
            assert answer.split()[1] == b"503" and b"Retry-After: " in answer, "one at a time"
            assert front.get("/sign-in").split()[1] == b"200"
            assert time.monotonic() - began < 2
        began = time.monotonic()
        assert first.recv(65536).split()[1] == b"503"
        assert time.monotonic() - began < 6, "all questions to it share five seconds"


def test_every_form_with_a_password_goes_there(front):
    """A route whose form asks for a password is one that hashes it."""
    from attack import Target

    front.platform.start()
    forms = Target(front.platform).forms
    end(front.platform)
    asking = {r.pattern for r, fields in forms.items() if fields & {"password", "old", "again"}}
    assert asking and asking <= {r.pattern for r in ROUTES if r.kind == "password"}
    conf = (front.dir / "nginx.conf").read_text()
    assert all(pattern in conf for pattern in asking)


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"])
def test_the_throttle_is_not_fooled_by_headers(tmp_path, header):
    """Nobody in front is believed unless the configuration says so: each guess counts against who sent it."""
    platform = make_platform(tmp_path).start()
    nobody = Attacker(platform, "none", None)
    statuses = []
    for n in range(8):
        nobody.visits = 0  # one address
        fields = {"name": f"user{n}", "password": "wrong", "next": ""}
        statuses.append(nobody.send("POST", "/sign-in", fields, headers={header: f"203.0.113.{n}"}).status)
    assert statuses[0] == 422 and statuses[-1] == 429, statuses
    end(platform)


def test_a_proxy_that_is_believed_hides_nobody(front):
    """Behind a proxy of ours each visitor is themselves, whatever they put in front of what it adds."""
    def guess(claimed, n):
        jar = "ab" * 32
        body = f"csrf={Attacker.csrf(jar)}&name=user{n}&password=wrong&next=".encode()
        return int(front.get("/sign-in", f"Cookie: sw_visit={jar}", f"X-Forwarded-For: {claimed}", method="POST", body=body).split()[1])

    statuses = [guess(f"10.9.9.{n}, 203.0.113.50", n) for n in range(8)]
    assert statuses[0] == 422 and statuses[-1] == 429, statuses
    assert guess("203.0.113.51", 100) == 422, "another visitor of the same proxy"


def test_the_answer_to_a_name_is_as_slow_as_to_none(front):
    """Not timed here, since machines are not quiet: both do the same work, one hash. The figures are in tests/bench."""
    begin = time.monotonic()
    jar = "cd" * 32
    answers = set()
    for n, name in enumerate(("admin", "nobody-of-this-name")):
        body = f"csrf={Attacker.csrf(jar)}&name={name}&password=wrong+wrong+wrong&next=".encode()
        text = front.get("/sign-in", f"Cookie: sw_visit={jar}", f"X-Forwarded-For: 203.0.113.{90 + n}", method="POST", body=body).decode("latin-1")
        answers.add((text.split()[1], text.split("\r\n\r\n", 1)[1].replace(name, "*")))
    assert len(answers) == 1 and time.monotonic() > begin
