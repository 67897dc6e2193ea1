"""Limits, as the one who meets them and the admin who sets them see them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import end, make_platform
from test_people import id_of

NAMES = ("stores", "creations_per_hour", "provisioning", "small", "medium", "large")


@pytest.fixture
def platform(tmp_path):
    platform = make_platform(tmp_path, limit_stores=2, limit_large=0).start()
    yield platform
    end(platform)


def ask(browser, id, plan="small"):
    return browser.post("/new-store", {
        "id": id, "engine": "medusa", "plan": plan, "title": "A Shop", "admin_email": "me@example.com",
        "currency": "eur", "country": "de", "idempotency_key": f"key-{id:0>16}"})


def set_limits(platform, name, **limits):
    admin = platform.browser("admin")
    return admin, admin.post(f"/people/{id_of(platform, name)}/limits", {n: limits.get(n, "") for n in NAMES})


def test_the_limit_is_told_and_can_be_raised(platform):
    member = platform.browser("member")
    assert ask(member, "one").status == 303 and ask(member, "two").status == 303
    answer = ask(member, "three")
    assert answer.status == 429
    assert "You have 2 stores, and 2 is the most your account may have." in member.page.text
    assert "ask an administrator" in member.page.text
    assert member.page.value("id") == "three", "what was typed is there still"
    member.get("/new-store")
    assert "There is no room for another store now." in member.page.text
    member.get("/account")
    assert "2 of 2" in member.page.text
    admin, answer = set_limits(platform, "member", stores="3")
    assert answer.status == 303
    assert ask(member, "three").status == 303 and ask(member, "four").status == 429
    set_limits(platform, "member")
    assert ask(member, "four").status == 429 and "2 is the most" in member.page.text
    platform.seed.run(lambda db: db.execute("UPDATE store SET status = 'deleted' WHERE id IN ('one', 'two')"))
    assert ask(member, "four").status == 303
    assert platform.seed.query("SELECT count(*) FROM audit WHERE action = 'store.create' AND result = 'refused'") == [(3,)]


def test_a_plan_that_is_not_allowed(platform):
    member = platform.browser("member")
    assert ask(member, "big", "large").status == 429
    assert "may not have stores of the plan Large" in member.page.text
    assert ask(member, "big", "medium").status == 303
    admin = platform.browser("admin")
    assert ask(admin, "bigger", "large").status == 303, "admins are not bound"


def test_posts_at_the_same_time_do_not_pass_it(platform):
    browsers = [platform.browser("member") for _ in range(4)]
    tokens = [b.csrf() for b in browsers]

    def one(i):
        browser = browsers[i % 4]
        return browser.post("/new-store", {
            "id": f"shop-{i}", "engine": "medusa", "plan": "small", "title": "A Shop", "admin_email": "me@example.com",
            "currency": "eur", "country": "de", "idempotency_key": f"at-the-same-time-{i}"}, tokens[i % 4]).status

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(one, range(12)))
    assert statuses == [303] * 2 + [429] * 10
    assert platform.seed.query("SELECT count(*) FROM store") == [(2,)]


@pytest.mark.parametrize("bad", ["-1", "1.5", "many", "1000001", "1e3", "99999999999999999999"])
def test_a_limit_that_is_no_number(platform, bad):
    admin, answer = set_limits(platform, "member", stores="7", large=bad)
    assert answer.status == 422 and admin.page.value("large") == bad and admin.page.value("stores") == "7"
    assert platform.seed.query("SELECT count(*) FROM account_limit") == [(0,)]
