"""The medusa image's setup: once, twice, killed, at once, and with everything that can be wrong."""

import json
import time

import pytest

COUNTS = """SELECT (SELECT count(*) FROM product), (SELECT count(*) FROM "user"),
    (SELECT count(*) FROM storewright.setup)"""


def test_second_setup_has_nothing_to_do(shop):
    shop.start_database()
    status, line = shop.setup()
    assert (status, line[:28]) == (0, "setup: the store is prepared")
    before = shop.query("SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM product p")
    status, line = shop.setup()
    assert (status, line[:20]) == (0, "setup: nothing to do")
    assert shop.query("SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM product p") == before


def test_waits_for_the_database(shop):
    container = shop.start_setup()
    time.sleep(1)
    shop.start_database()
    assert container.wait(60) == 0, container.output()


@pytest.mark.parametrize("delay", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0])
def test_heals_when_killed(shop, delay):
    shop.start_database()
    container = shop.start_setup()
    time.sleep(delay)
    container.stop("KILL")
    assert shop.setup()[0] == 0
    assert shop.query(COUNTS) == ["4|1|1"]


def test_three_at_once_prepare_it_once(shop):
    shop.start_database()
    setups = [shop.start_setup(f"setup{n}") for n in range(3)]
    assert [setup.wait(60) for setup in setups] == [0, 0, 0]
    outputs = [setup.output() for setup in setups]
    assert sum("the store is prepared" in output for output in outputs) == 1
    assert sum("nothing to do" in output for output in outputs) == 2
    assert shop.query(COUNTS) == ["4|1|1"]


def test_without_sample_products(shop):
    shop.start_database()
    assert shop.setup(STORE_SAMPLE_PRODUCTS="no")[0] == 0
    assert shop.query(COUNTS) == ["0|1|1"]
    assert shop.query("SELECT count(*) > 0 FROM shipping_option") == ["t"]


def test_any_currency_and_country(shop):
    shop.settings.update(STORE_CURRENCY="INR", STORE_COUNTRY="IN")
    shop.start_database()
    assert shop.setup()[0] == 0
    shop.serve()
    assert shop.region("inr")["name"] == "India"
    assert shop.order("inr", "in")["currency_code"] == "inr"
    # The regions of the template still sell.
    assert shop.order("usd", "us")["currency_code"] == "usd"


def test_migrates_a_database_of_an_older_version(shop):
    shop.start_database()
    assert shop.setup()[0] == 0
    shop.query("UPDATE storewright.setup SET version = '2.9.0'")
    # Setup has neither of these in the cluster.
    for name in ("jwt-secret", "cookie-secret"):
        (shop.secrets / name).unlink()
    status, line = shop.setup()
    assert (status, line[:28]) == (0, "setup: the store is migrated"), shop.containers[-1].output()
    assert shop.query("SELECT how FROM storewright.setup") == ["migrated from 2.9.0"]
    assert shop.setup()[1].startswith("setup: nothing to do")


def test_refuses_a_newer_database(shop):
    shop.start_database()
    assert shop.setup()[0] == 0
    shop.query("UPDATE storewright.setup SET version = '2.100.0'")
    status, line = shop.setup()
    assert status == 65
    assert "of Medusa 2.100.0" in line


def test_refuses_the_database_of_another_store(shop):
    shop.start_database()
    assert shop.setup()[0] == 0
    status, line = shop.setup(STORE_ID="other")
    assert status == 65
    assert "belongs to the store shop" in line


def test_refuses_a_database_with_tables_of_somebody_else(shop):
    shop.start_database()
    shop.query("CREATE TABLE mine (n int)")
    status, line = shop.setup()
    assert status == 65
    assert "tables that no setup" in line
    assert shop.query("SELECT to_regclass('product') IS NULL") == ["t"]


@pytest.mark.parametrize("changes, words", [
    ({"STORE_CURRENCY": "EURO"}, "STORE_CURRENCY is"),
    ({"STORE_CURRENCY": "zzz"}, "does not know as a currency"),
    ({"STORE_COUNTRY": "xx"}, "does not know as a country"),
    ({"STORE_URL": "shop.localtest.me"}, "STORE_URL is"),
    ({"STORE_SAMPLE_PRODUCTS": "maybe"}, "must be yes or no"),
    ({"STORE_ID": None}, "STORE_ID is not set"),
    ({"DATABASE_HOST": None}, "DATABASE_HOST is not set"),
    ({"SECRETS_DIR": "/nowhere"}, "cannot be read"),
])
def test_says_which_setting_is_wrong(shop, changes, words):
    shop.start_database()
    status, line = shop.setup(**changes)
    assert status == 64
    assert words in line
    assert shop.query("SELECT to_regclass('product') IS NULL") == ["t"]


def test_says_which_secret_is_wrong(shop):
    shop.start_database()
    (shop.secrets / "publishable-key").write_text("pk_short")
    status, line = shop.setup()
    assert status == 64
    assert "publishable-key" in line and "pk_short" not in line


def test_says_that_the_password_is_refused(shop):
    shop.start_database()
    (shop.secrets / "database-password").write_text("wrong")
    status, line = shop.setup()
    assert status == 69
    assert "refuses the password of user store" in line and "wrong" not in line


def test_two_stores_share_no_secret(shop, new_shop):
    seen = []
    for one in (shop, new_shop("second")):
        one.start_database()
        assert one.setup()[0] == 0
        rows = one.query("SELECT provider_metadata FROM provider_identity")
        seen.append({json.loads(rows[0])["password"],
                     one.query('SELECT id FROM "user"')[0],
                     one.query("SELECT token FROM api_key")[0],
                     one.query("SELECT rolpassword IS NULL FROM pg_roles WHERE rolname = 'store'")[0]})
        assert one.query("SELECT token FROM api_key") == [one.secret("publishable-key")]
        one.database.stop("INT")
    assert seen[0] & seen[1] == {"f"}
