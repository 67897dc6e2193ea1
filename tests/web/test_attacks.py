"""Every class of attacks, on every route, by every role: see attack.py. Routes come from the program's own table and forms
from its pages, so a new one is attacked the day it is there. The table of counts is in BUILD/attacks.txt."""

import threading

import pytest
from attack import BUILD_TABLE, RANK, ROUTES, Attacker, Tally, Target, fill
from conftest import PASSWORD, end, make_platform

SHELL = ["; id", "$(id)", "`id`", "| id", "a\nid", "--post-renderer=/bin/sh", "-f/etc/passwd", "--set=a=b", "../../etc/passwd"]
HELM = ["a,b=c", "{a,b}", "a=b", "!!python/object", "{{ .Values }}", "${x}", "a: b\nc: d", "%{x}", "[0]"]
MARKUP = ["<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "javascript:alert(1)", "</title><img src=x>", "{{CSRF}}", "\u202e<b>"]
SQL = ["' OR 1=1 --", "\"; DROP TABLE store; --", "' UNION SELECT password_hash FROM account --", "%", "_", "\\"]
TRAVERSAL = ["../../../etc/passwd", "..%2f..%2fetc", "/etc/passwd", "....//....//etc", ".git/config", "static/../x", "con"]
HEADERS = ["a\r\nX-Injected: 1", "a\nSet-Cookie: sw_session=x", "a\r\n\r\n<html>"]
NAMESPACES = ["default", "kube-system", "kube-public", "storewright", "www", "dashboard", "localhost", "traefik"]
HOSTS = ["v-ready", "V-READY", "v-ready.", "*.localtest.me", "xn--80ak6aa92e", "sh\u00f6p", "a.b", "-a", "a-", "a" * 64, "v-ready\u0000"]
FIELDS = {
    "shell and arguments": SHELL, "helm values": HELM, "markup": MARKUP, "SQL": SQL, "path traversal": TRAVERSAL, "header injection": HEADERS,
    "namespace adoption": NAMESPACES, "host hijack": HOSTS,
}  # fmt: skip


CREATE = next((r for r in ROUTES if (r.method, r.pattern) == ("POST", "/new-store")), None)


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    platform = make_platform(tmp_path_factory.mktemp("attacked"))
    platform.start()
    yield Target(platform)
    end(platform)


@pytest.fixture(scope="module")
def tally():
    tally = Tally()
    yield tally
    BUILD_TABLE.write_text(tally.table() + "\n")
    print("\n" + tally.table())


def parts(route, others):
    return others if "{" in route.pattern else [""]


def verdict(tally, kind):
    through = tally.through(kind)
    assert not through, f"{len(through)} got through, such as {through[:5]}"


def may(actor, route):
    return RANK[actor.role] >= RANK[route.role]


def test_every_post_has_a_form_that_a_page_shows(target):
    """Else its fields would not be known, and the attacks below would only guess at them."""
    unknown = {r.pattern for r in ROUTES if r.method == "POST"} - {r.pattern for r in target.forms}
    assert unknown <= {"/link"}, "a form that no page shows to anybody here: let attack.Target make what it takes"


def test_foreign_objects(target, tally):
    """Somebody else's store, account or session by each of its names, in the path and in every field."""
    kind, before = "foreign objects", target.state()
    for route in ROUTES:
        for actor in target.attackers:
            if actor.role == "admin":
                continue  # may see and do everything
            for name in target.identifiers():
                answer = actor.send(route.method, fill(route.pattern, name), {}, csrf=True)
                tally.add(kind, route, actor.role, target.fault(answer))
                if route.method == "GET":
                    query = "?" + "&".join(f"{k}={name}" for k in ("id", "store", "owner", "account_id", "search", "token"))
                    answer = actor.send("GET", fill(route.pattern, name) + query)
                    # What was asked for comes back as it was typed, and is no secret of the victim's.
                    tally.add(kind, route, actor.role, target.fault(answer))
                    continue
                for field in target.fields(route) if may(actor, route) else []:
                    answer = actor.send("POST", fill(route.pattern, "own-shop"), target.form(route, **{field: name}))
                    tally.add(kind, route, actor.role, target.fault(answer))
        after = target.state()
        if after != before:
            changed = [k for k in before.keys() | after.keys() if before.get(k) != after.get(k)]
            tally.add(kind, route, "any", f"changed {changed}")
            before = after
    verdict(tally, kind)


def test_not_yours_is_not_there(target, tally):
    """The same answer, but for the name that was asked for."""
    kind = "probing for what exists"
    for route in ROUTES:
        if "{" not in route.pattern:
            continue
        for actor in target.attackers:
            if actor.role == "admin":
                continue
            answers = set()
            for name in ("v-ready", "v-failed", "q-ready", "q-failed"):
                a = actor.send(route.method, fill(route.pattern, name), {"confirm_id": name})
                own = {a.header("X-Request-Id"), name}
                text = a.text
                for word in own:
                    text = text.replace(word, "*")
                headers = tuple((k, v) for k, v in a.headers if k not in ("X-Request-Id", "Content-Length", "ETag", "Location"))
                answers.add((a.status, text, headers))
            tally.add(kind, route, actor.role, None if len(answers) == 1 else f"{len(answers)} different answers")
    verdict(tally, kind)


@pytest.mark.parametrize("kind", FIELDS)
def test_hostile_text(target, tally, kind):
    """In every field, in every path and query: nothing of others changes, nothing breaks, nothing becomes markup."""
    before = target.state()
    for route in ROUTES:
        for actor in target.attackers:
            # Who may not do it is sent away before anything is read; once is enough to see that.
            for payload in FIELDS[kind] if may(actor, route) else FIELDS[kind][:1]:
                sees = actor.role == "admin"
                for path in {fill(route.pattern, payload), fill(route.pattern, "own-shop") + "?search=" + fill("{}", payload)}:
                    answer = actor.send(route.method, path, {}, csrf=True if route.method == "POST" else None)
                    tally.add(kind, route, actor.role, target.fault(answer, payload, sees))
                if route.method != "POST" or not may(actor, route):
                    continue
                for field in target.fields(route):
                    given = {"id": f"s{actor.visits}"} if route.pattern == "/new-store" else {}
                    answer = actor.send("POST", fill(route.pattern, "own-shop"), target.form(route, **given | {field: payload}))
                    tally.add(kind, route, actor.role, target.fault(answer, payload, sees))
    assert target.state() == before
    verdict(tally, kind)


def test_hostile_text_that_was_kept(target, tally):
    """What was taken into the database, shown on every page to everyone who may see it."""
    kind = "markup that was stored"
    for n, payload in enumerate(MARKUP + HELM):
        target.seed.store(f"hostile-{n}", owner="other", title=payload, reason=payload, status="failed")
    agent = "<script>alert(2)</script>"
    target.attackers[2].send("POST", "/sign-in", {"name": "other", "password": "x"}, headers={"User-Agent": agent})
    for route in ROUTES:
        if route.method == "GET":
            for actor in target.attackers:
                for name in parts(route, [f"hostile-{n}" for n in range(len(MARKUP + HELM))]):
                    answer = actor.send("GET", fill(route.pattern, name))
                    tally.add(kind, route, actor.role, target.fault(answer, "stored", actor.role == "admin"))
    verdict(tally, kind)


def test_forged_forms(target, tally):
    """Without the token, with somebody else's, from another site: nothing at all changes."""
    kind = "CSRF"

    def everything():
        tables = [t for (t,) in target.seed.query("SELECT name FROM sqlite_schema WHERE type = 'table'") if t not in ("audit", "session", "sign_in_failure")]
        return {t: target.seed.query(f"SELECT * FROM {t}") for t in tables}

    other = Attacker.csrf("cd" * 32)
    tries = [
        {"csrf": None}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": other},
        {"headers": {"Origin": "http://evil.example"}}, {"headers": {"Origin": "null"}}, {"headers": {"Origin": "http://shop.localtest.me"}},
        {"headers": {"Sec-Fetch-Site": "cross-site"}}, {"headers": {"Sec-Fetch-Site": "same-site"}},
        {"CONTENT_TYPE": "text/plain"}, {"CONTENT_TYPE": "multipart/form-data; boundary=x"}, {"CONTENT_TYPE": "application/json"},
    ]  # fmt: skip
    for route in ROUTES:
        if route.method != "POST":
            continue
        for actor in [*target.attackers, target.victim_session]:
            before = everything()
            for how in tries:
                answer = actor.send("POST", fill(route.pattern, "own-shop"), target.form(route), **how)
                expected = (303, 401, 403, 404, 415) if not may(actor, route) else (403, 404, 415)
                tally.add(kind, route, actor.role, None if answer.status in expected else f"{how}: {answer.status}")
            tally.add(kind, route, actor.role, None if everything() == before else "something changed")
    verdict(tally, kind)


def test_frames_and_sniffing(target, tally):
    kind = "clickjacking and sniffing"
    for route in ROUTES:
        for actor in target.attackers:
            for method in {route.method, "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"}:
                a = actor.send(method, fill(route.pattern, "own-shop"), {}, csrf="x" if method == "POST" else None)
                policy = a.header("Content-Security-Policy") or ""
                missing = [w for w in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'") if w not in policy]
                right = not missing and "unsafe" not in policy and a.header("X-Content-Type-Options") == "nosniff" and a.header("Referrer-Policy")
                tally.add(kind, route, actor.role, None if right else f"{method}: {policy} {missing}")
    verdict(tally, kind)


def test_roles(target, tally):
    """Less than the row asks for is refused before anything is looked up."""
    kind = "roles"
    for route in ROUTES:
        for actor in target.attackers:
            for name in parts(route, ["v-ready", "own-shop", "nothing"]):
                a = actor.send(route.method, fill(route.pattern, name), {})
                wrong = not may(actor, route) and a.status not in ({303, 401} if actor.role == "none" else {403})
                wrong |= a.status == 303 and actor.role == "none" and RANK[route.role] > 0 and not a.header("Location").startswith("/sign-in")
                tally.add(kind, route, actor.role, f"status {a.status}" if wrong else None)
    verdict(tally, kind)


def test_names_that_are_not_ours(target, tally):
    """DNS rebinding: somebody's page whose name leads here."""
    kind = "foreign Host"
    hosts = ["evil.example", "", "localhost.evil.example", "v-ready.localtest.me", "localhost:8080@evil.example", "169.254.169.254", "a" * 300]
    for route in ROUTES:
        for actor in target.attackers:
            for host in hosts:
                a = actor.send(route.method, fill(route.pattern, "own-shop"), {}, HTTP_HOST=host)
                tally.add(kind, route, actor.role, None if a.status == 421 else f"{host!r}: {a.status}")
    verdict(tally, kind)


def test_tossed_and_planted_cookies(target, tally):
    """A store's page sets a Domain= cookie: it is beside the visitor's own, or alone."""
    kind = "cookie tossing and fixation"
    attacker = target.attackers[2]
    for route in ROUTES:
        for actor in target.attackers:
            secret, cookie = actor.cookie()
            attacker.cookie()
            tossed = [f"sw_session={attacker.token}; {cookie}", f"{cookie}; sw_session={attacker.token}", f"sw_session=; {cookie}",
                      f"sw_session=%00; {cookie}", f"__Host-sw_session={attacker.token}; {cookie}"]  # fmt: skip
            for header in tossed:
                a = actor.send(route.method, fill(route.pattern, "v-ready"), {}, HTTP_COOKIE=header)
                text = a.body.decode()
                donated = actor.role not in ("member",) and "Signed in as other" in text and actor.role != "none"
                tally.add(kind, route, actor.role, "another's session" if donated else target.fault(a, None, actor.role == "admin"))
    verdict(tally, kind)


def test_a_planted_session_is_never_taken_on(target, tally):
    """The token that was there before a sign-in is not the one after."""
    planted = "ab" * 32
    a = Attacker(target.platform, "none", None)
    answer = a.send("POST", "/sign-in", {"name": "invited", "password": PASSWORD, "next": ""},
                    HTTP_COOKIE=f"sw_visit={planted}; sw_session={planted}", csrf=Attacker.csrf(planted))  # fmt: skip
    given = [c for c in answer.all_headers("Set-Cookie") if c.startswith("sw_session=")]
    tally.add("cookie tossing and fixation", "POST /sign-in", "none", "kept" if not given or planted in given[0] else None)
    assert answer.status == 303 and given and planted not in given[0]
    verdict(tally, "cookie tossing and fixation")


def test_too_much(target, tally):
    """Oversize and malformed requests are refused at once, and the program goes on."""
    kind = "too much, and malformed"
    many = "&".join(f"f{n}=1" for n in range(10000))
    bodies = [b"a" * 70000, many.encode()[:60000], b"a=" + b"b" * 9000, b"%", b"a=%zz", b"a=%00", b"\xff\xfe", b"a&a", b"=", b"&" * 5000, b"{" * 60000]
    for route in ROUTES:
        for actor in target.attackers:
            path = fill(route.pattern, "own-shop")
            for body in bodies if route.method == "POST" else []:
                a = actor.send("POST", path, body=body)
                tally.add(kind, route, actor.role, None if a.status in (303, 401, 400, 403, 413) else f"{body[:10]}: {a.status}")
            for query in ("?" + many[:4000], "?" + "a" * 5000, "?a=%ff", "?a=1&a=2", "?" + "&" * 3000):
                a = actor.send(route.method, path + query, {}, csrf="x" if route.method == "POST" else None)
                tally.add(kind, route, actor.role, target.fault(a, None, actor.role == "admin"))
            for params in ({"HTTP_COOKIE": "a=b; " * 3000}, {"HTTP_USER_AGENT": "a" * 9000}, {"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "99999999999999999999"}):
                a = actor.send(route.method, path, {}, **params)
                tally.add(kind, route, actor.role, target.fault(a, None, actor.role == "admin"))
    verdict(tally, kind)


def test_no_secret_in_any_answer(target, tally):
    """Hashes of passwords and tokens are in the database and on no page, not even the admin's."""
    kind = "over-broad reads"
    hashes = [h for (h,) in target.seed.query("SELECT password_hash FROM account WHERE password_hash <> ''")]
    hashes += [h for (h,) in target.seed.query("SELECT lower(hex(token_hash)) FROM session WHERE account_id <> ?", target.victim)]
    for route in ROUTES:
        if route.method != "GET":
            continue
        for actor in target.attackers:
            for name in parts(route, ["own-shop", "v-ready", "other", "admin"]):
                text = actor.send("GET", fill(route.pattern, name)).body.decode()
                shown = [h for h in hashes if h in text] + ["argon2"] * ("$argon2" in text)
                tally.add(kind, route, actor.role, f"shows {shown[:1]}" if shown else None)
    verdict(tally, kind)


def at_once(actors_and_calls):
    """All requests at the same moment; their statuses."""
    start, statuses = threading.Barrier(len(actors_and_calls)), []

    def run(call):
        start.wait()
        statuses.append(call().status)

    threads = [threading.Thread(target=run, args=(call,)) for call in actors_and_calls]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return statuses


def test_races(target, tally):
    """The same ID twice, the same post to every route eight times at once: one of it, or none."""
    kind, actor = "races", target.attackers[2]
    actor.cookie()
    for n in range(5):
        statuses = at_once([lambda n=n: actor.send("POST", "/new-store", target.form(CREATE, id=f"race-{n}"))] * 8)
        stores = target.seed.query("SELECT count(*) FROM store WHERE id = ?", f"race-{n}")[0][0]
        tally.add(kind, "POST /new-store", actor.role, None if stores == 1 and statuses.count(303) == 1 else f"{stores} stores, {statuses}")
        both = at_once([lambda n=n: actor.send("POST", f"/stores/race-{n}/delete", {"confirm_id": f"race-{n}"})] * 4
                       + [lambda n=n: actor.send("POST", "/new-store", target.form(CREATE, id=f"race-{n}"))] * 4)  # fmt: skip
        # Deleted and asked for again, one after the other, in any order: one at most is to stay, each has one operation.
        living, staying = target.seed.query("SELECT count(*), sum(desired = 'present') FROM store WHERE id = ? AND status <> 'deleted'", f"race-{n}")[0]
        running = target.seed.query("SELECT count(*) FROM operation o JOIN store s ON s.uid = o.store_uid WHERE s.id = ? AND o.state IN ('queued', 'running')", f"race-{n}")[0][0]
        good = staying <= 1 and running == living
        tally.add(kind, "POST /stores/{id}/delete", actor.role, None if good else f"{living} living, {staying} to stay, {running} under way, {both}")
    before = target.state()
    for route in ROUTES:
        if route.method != "POST" or route.pattern in ("/sign-out", "/account/sign-out-everywhere"):
            continue
        for actor in target.attackers[:3]:
            actor.cookie()
            statuses = at_once([lambda: actor.send("POST", fill(route.pattern, "own-shop"), target.form(route))] * 4)
            tally.add(kind, route, actor.role, None if max(statuses) < 500 or set(s for s in statuses if s >= 500) == {503} else statuses)
    assert target.state() == before
    verdict(tally, kind)


def test_nobody_can_make_themselves_the_first(tmp_path, tally):
    """A platform without accounts: no route makes one. No secret is built in: what one platform gives is nothing to another."""
    kind = "takeover and built-in secrets"
    from conftest import Platform

    platform = Platform(tmp_path)
    platform.environment()
    import subprocess
    from conftest import STORECTL
    subprocess.run([STORECTL, "user", "list"], check=True, env=platform.environment(), capture_output=True)
    platform.start()
    nobody = Attacker(platform, "none", None)
    for route in ROUTES:
        for secret in ("", "storewright", "changeme", "0" * 64, "ab" * 32):
            a = nobody.send(route.method, fill(route.pattern, "x"), {"name": "admin", "password": "admin", "role": "admin", "token": secret},
                            HTTP_COOKIE=f"sw_session={secret}; sw_visit={'ab' * 32}")  # fmt: skip
            if RANK[route.role] > 0:
                fault = None if a.status in (303, 401, 403) else f"status {a.status}"
            else:
                fault = None if a.status < 500 and "sw_session=" + "" not in "".join(c for c in a.all_headers("Set-Cookie") if "Max-Age=0" not in c) else "a session"
            tally.add(kind, route, "none", fault)
    assert platform.seed.query("SELECT count(*) FROM account") == [(0,)]
    end(platform)
    verdict(tally, kind)
