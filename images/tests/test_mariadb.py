"""The mariadb image by itself."""

import time

import pytest


def test_makes_database_and_user(woo):
    woo.start_database("--innodb-buffer-pool-size=32M")
    assert woo.query("SELECT CURRENT_USER(), DATABASE()") == ["store@%\tst_re"]
    assert woo.query("SELECT @@version")[0].startswith("11.8")
    assert woo.query("SELECT @@innodb_buffer_pool_size") == [str(32 << 20)]
    # What is granted is that database alone, not one whose name the pattern would fit.
    with pytest.raises(RuntimeError, match="denied"):
        woo.query("CREATE DATABASE stXre")
    assert woo.database.execute("id", "-u").stdout.strip() == "999"
    assert woo.database.execute("touch", "/etc/x", check=False).returncode != 0
    assert "CapEff:\t0000000000000000" in woo.database.execute("cat", "/proc/1/status").stdout
    for user, password in (("store", "wrong"), ("root", ""), ("root", None), ("mysql", "")):
        with pytest.raises(RuntimeError, match="denied|ERROR 1698|ERROR 1130|not allowed"):
            woo.query("SELECT 1", user=user, password=password)


def test_keeps_data_and_takes_a_new_password(woo):
    woo.start_database()
    woo.query("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    woo.database.stop("KILL")
    (woo.secrets / "database-password").write_text("another 'one'")
    woo.start_database()
    assert woo.query("SELECT n FROM kept") == ["7"]
    with pytest.raises(RuntimeError):
        woo.query("SELECT 1", password="wrong")


@pytest.mark.parametrize("delay", [0.05, 0.1, 0.2, 0.4])
def test_heals_when_killed_at_the_first_start(woo, delay):
    woo.start_database(wait=False)
    time.sleep(delay)
    woo.database.stop("KILL")
    woo.start_database()
    assert woo.query("SELECT 1") == ["1"]
    assert not (woo.folder / "database" / "data.new").exists()


def refusal(woo, **env):
    container = woo.start_database(wait=False, **env)
    return container.wait(30), container.output()


def test_refuses_data_of_another_release_and_what_is_none(woo, new_woo):
    data = woo.folder / "database" / "data"
    (data / "mysql").mkdir(parents=True)
    (data / "mariadb_upgrade_info").write_text("10.11.6-MariaDB")
    for path in (data, data / "mysql"):
        path.chmod(0o755)
    (data / "mariadb_upgrade_info").chmod(0o644)
    status, output = refusal(woo)
    assert status == 65 and "MariaDB 10.11" in output and "runs 11.8" in output
    other = new_woo("other")
    data = other.folder / "database" / "data"
    data.mkdir(parents=True)
    data.chmod(0o755)
    (data / "letters.txt").write_text("mine")
    status, output = refusal(other)
    assert status == 66 and "holds no database" in output
    assert (data / "letters.txt").read_text() == "mine"


@pytest.mark.parametrize("env, words", [
    ({"MARIADB_PASSWORD_FILE": None}, "no password"),
    ({"MARIADB_PASSWORD_FILE": "/nowhere"}, "cannot be read"),
    ({"MARIADB_DATABASE": "two\nlines"}, "line break"),
    ({"MARIADB_USER": None}, "no user"),
])
def test_says_which_setting_is_wrong(woo, env, words):
    status, output = refusal(woo, **env)
    assert status == 64 and words in output
