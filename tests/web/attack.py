"""Attackers: every route of the program's own table, by every role, with whatever a class of attacks tries, against stores
and people of somebody else. A case is one request; it got through if it changed or showed what it must not."""

import collections
import hashlib
import re
import secrets
import subprocess
import time
import urllib.parse

import fcgi_client
import page_check
from conftest import BUILD, DASHBOARD, FORM

RANK = {"none": 0, "viewer": 1, "member": 2, "admin": 3}
Route = collections.namedtuple("Route", "method pattern role kind csrf")
GOOD = {"engine": "medusa", "plan": "small", "title": "T", "admin_email": "a@example.com", "currency": "eur", "country": "de",
        "role": "viewer", "sample_products": "on", "idempotency_key": ""}  # fmt: skip
# Of the hostile texts, as they would stand in a page if they were not escaped.
MARKS = ("<script>alert", "<img src=x", "href=\"javascript:", "action=\"javascript:", "<b>", "<html>x")
CANARY = "canary-4711"  # in everything of the victim's that is text


def routes():
    table = subprocess.run([DASHBOARD, "--routes"], capture_output=True, text=True, check=True).stdout
    return [Route(*line.split("\t")) for line in table.splitlines()[1:]]


ROUTES = routes() if DASHBOARD.exists() else []


class Tally:
    """Cases and what got through, by class; printed at the end."""

    def __init__(self):
        self.rows = {}

    def add(self, kind, route, role, failure=None):
        row = self.rows.setdefault(kind, {"cases": 0, "routes": set(), "roles": set(), "through": []})
        row["cases"] += 1
        row["routes"].add(f"{route.method} {route.pattern}" if isinstance(route, Route) else str(route))
        row["roles"].add(role)
        if failure:
            row["through"].append(f"{role} {route}: {failure}")

    def through(self, kind):
        return self.rows.get(kind, {"through": ["no case was tried"]})["through"]

    def table(self):
        lines = [f"{'class of attack':34}{'routes':>8}{'roles':>7}{'cases':>8}{'through':>9}"]
        for kind, row in sorted(self.rows.items()):
            lines.append(f"{kind:34}{len(row['routes']):8}{len(row['roles']):7}{row['cases']:8}{len(row['through']):9}")
        total = sum(r["cases"] for r in self.rows.values())
        lines.append(f"{'together':34}{'':15}{total:8}{sum(len(r['through']) for r in self.rows.values()):9}")
        return "\n".join(lines)


class Attacker:
    """One role with a session of its own, made as the program makes them. A session that the attack ended is made anew."""

    def __init__(self, platform, role, account):
        self.platform, self.role, self.account = platform, role, account
        self.token = None
        self.visits = 0

    def sign_in(self):
        self.token = secrets.token_hex(32)
        digest = hashlib.blake2b(self.token.encode(), digest_size=32).digest()
        now = int(time.time() * 1000)
        row = {"token_hash": digest, "account_id": self.account, "created_at": now, "last_seen_at": now, "expires_at": now + 86400000,
               "address": "192.0.2.1", "user_agent": "attacker"}  # fmt: skip
        marks = ", ".join("?" * len(row))
        self.platform.seed.query(f"INSERT INTO session ({', '.join(row)}) VALUES ({marks})", *row.values())

    def cookie(self):
        """The cookie of a session, or of a visit: both give forms their token."""
        if self.account and (not self.token or not self.is_alive()):
            self.sign_in()
        secret = self.token or "ab" * 32
        return secret, f"{'sw_session' if self.account else 'sw_visit'}={secret}"

    def is_alive(self):
        digest = hashlib.blake2b(self.token.encode(), digest_size=32).digest()
        return self.platform.seed.query("SELECT 1 FROM session WHERE token_hash = ?", digest) != []

    @staticmethod
    def csrf(secret):
        return hashlib.blake2b(b"storewright form token", key=bytes.fromhex(secret), digest_size=32).hexdigest()

    def send(self, method, target, fields=None, csrf=True, body=None, headers=None, **params):
        secret, cookie = self.cookie()
        given = {
            "REQUEST_METHOD": method, "REQUEST_URI": target, "HTTP_HOST": "localhost:8080", "HTTP_COOKIE": cookie,
            # Of a network of its own each time, so that what is tried is not only throttled.
            "REMOTE_ADDR": f"198.51.{self.visits >> 8 & 255}.{self.visits & 255}",
        }  # fmt: skip
        self.visits += 1
        if method == "POST":
            token = {"csrf": self.csrf(secret) if csrf is True else csrf} if csrf is not None else {}
            body = urllib.parse.urlencode(token | (fields or {}), errors="surrogateescape").encode() if body is None else body
            given |= {"CONTENT_TYPE": FORM, "CONTENT_LENGTH": str(len(body))}
        for name, value in (headers or {}).items():
            given["HTTP_" + name.upper().replace("-", "_")] = value
        return fcgi_client.request(self.platform.socket, given | params, body or b"")


class Target:
    """The platform, the victim, and what is known of the forms."""

    def __init__(self, platform):
        self.platform, self.seed = platform, platform.seed
        self.accounts = dict(self.seed.query("SELECT name, id FROM account"))
        self.victim = self.accounts["member"]
        self.uids = {}
        for status in ("ready", "failed", "provisioning", "deleting", "delete_failed", "degraded", "deleted"):
            name = f"v-{status.replace('_', '-')}"
            self.uids[name] = self.seed.store(name, owner="member", status=status, title=f"{CANARY} title", reason=f"{CANARY} reason")
        self.victim_session = Attacker(platform, "member", self.victim)
        self.victim_session.sign_in()
        self.attackers = [
            Attacker(platform, "none", None),
            Attacker(platform, "viewer", self.accounts["viewer"]),
            Attacker(platform, "member", self.accounts["other"]),
            Attacker(platform, "admin", self.accounts["admin"]),
        ]
        self.own = self.seed.store("own-shop", owner="other", status="ready")
        self.seed.query("INSERT INTO orphan (namespace, kind, store_uid, engine, owner, seen_at) VALUES ('stray', 'namespace', 'ab', 'medusa', '', 1)")
        self.make_people()
        for actor in self.attackers[1:]:  # a second session of each: one's own is not offered to be ended
            actor.sign_in()
            actor.sign_in()
        self.forms = self.crawl()

    def make_people(self):
        """One who is invited and one who is disabled, so that every form about people is on some page."""
        admin = self.attackers[-1]
        for name in ("invited", "disabled"):
            self.platform.add_user(name, "viewer")
        self.accounts = dict(self.seed.query("SELECT name, id FROM account"))
        admin.send("POST", f"/people/{self.accounts['disabled']}/disable")
        admin.send("POST", "/invite", {"name": "invitee", "role": "viewer"})
        self.seed.query("INSERT INTO store_share VALUES (?, ?, 1)", self.accounts["viewer"], self.own)
        self.accounts = dict(self.seed.query("SELECT name, id FROM account"))

    # What there is to aim at.

    def identifiers(self):
        """Whatever names something of the victim's."""
        sessions = self.seed.query("SELECT hex(token_hash) FROM session WHERE account_id = ?", self.victim)
        return [*self.uids, next(iter(self.uids.values())), "member", str(self.victim), sessions[0][0].lower()[:16], sessions[0][0].lower()]

    def crawl(self):
        """The fields of every form that posts, by its route, as found on the pages of those who may see them."""
        found = {}
        for actor in [self.victim_session, *self.attackers]:
            for path in self.pages():
                answer = actor.send("GET", path)
                if answer.status != 200 or not (answer.header("Content-Type") or "").startswith("text/html"):
                    continue
                for action, fields in forms_of(answer.text):
                    route = match(action)
                    if route:
                        found.setdefault(route, set()).update(fields)
        return found

    def pages(self):
        for route in ROUTES:
            if route.method != "GET":
                continue
            for part in [*self.uids, "own-shop", "stray", *map(str, self.accounts.values())] if "{" in route.pattern else [""]:
                yield fill(route.pattern, part)

    def fields(self, route):
        """Of a form that no page shows now, all that there are."""
        return sorted(self.forms.get(route) or set().union(*self.forms.values()))

    # What must stay as it is.

    def state(self):
        """Every row that is the victim's, in whatever table: by its owner where it has one, else by a store it is of."""
        mine = {*self.uids.values()}
        state = {}
        for (table,) in self.seed.query("SELECT name FROM sqlite_schema WHERE type = 'table'"):
            if table in ("audit", "sign_in_failure", "revision", "sqlite_sequence", "condition"):
                continue
            columns = [c[1] for c in self.seed.query(f"PRAGMA table_info({table})")]
            for row in self.seed.query(f"SELECT * FROM {table}"):
                named = dict(zip(columns, row))
                owner = named["id"] if table == "account" else named.get("owner_id", named.get("account_id"))
                # Anyone may share a store of their own with the victim.
                by_store = owner is None or table == "store_share"
                if mine & {v for v in row if isinstance(v, str)} if by_store else owner == self.victim:
                    named.pop("last_seen_at", None)
                    state[table, row[0], row[1] if len(row) > 1 else None] = named
        return state

    # What an answer must be.

    def fault(self, answer, payload=None, may_see=False):
        """What is wrong with an answer, whoever asked; None: nothing."""
        if answer.status >= 500 and answer.status != 503:
            return f"status {answer.status}"
        location = answer.header("Location")
        if location and (not location.startswith("/") or location.startswith("//") or "\\" in location):
            return f"sends away to {location!r}"
        if answer.status == 200 and "frame-ancestors 'none'" not in (answer.header("Content-Security-Policy") or ""):
            return "may be framed"
        names = [name.lower() for name, _ in answer.headers]
        if any(n.startswith("x-injected") for n in names) or len(answer.all_headers("Content-Type")) > 1:
            return "a header was injected"
        text = answer.body.decode("utf-8", "strict") if answer.body else ""
        if not may_see and CANARY in text:
            return "shows what is the victim's"
        if payload and (answer.header("Content-Type") or "").startswith("text/html"):
            raw = [mark for mark in MARKS if mark in text]
            return f"{payload!r} became markup: {raw}" if raw else None
        return None

    def form(self, route, **given):
        """The form filled in as it should be, but for what is given."""
        return {f: GOOD.get(f, "x") for f in self.fields(route)} | given


def fill(pattern, part):
    return re.sub(r"\{[^}]*\}", lambda _: urllib.parse.quote(part, safe=""), pattern)


def match(action):
    path = action.split("?")[0]
    for route in ROUTES:
        if route.method == "POST" and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", route.pattern), path):
            return route
    return None


def forms_of(text):
    """(action, names of its fields) of the forms that post."""
    action, fields = None, set()
    for tag, a in page_check.Page(text).elements:
        if tag == "form":
            if action:
                yield action, fields
            action, fields = (a.get("action"), set()) if a.get("method") == "post" else (None, set())
        if tag in ("input", "select", "textarea") and action and a.get("name") not in (None, "csrf"):
            fields.add(a["name"])
    if action:
        yield action, fields



BUILD_TABLE = BUILD / "attacks.txt"
