"""The postgres image by itself."""

import time

import pytest


def test_makes_database_and_role(shop):
    shop.start_database()
    assert shop.query("SELECT current_user, current_database()") == ["store|store"]
    assert shop.query("SHOW server_version_num")[0].startswith("17")
    assert shop.query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == ["f"]
    # Medusa's migrations need both.
    shop.query("CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent")


def test_runs_confined(shop):
    shop.start_database()
    assert shop.database.execute("id", "-u").stdout.strip() == "999"
    assert shop.database.execute("touch", "/etc/x", check=False).returncode != 0
    assert "CapEff:\t0000000000000000" in shop.database.execute("cat", "/proc/1/status").stdout


def test_takes_settings_as_arguments(shop):
    shop.start_database("-c", "work_mem=3MB")
    assert shop.query("SHOW work_mem") == ["3MB"]


def test_wants_the_password_from_the_network(shop):
    shop.start_database()
    with pytest.raises(RuntimeError, match="password authentication failed"):
        shop.query("SELECT 1", password="wrong")
    with pytest.raises(RuntimeError, match="password authentication failed"):
        shop.query("SELECT 1", user="postgres")


def test_keeps_data_and_takes_a_new_password(shop):
    shop.start_database()
    shop.query("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    shop.database.stop("INT")
    (shop.secrets / "database-password").write_text("another one")
    shop.start_database()
    assert shop.query("SELECT n FROM kept") == ["7"]
    with pytest.raises(RuntimeError):
        shop.query("SELECT 1", password="wrong")


def test_data_survives_a_kill(shop):
    shop.start_database()
    shop.query("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    shop.database.stop("KILL")
    shop.start_database()
    assert shop.query("SELECT n FROM kept") == ["7"]


@pytest.mark.parametrize("delay", [0.02, 0.05, 0.08, 0.11, 0.15, 0.2, 0.3])
def test_heals_when_killed_at_the_first_start(shop, delay):
    shop.start_database(wait=False)
    time.sleep(delay)
    shop.database.stop("KILL")
    shop.start_database()
    assert shop.query("SELECT current_user") == ["store"]
    assert not (shop.folder / "database" / "pgdata.new").exists()


def refusal(shop, **env):
    container = shop.start_database(wait=False, **env)
    return container.wait(20), container.output()


def test_refuses_data_of_another_major_version(shop):
    data = shop.folder / "database" / "pgdata"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    (shop.folder / "database" / "pgdata" / "PG_VERSION").chmod(0o644)
    data.chmod(0o755)
    status, output = refusal(shop)
    assert status == 65
    assert "PostgreSQL 16" in output and "runs 17" in output
    assert (data / "PG_VERSION").read_text() == "16\n"


def test_refuses_what_is_no_database(shop):
    data = shop.folder / "database" / "pgdata"
    data.mkdir(parents=True)
    (data / "letters.txt").write_text("mine")
    data.chmod(0o755)
    status, output = refusal(shop)
    assert status == 66
    assert "holds no database" in output
    assert (data / "letters.txt").read_text() == "mine"


@pytest.mark.parametrize("env, words", [
    ({"POSTGRES_PASSWORD_FILE": None}, "no password"),
    ({"POSTGRES_PASSWORD_FILE": "/nowhere"}, "cannot be read"),
    ({"POSTGRES_DB": "two\nlines"}, "line break"),
])
def test_says_which_setting_is_wrong(shop, env, words):
    status, output = refusal(shop, **env)
    assert status == 64
    assert words in output


def test_odd_names(shop):
    shop.start_database(POSTGRES_DB='we"ird \'name', wait=True)
    done = shop.database.execute("psql", "-h", "127.0.0.1", "-U", "store", "-At", 'we"ird \'name', "-c",
                                 "SELECT current_database()",
                                 env=[f"PGPASSWORD={shop.secret('database-password')}"])
    assert done.stdout.strip() == 'we"ird \'name'
