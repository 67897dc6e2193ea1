"""The audit log: pages, lines, storectl; recomputed here from what lib/store/audit.h says of it."""

import hashlib
import json
import re
import sqlite3
import subprocess

import pytest
from conftest import STORECTL, end, make_platform


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    platform = make_platform(folder, audit_anchors=folder / "anchors").start()
    member, admin = platform.browser("member"), platform.browser("admin")
    platform.seed.store("watched", status="failed")
    member.post("/stores/watched/retry", {})
    member.post("/stores/watched/credentials", {})
    platform.browser().post("/sign-in", {"name": "mallory", "password": "guessed", "next": ""}, REMOTE_ADDR="192.0.2.66")
    admin.post("/invite", {"name": "käthe \"k\" \\ <b>", "role": "viewer"})
    yield platform
    end(platform)


def storectl(platform, *argv, check=True):
    done = subprocess.run([STORECTL, *argv], env=platform.environment(), capture_output=True, text=True)
    assert done.returncode == 0 or not check, done.stderr
    return done


def fed(text):
    data = str(text).encode()
    return len(data).to_bytes(8, "big") + data


def check_chain(rows):
    before = "0" * 64
    for number, row in enumerate(rows, 1):
        assert row["id"] == number and row["previous"] == before
        parts = [fed(row[name]) for name in
                 ("id", "at", "account_id", "actor", "address", "action", "object", "result", "detail")]
        digest = hashlib.blake2b(bytes.fromhex(before) + b"".join(parts), digest_size=32).hexdigest()
        assert row["hash"] == digest
        before = digest


def test_the_lines_are_the_documented_chain(platform):
    rows = [json.loads(line) for line in storectl(platform, "audit", "export").stdout.splitlines()]
    assert len(rows) == platform.seed.query("SELECT count(*) FROM audit")[0][0]
    check_chain(rows)
    assert {"account.add", "session.sign-in", "store.retry", "store.credentials", "account.invite"} <= {
        r["action"] for r in rows}
    assert [r["address"] for r in rows if r["actor"] == "mallory"] == ["192.0.2.66"]


def test_the_download_is_the_same(platform):
    admin = platform.browser("admin")
    answer = admin.get("/audit.jsonl?after=0")
    assert answer.status == 200 and answer.header("Content-Type").startswith("application/jsonl")
    check_chain([json.loads(line) for line in answer.text.splitlines()])
    last = len(answer.text.splitlines())
    assert admin.get(f"/audit.jsonl?after={last}").text == ""
    assert admin.get("/audit.jsonl?after=x").status == 400


def numbers(page_text):
    return [int(n) for n in re.findall(r'id="row-(\d+)"', page_text)]


def test_the_page_and_its_filters(platform):
    admin = platform.browser("admin")
    everything = numbers(admin.get("/audit").text)
    assert everything == sorted(everything, reverse=True) and everything[-1] == 1
    for query, text in (("actor=Mallory", "Refused"), ("action=store.credentials", "Read credentials"),
                        ("object=watched", "Tried again"), ("result=refused", "mallory"), ("action=account", "Invited"),
                        ("from=2020-01-01&until=2099-12-31", "Signed in")):
        found = numbers(admin.get("/audit?" + query).text)
        assert 0 < len(found) <= len(everything) and text in admin.page.text
    for query in ("actor=nobody-such", "until=2020-01-01", "from=2099-01-01", "object=%27%20OR%201=1--"):
        admin.get("/audit?" + query)
        assert "No line of the log matches." in admin.page.text
    for query in ("from=today", "until=2026-13-45x", "older=0", "older=x", "older=3&newer=2", "actor=" + "a" * 300):
        assert admin.get("/audit?" + query).status == 400, query


def test_pages_of_the_page(platform):
    admin = platform.browser("admin")
    for _ in range(110):
        admin.post("/stores/none/retry", {})  # refused before anything: no line
    before = platform.seed.query("SELECT count(*) FROM audit")[0][0]
    platform.seed.store("busy", status="failed")
    for _ in range(120 - before):
        platform.seed.run(lambda db: db.execute("UPDATE store SET status = 'failed' WHERE id = 'busy'"))
        admin.post("/stores/busy/retry", {})
    first = numbers(admin.get("/audit").text)
    assert len(first) == 100
    older = admin.page.one("a", rel="next")["href"]
    second = numbers(admin.get(older).text)
    assert second[0] == first[-1] - 1 and second[-1] == 1
    assert numbers(admin.get(admin.page.one("a", rel="prev")["href"]).text) == first


def test_only_admins_read_it(platform):
    for name in ("member", "viewer"):
        browser = platform.browser(name)
        for target in ("/audit", "/audit.jsonl", "/people", "/invite"):
            answer = browser.get(target)
            assert answer.status == 403 and "mallory" not in answer.text


def test_verify_and_anchors(platform, tmp_path):
    """On a copy, which is then tampered with."""
    copy = tmp_path / "storewright.db"
    with sqlite3.connect(platform.database) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    config = tmp_path / "conf"
    config.write_text(platform.config.read_text().replace(str(platform.database), str(copy)).replace(
        str(platform.folder / "anchors"), str(tmp_path / "anchors")))
    env = platform.environment(STOREWRIGHT_CONFIG=str(config))

    def run(verb):
        return subprocess.run([STORECTL, "audit", verb], env=env, capture_output=True, text=True)

    assert "There is no anchor" in run("verify").stdout
    assert run("anchor").returncode == 0 and run("anchor").returncode == 0
    anchors = (tmp_path / "anchors").read_text().splitlines()
    assert len(anchors) == 1, "one for the same end"
    assert f"Anchored up to row {anchors[0].split()[0]}" in run("verify").stdout
    db = sqlite3.connect(copy, isolation_level=None)
    db.executescript("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_removed;")
    for tamper, why in (("UPDATE audit SET actor = 'alice' WHERE actor = 'mallory'", "was changed"),
                        ("DELETE FROM audit WHERE actor = 'mallory'", "is missing"),
                        ("DELETE FROM audit WHERE id > 3", "its end was cut off")):
        db.execute("BEGIN")
        db.execute(tamper)
        db.execute("COMMIT")
        done = run("verify")
        assert done.returncode == 1 and why in done.stderr, done
        if "cut off" in why:
            assert "cut off" in run("anchor").stderr, "nor is it anchored"
        db.executescript(f"ATTACH '{platform.database}' AS whole; DELETE FROM main.audit;"
                         "INSERT INTO main.audit SELECT * FROM whole.audit; DETACH whole;")
        assert run("verify").returncode == 0
    db.close()


def test_storectl_has_the_same_powers(platform):
    link = storectl(platform, "user", "invite", "zoe", "--role", "member").stdout.strip()
    assert re.fullmatch(r"/link\?token=[0-9a-f]{64}", link)
    storectl(platform, "user", "limits", "zoe", "--set", "stores=3,large=0")
    limits = json.loads(storectl(platform, "user", "limits", "zoe", "--set", "large=default", "--json").stdout)
    assert limits["stores"] == {"most": 3, "used": 0, "own": True} and not limits["large"]["own"]
    for verb in (("role", "zoe", "--role", "viewer"), ("disable", "zoe"), ("enable", "zoe"), ("link", "zoe"),
                 ("sign-out", "zoe"), ("withdraw", "zoe")):
        storectl(platform, "user", *verb)
    assert "zoe" not in storectl(platform, "user", "list").stdout
    platform.seed.store("given")
    storectl(platform, "share", "given", "--with", "viewer")
    assert platform.browser("viewer").get("/stores/given").status == 200
    storectl(platform, "unshare", "given", "--with", "viewer")
    for argv, why in ((("user", "limits", "member", "--set", "colour=1"), "no limit"),
                      (("user", "limits", "member", "--set", "stores=-1"), "neither a number"),
                      (("user", "role", "nobody", "--role", "admin"), "no account"),
                      (("user", "disable", "admin"), "last administrator"), (("share", "given"), "--with NAME")):
        done = storectl(platform, *argv, check=False)
        assert done.returncode != 0 and why in done.stderr
    listed = storectl(platform, "audit", "list", "--object", "zoe").stdout
    for action in ("account.invite", "account.limits", "account.role", "account.disable", "account.withdraw"):
        assert action in listed
