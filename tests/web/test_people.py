"""Inviting, looking after accounts, and what each person does with their own."""

import re

import pytest
from conftest import PASSWORD, end, make_platform

WORDS = "some good words of mine"
OTHER_WORDS = "other good words of mine"


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """Tests here lock people out: not the platform that other modules share."""
    platform = make_platform(tmp_path_factory.mktemp("people")).start()
    yield platform
    end(platform)


def id_of(platform, name):
    return platform.seed.query("SELECT id FROM account WHERE name = ?", name)[0][0]


def link_of(browser):
    """The path and query of the one-time link on the page."""
    url = re.search(r'id="link-url">([^<]*)<', browser.answer_text).group(1).replace("&amp;", "&")
    assert url.startswith("http://localhost:8080/link?token=")
    return url.removeprefix("http://localhost:8080")


def invite(platform, name, role="member"):
    admin = platform.browser("admin")
    answer = admin.post("/invite", {"name": name, "role": role})
    assert answer.status == 200, admin.page.text
    admin.answer_text = answer.text
    return link_of(admin)


def choose(platform, link, password=WORDS, again=None):
    """Opens the link as a stranger and sends its form."""
    stranger = platform.browser()
    answer = stranger.get(link)
    if answer.status != 200:
        return answer, stranger
    fields = {"token": stranger.page.value("token"), "password": password, "again": again or password}
    return stranger.post("/link", fields, csrf=stranger.page.value("csrf")), stranger


def test_from_the_invitation_to_the_first_page(platform):
    link = invite(platform, "carla")
    answer, stranger = choose(platform, link)
    assert answer.status == 303 and answer.header("Location") == "/sign-in?done=chosen"
    stranger.get("/sign-in?done=chosen")
    assert "Your password is set." in stranger.page.text
    stranger.sign_in("carla", WORDS)
    stranger.get("/stores")
    assert "Signed in as carla" in stranger.page.text
    assert choose(platform, link)[0].status == 404, "it works once"
    assert "carla" not in choose(platform, link)[0].text


def test_a_refused_password_leaves_the_link(platform):
    link = invite(platform, "dora")
    for password, again, why in (("short", "short", "at least 15 characters"), (WORDS, OTHER_WORDS, "not what you typed"),
                                 ("passwordpassword", "passwordpassword", "guessed")):
        answer, stranger = choose(platform, link, password, again)
        assert answer.status == 422 and why in stranger.page.text
        assert password not in answer.text
    assert choose(platform, link)[0].status == 303


def test_the_token_is_written_nowhere(platform):
    link = invite(platform, "emil")
    token = link.split("=")[1]
    choose(platform, link, "short")
    choose(platform, link, "short", "other")
    kept = platform.log.read_bytes() + b"".join(p.read_bytes() for p in platform.folder.glob("storewright.db*"))
    assert token.encode() not in kept and bytes.fromhex(token) not in kept


@pytest.mark.parametrize("query", ["", "?token=", "?token=" + "0" * 64, "?token=%27", "?token=" + "a" * 3000])
def test_what_is_no_link(platform, query):
    browser = platform.browser()
    assert browser.get("/link" + query).status == 404
    assert "ask for a new one" in browser.page.text


def test_invitations_that_are_refused(platform):
    admin = platform.browser("admin")
    for fields, why, status in (({"name": "", "role": "member"}, "Enter a name", 422),
                                ({"name": "ADMIN", "role": "member"}, "already", 409),
                                ({"name": "x", "role": "owner"}, "Choose the role", 422),
                                ({"name": "x", "role": "none"}, "Choose the role", 422),
                                ({"name": "a" * 65, "role": "member"}, "at most 64", 422)):
        assert admin.post("/invite", fields).status == status
        assert why in admin.page.text and admin.page.value("name") == fields["name"]
    assert platform.seed.query("SELECT count(*) FROM account WHERE name = 'x'") == [(0,)]


def test_a_hostile_name_is_only_text(platform):
    name = "<b onclick='x'>&\"{{x}}"
    invite(platform, name)
    admin = platform.browser("admin")
    for target in ("/people", f"/people/{id_of(platform, name)}", "/audit"):
        answer = admin.get(target)
        assert name in admin.page.text and "<b onclick" not in answer.text


def test_withdraw(platform):
    link = invite(platform, "gone")
    person = id_of(platform, "gone")
    admin = platform.browser("admin")
    assert admin.post(f"/people/{person}/withdraw", {}).header("Location") == "/people?done=withdrawn"
    assert choose(platform, link)[0].status == 404
    assert admin.get(f"/people/{person}").status == 404
    assert admin.post(f"/people/{id_of(platform, 'member')}/withdraw", {}).status == 409
    assert "is in use" in admin.page.text


def test_the_last_admin_stays(platform):
    admin, person = platform.browser("admin"), id_of(platform, "admin")
    for action, fields in (("role", {"role": "viewer"}), ("disable", {})):
        assert admin.post(f"/people/{person}/{action}", fields).status == 409
        assert "last administrator" in admin.page.text
    assert platform.seed.query("SELECT role, disabled_at FROM account WHERE name = 'admin'") == [("admin", None)]


def test_a_role_holds_at_once(platform):
    admin, viewer = platform.browser("admin"), platform.browser("viewer")
    assert viewer.get("/new-store").status == 403
    person = id_of(platform, "viewer")
    assert admin.post(f"/people/{person}/role", {"role": "member"}).status == 303
    assert viewer.get("/new-store").status == 200
    admin.post(f"/people/{person}/role", {"role": "viewer"})
    assert viewer.get("/new-store").status == 403
    assert admin.post(f"/people/{person}/role", {"role": "root"}).status == 400


def test_locked_out_at_once(platform):
    admin, other = platform.browser("admin"), platform.browser("other")
    person = id_of(platform, "other")
    assert admin.post(f"/people/{person}/disable", {}).status == 303
    assert other.get("/stores").status == 303
    assert platform.browser().post("/sign-in", {"name": "other", "password": PASSWORD, "next": ""}).status == 422
    admin.post(f"/people/{person}/enable", {})
    other = platform.browser("other")
    assert admin.post(f"/people/{person}/sign-out", {}).status == 303
    assert other.get("/stores").status == 303


def test_a_reset_by_link(platform):
    link = invite(platform, "felix")
    choose(platform, link)
    felix = platform.browser().sign_in("felix", WORDS)
    admin = platform.browser("admin")
    admin.answer_text = admin.post(f"/people/{id_of(platform, 'felix')}/link", {}).text
    assert felix.get("/stores").status == 200
    assert choose(platform, link_of(admin), OTHER_WORDS)[0].status == 303
    assert felix.get("/stores").status == 303, "every session has ended"
    platform.browser().sign_in("felix", OTHER_WORDS)


def test_ones_own_sessions(platform):
    here, there, other = platform.browser("member"), platform.browser("member"), platform.browser("viewer")
    here.get("/account")
    assert "This one" in here.page.text
    ends = [a["action"] for a in here.page.all("form") if a["action"].endswith("/end")]
    assert ends
    assert other.post(ends[0], {}).status == 404, "somebody else's session is none of one's own"
    assert there.get("/stores").status == 200
    for action in ends:
        assert here.post(action, {}).status == 303
    assert there.get("/stores").status == 303 and here.get("/stores").status == 200
    assert here.post("/account/sign-out-everywhere", {}).header("Location") == "/sign-in?done=everywhere"
    assert "sw_session" not in here.cookies


def test_ones_own_password(platform):
    choose(platform, invite(platform, "greta"))
    here, there = platform.browser().sign_in("greta", WORDS), platform.browser().sign_in("greta", WORDS)
    def change(old, new, again=None):
        return here.post("/account/password", {"old": old, "password": new, "again": again or new})
    for old, new, again, why in (("wrong", OTHER_WORDS, None, "not your present password"),
                                 (WORDS, "short", None, "at least 15"),
                                 (WORDS, OTHER_WORDS, WORDS, "not what you typed")):
        assert change(old, new, again).status == 422 and why in here.page.text
    assert change(WORDS, OTHER_WORDS).header("Location") == "/account?done=password"
    assert here.get("/stores").status == 200 and there.get("/stores").status == 303
    platform.browser().sign_in("greta", OTHER_WORDS)


def test_a_viewer_reads_what_is_shared(platform):
    platform.seed.store("shared-shop")
    platform.seed.store("private-shop")
    member, viewer, other = (platform.browser(name) for name in ("member", "viewer", "other"))
    assert viewer.get("/stores/shared-shop").status == 404
    assert member.post("/stores/shared-shop/share", {"reader": "nobody-here"}).status == 422
    assert "Nobody who could read it" in member.page.text and member.page.value("reader") == "nobody-here"
    assert other.post("/stores/shared-shop/share", {"reader": "other"}).status == 404
    assert member.post("/stores/shared-shop/share", {"reader": " Viewer "}).status == 303
    member.get("/stores/shared-shop")
    assert "viewer" in member.page.text
    viewer.get("/stores")
    assert "shared-shop" in viewer.page.text and "private-shop" not in viewer.page.text
    assert viewer.get("/stores/shared-shop").status == 200
    assert viewer.get("/fragments/stores/shared-shop").status == 200
    assert not [a for a in viewer.page.all("form")], "nothing to press"
    assert viewer.get("/stores/private-shop").status == 404
    for action in ("retry", "credentials", "delete", "share", "unshare"):
        assert viewer.post(f"/stores/shared-shop/{action}", {}).status == 403
    # A member who reads is no owner either.
    assert member.post("/stores/shared-shop/share", {"reader": "other"}).status == 303
    for action, fields in (("retry", {}), ("credentials", {}), ("delete", {"confirm_id": "shared-shop"}),
                           ("share", {"reader": "viewer"}), ("unshare", {"reader": "viewer"})):
        assert other.post(f"/stores/shared-shop/{action}", fields).status == 403
    assert other.get("/stores/shared-shop/delete").status == 403
    assert member.post("/stores/shared-shop/unshare", {"reader": "viewer"}).status == 303
    assert viewer.get("/stores/shared-shop").status == 404
    assert viewer.get("/stores").status == 200 and "shared-shop" not in viewer.page.text
