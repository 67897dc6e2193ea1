"""The woocommerce image's setup: once, twice, killed, at once, and with everything that can be wrong."""

import html
import os
import time

import pytest

from container import until

COUNTS = """SELECT (SELECT count(*) FROM wp_posts WHERE post_type = 'product'), (SELECT count(*) FROM wp_users),
    (SELECT state FROM storewright_setup)"""
NOTHING = "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'wp\\_%'"

pytestmark = pytest.mark.usefixtures("woocommerce_image")


def test_second_setup_has_nothing_to_do(woo):
    woo.start_database()
    status, line = woo.setup()
    assert (status, line[:28]) == (0, "setup: the store is prepared"), woo.containers[-1].output()
    before = woo.dump()
    status, line = woo.setup()
    assert (status, line[:20]) == (0, "setup: nothing to do")
    assert woo.dump() == before
    assert (woo.folder / "uploads" / "products" / "mug.webp").exists()


def test_waits_for_the_database(woo):
    container = woo.start_setup()
    time.sleep(1)
    woo.start_database()
    assert container.wait(120) == 0, container.output()


@pytest.mark.parametrize("delay", [0.15, 0.3, 0.6, 0.9, 1.2, 1.6])
def test_heals_when_killed(woo, delay):
    woo.start_database()
    container = woo.start_setup()
    time.sleep(delay)
    container.stop("KILL")
    assert woo.setup()[0] == 0, woo.containers[-1].output()
    assert woo.query(COUNTS) == ["4\t1\tdone"]


def test_three_at_once_prepare_it_once(woo):
    woo.start_database()
    setups = [woo.start_setup(f"setup{n}") for n in range(3)]
    assert [setup.wait(180) for setup in setups] == [0, 0, 0]
    outputs = [setup.output() for setup in setups]
    assert sum("the store is prepared" in output for output in outputs) == 1
    assert sum("nothing to do" in output for output in outputs) == 2
    assert woo.query(COUNTS) == ["4\t1\tdone"]


def test_without_sample_products(woo):
    woo.start_database()
    assert woo.setup(STORE_SAMPLE_PRODUCTS="no")[0] == 0
    assert woo.query(COUNTS) == ["0\t1\tdone"]
    assert not (woo.folder / "uploads" / "products").exists()


def test_refuses_the_data_of_others(woo):
    woo.start_database()
    woo.query("CREATE TABLE mine (n int)")
    status, line = woo.setup()
    assert status == 65 and "tables that no setup" in line
    woo.query("DROP TABLE mine")
    assert woo.setup(STORE_UID="one")[0] == 0
    before = woo.dump()
    for changes, words in (({"STORE_ID": "other"}, "belongs to the store shop"),
                           ({"STORE_UID": "two"}, "belongs to an earlier store shop (uid one)")):
        status, line = woo.setup(**{"STORE_UID": "one", **changes})
        assert status == 65 and words in line
    assert woo.dump() == before
    woo.query("UPDATE storewright_setup SET shop = '99.0.0'")
    status, line = woo.setup(STORE_UID="one")
    assert status == 65 and "is of WooCommerce 99.0.0" in line
    assert woo.query(COUNTS) == ["4\t1\tdone"]


def test_a_cut_off_upgrade_is_taken_up(woo):
    """The same path as from an older release: WordPress is loaded, the updates are run, the marker says so."""
    woo.start_database()
    assert woo.setup()[0] == 0
    woo.query("UPDATE storewright_setup SET shop = '10.0.0', state = 'upgrading'")
    woo.query("REPLACE INTO wp_options (option_name, option_value, autoload) VALUES"
              " ('_transient_wc_installing', 'yes', 'off'), ('woocommerce_version', '10.0.0', 'on')")
    status, line = woo.setup()
    assert (status, line[:28]) == (0, "setup: the store is upgraded"), woo.containers[-1].output()
    assert woo.query("SELECT how FROM storewright_setup") == ["upgraded"]
    assert woo.query("SELECT option_value FROM wp_options WHERE option_name = 'woocommerce_version'") != ["10.0.0"]
    assert woo.setup()[1].startswith("setup: nothing to do")


WRONG = [
    ({"STORE_CURRENCY": "EURO"}, "STORE_CURRENCY is"),
    ({"STORE_CURRENCY": "zzz"}, "does not know as a currency"),
    ({"STORE_COUNTRY": "xx"}, "does not know as a country"),
    ({"STORE_URL": "shop.localtest.me"}, "STORE_URL is"),
    ({"STORE_TITLE": "a\nb"}, "line break"),
    ({"STORE_SAMPLE_PRODUCTS": "maybe"}, "must be yes or no"),
    ({"STORE_ID": None}, "STORE_ID is not set"),
    ({"SECRETS_DIR": "/nowhere"}, "cannot be read"),
]


def test_says_which_setting_is_wrong(woo):
    woo.start_database()
    for changes, words in WRONG:
        status, line = woo.setup(**changes)
        assert status == 64 and words in line
        assert woo.query(NOTHING) == ["0"], changes


def test_says_that_the_password_is_refused(woo):
    woo.start_database()
    (woo.secrets / "database-password").write_text("wrong")
    status, line = woo.setup()
    assert status == 69
    assert "refuses the password of user store" in line and "wrong" not in line


def test_two_stores_share_nothing_secret_and_nothing_of_the_template(woo, new_woo):
    identities = []
    for one in (woo, new_woo("second")):
        one.start_database()
        assert one.setup()[0] == 0
        dump = one.dump()
        for trace in ("template.invalid", "storewright-template", "tried.example", one.secret("admin-password"), one.secret("salt-seed")):
            assert trace not in dump, trace
        identities.append({*one.query("SELECT user_pass FROM wp_users"),
                           *one.query("SELECT option_value FROM wp_options WHERE option_name = 'woocommerce_store_id'")})
        one.database.stop("TERM")
    assert len(identities[0]) == 2 and not identities[0] & identities[1]


TITLES = ["Ma & Pa's \"Shop\"", "🛒 Läden", "x" * 200, "'; DROP TABLE wp_posts; --", "$(reboot) `id` %s %n", "<script>alert(1)</script>"]


def test_hostile_titles(woo):
    """As WordPress itself would have kept them; each in turn, in a database that is emptied again."""
    woo.start_database()
    for title in TITLES:
        assert woo.setup(STORE_TITLE=title)[0] == 0, woo.containers[-1].output()
        kept, = woo.query("SELECT option_value FROM wp_options WHERE option_name = 'blogname'")
        assert html.unescape(kept) == title and not set(kept) & set("<>\"'")
        assert "&apos;" not in kept, "WordPress does not know it"
        woo.query("UPDATE storewright_setup SET state = 'restoring'")


def test_an_emptied_database_is_no_installer(woo):
    """Were every table lost, visitors would be sent to WordPress's installer, which is not there."""
    woo.start_database()
    assert woo.setup()[0] == 0
    for table in ("wp_options", "wp_users", "wp_posts"):
        woo.query(f"DROP TABLE {table}")
    woo.serve(wait=False)
    until(lambda: woo.listens(8080), 30, "nginx")
    for path in ("/", "/wp-admin/", "/wp-login.php", "/wp-admin/install.php"):
        status, page, _ = woo.ask("GET", path)
        assert status != 200 and 'id="setup"' not in page, path
    assert woo.ask("GET", "/wp-admin/install.php")[0] == 404


def test_upgrade_from_an_older_release(woo):
    older = os.environ.get("STOREWRIGHT_OLDER_WOOCOMMERCE")
    if not older:
        pytest.skip("STOREWRIGHT_OLDER_WOOCOMMERCE names no image of an older release")
    new, woo.image = woo.image, older
    woo.start_database()
    assert woo.setup()[0] == 0
    woo.image = new
    status, line = woo.setup()
    assert (status, line[:28]) == (0, "setup: the store is upgraded"), woo.containers[-1].output()
    woo.serve()
    assert woo.order()["status"] == "processing"
