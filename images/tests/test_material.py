"""The zip that WooCommerce comes as: what is taken, what is refused, and that a refused one changes nothing."""

import hashlib
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "woocommerce" / "material"
HEAD = "<?php\n/**\n * Plugin Name: WooCommerce\n * Version: {}\n */\n"
FILES = {"woocommerce/woocommerce.php": HEAD.format("10.5.2"), "woocommerce/includes/class-woocommerce.php": "<?php\n",
         "woocommerce/vendor/autoload.php": "<?php\n", "woocommerce/assets/client/blocks/checkout.js": "//\n"}


@pytest.fixture
def take(tmp_path):
    """take(zip, …): exit status and output of the script; the folder it fills is take.out."""
    def run(file=None, **env):
        take.out.mkdir(exist_ok=True)
        # Nothing is downloaded: the address is one that nobody answers at.
        values = {"PATH": os.environ["PATH"], "https_proxy": "http://127.0.0.1:9", **env}
        if file:
            values["WOOCOMMERCE_ZIP"] = str(file)
        done = subprocess.run([SCRIPT, run.out], env=values, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    take = run
    run.out = tmp_path / "out"
    run.made = lambda files, name="given.zip": make(tmp_path / name, files)
    return run


def make(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_takes_a_release_and_keeps_it(take):
    file = take.made(FILES)
    status, output = take(file)
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    assert status == 0 and f"WooCommerce 10.5.2, sha256 {checksum} (given)" in output
    file.unlink()
    assert take()[0] == 0
    assert hashlib.sha256((take.out / "woocommerce.zip").read_bytes()).hexdigest() == checksum


def test_without_one_it_says_what_to_do(take):
    status, output = take()
    assert status == 69 and output.count("\n") == 1
    assert "storectl images build woocommerce --zip FILE" in output
    assert [p.name for p in take.out.iterdir()] == []


SYMLINK = zipfile.ZipInfo("woocommerce/link")
SYMLINK.external_attr = 0o120777 << 16
SYMLINK.create_system = 3


@pytest.mark.parametrize("files, words", [
    ({"other/other.php": "<?php"}, "everything below woocommerce/"),
    ({**FILES, "woocommerce/../../../etc/cron.d/x": "x"}, "leads out of its folder"),
    ({**FILES, "/etc/cron.d/x": "x"}, "everything below woocommerce/"),
    ({**FILES, "woocommerce\\..\\x": "x"}, "everything below woocommerce/"),
    ({**FILES, SYMLINK: "/etc/passwd"}, "symbolic links"),
    ({k: v for k, v in FILES.items() if "blocks" not in k}, "not a release of WooCommerce"),
    ({**FILES, "woocommerce/woocommerce.php": HEAD.format("10.5.2").replace("Name: WooCommerce", "Name: WooCommerce Extra")}, "another plugin"),
    ({**FILES, "woocommerce/woocommerce.php": HEAD.format("9.9.5")}, "10.0.0 or newer is needed"),
    ({**FILES, "woocommerce/woocommerce.php": HEAD.format("10.5.2-dev")}, "not that of a release"),
])
def test_refuses_what_is_no_release(take, files, words):
    good = take.made(FILES, "good.zip")
    assert take(good)[0] == 0
    status, output = take(take.made(files, "bad.zip"))
    assert status == 65 and words in output and "bad.zip is refused" in output
    assert (take.out / "woocommerce.zip").read_bytes() == good.read_bytes()


def test_refuses_what_is_damaged(take):
    file = take.made({**FILES, "woocommerce/big.txt": "x" * 100000})
    whole = file.read_bytes()
    for damage in (whole[:-40], whole[: len(whole) // 2], b"", b"PK\x03\x04 no zip at all", whole.replace(b"x" * 2000, b"y" * 2000, 1)):
        file.write_bytes(damage)
        status, output = take(file)
        assert status == 65 and "damaged or cut off" in output
    status, output = take(file.parent / "nowhere.zip")
    assert status == 65 and "no such file" in output
    assert not (take.out / "woocommerce.zip").exists()


def test_demands_the_checksum_that_is_given(take):
    file = take.made(FILES)
    status, output = take(file, WOOCOMMERCE_SHA256="0" * 64)
    assert status == 65 and "must be 0000" in output
    assert take(file, WOOCOMMERCE_SHA256=hashlib.sha256(file.read_bytes()).hexdigest().upper())[0] == 0
    # What is kept is looked at as well.
    assert take(WOOCOMMERCE_SHA256="0" * 64)[0] == 65
