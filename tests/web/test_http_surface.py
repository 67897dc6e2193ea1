"""Requests as hypothesis makes them up, from the route table and from nothing: whatever comes, the answer is one of ours and
the program goes on."""

import urllib.parse

import pytest
from attack import RANK, ROUTES, Attacker, fill
from conftest import FORM, end, make_platform
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

STATUSES = {200, 303, 304, 400, 401, 403, 404, 405, 409, 413, 415, 421, 422, 429, 503}
LATIN = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=80)
BYTES = st.binary(max_size=300)
PART = st.one_of(st.just("own-shop"), st.text(max_size=70), BYTES.map(lambda b: b.decode("latin-1")))
TARGETS = st.one_of(
    st.tuples(st.sampled_from(ROUTES or [None]), PART).map(lambda t: fill(t[0].pattern, t[1])),
    LATIN.map(lambda s: "/" + s),
    LATIN,
)
QUERIES = st.one_of(st.just(""), LATIN.map("?{}".format), st.dictionaries(st.text(max_size=20), st.text(max_size=60)).map(lambda d: "?" + urllib.parse.urlencode(d)))
NAMES = ["COOKIE", "HOST", "ORIGIN", "SEC_FETCH_SITE", "IF_NONE_MATCH", "USER_AGENT", "X_FORWARDED_FOR", "REFERER", "ACCEPT", "X"]
HEADERS = st.dictionaries(st.sampled_from(NAMES).map("HTTP_{}".format), LATIN.map(lambda s: s.encode("latin-1")), max_size=4)
BODIES = st.one_of(BYTES, st.dictionaries(st.text(max_size=20), st.text(max_size=60)).map(lambda d: urllib.parse.urlencode(d).encode()))
METHODS = st.one_of(st.sampled_from(["GET", "POST", "HEAD", "PUT", "OPTIONS"]), st.text("ABCxyz-", max_size=12))


@pytest.fixture(scope="module")
def actors(tmp_path_factory):
    platform = make_platform(tmp_path_factory.mktemp("surface")).start()
    accounts = dict(platform.seed.query("SELECT name, id FROM account"))
    platform.seed.store("own-shop", owner="member")
    yield {"none": Attacker(platform, "none", None)} | {n: Attacker(platform, n, accounts[n]) for n in ("viewer", "member", "admin")}
    end(platform)


@settings(max_examples=400, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(method=METHODS, target=TARGETS, query=QUERIES, headers=HEADERS, body=BODIES, role=st.sampled_from(sorted(RANK)), kind=st.sampled_from([FORM, "text/plain", ""]))
def test_any_request(actors, method, target, query, headers, body, role, kind):
    target = (target + query).encode("utf-8", "surrogateescape").replace(b"\0", b"%00")
    params = headers | {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
    answer = actors[role].send(method, target, body=body, **params)
    assert answer.status in STATUSES
    assert answer.header("X-Content-Type-Options") == "nosniff" and "default-src 'none'" in answer.header("Content-Security-Policy")
    assert (answer.header("Location") or "/").startswith("/") and not (answer.header("Location") or "").startswith("//")
    if method == "HEAD" or answer.status == 304:
        assert answer.body == b""
    answer.body.decode("utf-8")
