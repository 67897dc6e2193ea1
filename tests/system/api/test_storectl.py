"""Every argument of storectl, wrong in every way: the exit status and the message tell what is wrong and what is allowed, and
nothing is changed."""

import subprocess

import pytest
from harness import BUILD

USAGE, DATAERR, NOINPUT, TEMPFAIL = 64, 65, 66, 75

BAD_IDS = {
    "": "Enter a store ID",
    "a": "has 2 to 40 characters; this one has 1",
    "a" * 41: "this one has 41",
    "a" * 4000: "this one has 4000",
    "My-shop": '"M" is not allowed',
    "my_shop": '"_" is not allowed',
    "my.shop": '"." is not allowed',
    "my shop": "character 3 is something else",
    "my-shöp": "character 6 is something else",
    "shop\n": "character 5 is something else",
    "shop;reboot": '";" is not allowed',
    "$(reboot)": '"$" is not allowed',
    "../../etc": '"." is not allowed',
    "1shop": "begins with a letter",
    "shop-": "ends with a letter or a digit",
    "xn--shp-0na": '"xn--shp-0na" is reserved',
    "default": '"default" is reserved',
    "kube-system": '"kube-system" is reserved',
    "kube-anything": '"kube-anything" is reserved',
    "www": '"www" is reserved',
    "admin": '"admin" is reserved',
    "localhost": '"localhost" is reserved',
}


@pytest.fixture
def unchanged(platform):
    """After the test there is no store and no operation."""
    yield
    assert platform.sql("SELECT * FROM store") == []
    assert platform.sql("SELECT * FROM operation") == []
    assert not (platform.dir / "reconcile.log").exists(), "nobody was woken"


@pytest.mark.parametrize("store", BAD_IDS, ids=lambda s: repr(s[:20]))
def test_store_id(platform, unchanged, store):
    r = platform.storectl("create", "--engine", "medusa", "--", store, check=False)
    assert r.returncode == DATAERR
    assert r.stderr.startswith("storectl: id: ") and BAD_IDS[store] in r.stderr
    assert r.stdout == ""


@pytest.mark.parametrize("store", [b"shop\xff", b"\xc3\x28abc"])
def test_store_id_in_broken_encoding(platform, unchanged, store):
    argv = [str(BUILD / "cli/storectl").encode(), b"create", b"--engine", b"medusa", b"--", store]
    r = subprocess.run(argv, env=platform.env, capture_output=True, check=False)
    assert r.returncode == DATAERR
    assert b"is something else" in r.stderr
    r.stderr.decode("utf-8")


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--engine", "", 'Choose the engine from the list; "" is not in it'),
        ("--engine", "shopify", '"shopify" is not in it'),
        ("--engine", "../../x", '"../../x" is not in it'),
        ("--engine", "Medusa", '"Medusa" is not in it'),
        ("--plan", "huge", '"huge" is not in it'),
        ("--plan", "", "Choose the plan"),
        ("--currency", "xyz", '"xyz" is not in it'),
        ("--currency", "EUR ", '"EUR " is not in it'),
        ("--country", "zz", '"zz" is not in it'),
        ("--country", "x" * 500, "Choose the country"),
        ("--title", "", "Enter a title"),
        ("--title", "t" * 121, "at most 120 characters; this one has 121"),
        ("--title", "a\nb", "a control character"),
        ("--title", "\x1b[31m", "a control character"),
        ("--admin-email", "", "Enter the e-mail address"),
        ("--admin-email", "nobody", "not an e-mail address"),
        ("--admin-email", "a@b", "not an e-mail address"),
        ("--admin-email", "a b@example.com", "not an e-mail address"),
        ("--admin-email", "a" * 65 + "@example.com", "not an e-mail address"),
        ("--admin-email", "a@" + "b" * 300 + ".com", "not an e-mail address"),
        ("--admin-email", "a@example.com,b@example.com", "not an e-mail address"),
        ("--key", "short", "key is not valid"),
        ("--key", "k" * 65, "key is not valid"),
        ("--key", "sixteen letters!", "key is not valid"),
    ],
)
def test_options_of_create(platform, unchanged, option, value, words):
    r = platform.storectl("create", "my-shop", "--engine", "medusa", option, value, check=False)
    assert r.returncode == DATAERR
    assert words in r.stderr


def test_all_faults_at_once(platform, unchanged):
    argv = ["--engine", "x", "--plan", "y", "--title", "", "--admin-email", "z", "--currency", "q", "--country", "w"]
    r = platform.storectl("create", "A", *argv, check=False)
    fields = [line.split(": ")[1] for line in r.stderr.splitlines()]
    assert sorted(fields) == ["admin_email", "country", "currency", "engine", "id", "plan", "title"]


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["nonsense"],
        ["create"],
        ["create", "a-shop", "b-shop", "--engine", "medusa"],
        ["create", "a-shop", "--engine"],
        ["create", "a-shop", "--no-such-option"],
        ["delete"],
        ["list", "too", "many"],
        ["user"],
        ["user", "nonsense"],
        ["user", "add"],
        ["--as"],
    ],
    ids=" ".join,
)
def test_usage(platform, unchanged, argv):
    r = platform.storectl(*argv, check=False)
    assert r.returncode == USAGE
    assert "storectl" in r.stderr and r.stdout == ""


def test_create_needs_an_engine(platform, unchanged):
    r = platform.storectl("create", "my-shop", check=False)
    assert r.returncode == DATAERR and "storectl: engine: Choose the engine" in r.stderr


def test_help(platform, unchanged):
    r = platform.storectl("--help")
    assert "storectl create ID --engine ENGINE" in r.stdout and r.stderr == ""


@pytest.mark.parametrize("argv", [["show"], ["follow"], ["credentials"], ["retry"], ["delete", "--confirm", "no-such"]])
def test_no_such_store(platform, unchanged, argv):
    r = platform.storectl(argv[0], "no-such", *argv[1:], check=False)
    assert r.returncode == NOINPUT and "no-such" in r.stderr


def test_as_nobody(platform, unchanged):
    r = platform.storectl("--as", "nobody", "create", "my-shop", "--engine", "medusa", check=False)
    assert r.returncode == NOINPUT and "nobody" in r.stderr


def test_list_of_a_wrong_status(platform, unchanged):
    r = platform.storectl("list", "--status", "happy", check=False)
    assert r.returncode == DATAERR and '"happy" is no status' in r.stderr


@pytest.mark.parametrize("confirm", [None, "", "my-shop2", "MY-SHOP"])
def test_delete_must_be_confirmed(platform, confirm):
    platform.configure(reconcile="/nonexistent/reconcile")
    platform.create("my-shop")
    before = platform.row("my-shop")
    more = [] if confirm is None else ["--confirm", confirm]
    r = platform.storectl("delete", "my-shop", *more, check=False)
    assert r.returncode == DATAERR and "my-shop" in r.stderr
    assert platform.row("my-shop") == before


def test_retry_of_what_has_not_failed(platform):
    platform.configure(reconcile="/nonexistent/reconcile")
    platform.create("my-shop")
    r = platform.storectl("retry", "my-shop", check=False)
    assert r.returncode == 1 and 'nothing of "my-shop" has failed: its status is requested' in r.stderr


def test_duplicate(platform):
    platform.configure(reconcile="/nonexistent/reconcile")
    platform.create("my-shop")
    r = platform.storectl("create", "my-shop", "--engine", "medusa", check=False)
    assert r.returncode == 1 and 'There is a store "my-shop" already; choose another ID.' in r.stderr
    assert len(platform.sql("SELECT * FROM store")) == 1


@pytest.mark.parametrize(
    ("argv", "stdin", "words"),
    [
        (["ann", "--role", "king", "--generate"], None, "admin, member or viewer"),
        (["ann", "--role", "none", "--generate"], None, "admin, member or viewer"),
        (["ann", "--generate"], None, "admin, member or viewer"),
        (["ann", "--role", "viewer"], None, "either --generate or --password-stdin"),
        (["ann", "--role", "viewer", "--generate", "--password-stdin"], "x\n", "either --generate or --password-stdin"),
        (["ann", "--role", "viewer", "--password-stdin"], "", "no password"),
        (["ann", "--role", "viewer", "--password-stdin"], "short\n", "at least 15 characters"),
        (["ann", "--role", "viewer", "--password-stdin"], "x" * 129 + "\n", "at most 128 characters"),
        (["ann", "--role", "viewer", "--password-stdin"], "x" * 5000 + "\n", "at most 128 characters"),
        (["ann-the-shopkeeper", "--role", "viewer", "--password-stdin"], "ann-the-shopkeeper\n", "not the account's name"),
        (["", "--role", "viewer", "--generate"], None, "Enter a name"),
        (["n" * 65, "--role", "viewer", "--generate"], None, "at most 64 characters"),
        ([" ann", "--role", "viewer", "--generate"], None, "begins nor ends with a space"),
        (["a\tnn", "--role", "viewer", "--generate"], None, "cannot be shown"),
    ],
)
def test_user_add(platform, argv, stdin, words):
    before = platform.sql("SELECT name FROM account")
    r = platform.storectl("user", "add", *argv, stdin=stdin or "", check=False)
    assert r.returncode == DATAERR and words in r.stderr and r.stdout == ""
    assert platform.sql("SELECT name FROM account") == before


def test_user_who_exists(platform):
    r = platform.storectl("user", "add", "TESTER", "--role", "viewer", "--generate", check=False)
    assert r.returncode == 1 and "TESTER" in r.stderr and r.stdout == ""


def test_password_of_nobody(platform):
    r = platform.storectl("user", "password", "nobody", "--generate", check=False)
    assert r.returncode == NOINPUT and "nobody" in r.stderr and r.stdout == ""


def test_generated_password_signs_in(platform):
    password = platform.storectl("user", "add", "ann", "--role", "member", "--generate").stdout.strip()
    assert len(password) == 20
    platform.browser(sign_in=False).sign_in("ann", password)


def test_list_and_show(platform):
    platform.configure(reconcile="/nonexistent/reconcile")
    for name in ("first-shop", "second-shop"):
        platform.create(name, "--title", 'Ma & Pa\'s "Shop"')
    lines = platform.storectl("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["second-shop", "first-shop"]
    assert platform.storectl("list", "--search", "second").stdout.startswith("second-shop")
    assert platform.storectl("list", "--status", "ready").stdout == ""
    assert "first-shop: requested" in platform.storectl("show", "first-shop").stdout


def test_images_build(platform, unchanged):
    """It becomes the script of the tree that ./up ran in, with the zip's whole path; without a tree it says so."""
    r = platform.storectl("images", "build", "woocommerce", check=False)
    assert r.returncode == DATAERR and "source_tree" in r.stderr
    tree, zip_file = platform.dir / "tree", platform.dir / "it's a.zip"
    (tree / "deploy").mkdir(parents=True)
    platform.configure(source_tree=tree)
    r = platform.storectl("images", "build", "woocommerce", check=False)
    assert r.returncode == NOINPUT and str(tree / "deploy/images") in r.stderr
    script = tree / "deploy/images"
    script.write_text('#!/bin/sh\necho "$@" "${WOOCOMMERCE_ZIP:-no zip}"\nexit 69\n', encoding="utf-8")
    script.chmod(0o755)
    r = platform.storectl("images", "build", "woocommerce", "--zip", zip_file, check=False)
    assert r.returncode == NOINPUT and str(zip_file) in r.stderr
    zip_file.touch()
    r = platform.storectl("images", "build", "woocommerce", "--zip", zip_file, check=False)
    assert (r.returncode, r.stdout) == (69, f"woocommerce {zip_file}\n")
    assert platform.storectl("images", "build", "a b", check=False).stdout == "a b no zip\n"
