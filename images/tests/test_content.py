"""What is in the images, and what must not be."""

import gzip
import re
import subprocess

import pytest

from shop import files_with

IMAGES = ["mariadb", "medusa", "pause", "postgres", "storefront", "wordpress"]


def reference(name):
    return f"localhost/storewright/{name}:local"


@pytest.mark.parametrize("name", IMAGES)
def test_user_is_a_number_and_not_root(storage, name):
    user = storage.config(reference(name))["User"]
    assert re.fullmatch(r"[1-9][0-9]*:[1-9][0-9]*", user), user


@pytest.mark.parametrize("name", IMAGES)
def test_no_secret_in_the_environment(storage, name):
    for entry in storage.config(reference(name)).get("Env", []):
        assert not re.match(r"[A-Z_]*(PASSWORD|SECRET|TOKEN|KEY)[A-Z_]*=", entry), entry


@pytest.mark.parametrize("name", IMAGES)
def test_nothing_of_the_machine_that_built_it(storage, name):
    root = storage.root(reference(name))
    for path in ("etc/apt/sources.list", "etc/apt/auth.conf", "root/.npmrc", "root/.npm", "run/host/npmrc",
                 "build"):
        assert not (root / path).exists(), path
    for folder in ("tmp", "var/lib/apt/lists", "etc/apt/auth.conf.d", "etc/apt/sources.list.d"):
        if (root / folder).exists():
            assert [entry.name for entry in (root / folder).iterdir()
                    if entry.name not in ("lock", "partial", "auxfiles", "debian.sources")] == []


@pytest.mark.parametrize("name", IMAGES)
def test_no_program_gains_privileges_from_our_layers(storage, name):
    root = storage.root(reference(name))
    found = subprocess.run(["find", str(root / "app"), str(root / "usr/local"), str(root / "usr/lib/postgresql"),
                            "-perm", "/6000", "-type", "f"], check=False, text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL)
    assert found.stdout == ""


@pytest.mark.parametrize("name", ["base", "sample"])
def test_template_holds_no_identity(storage, name):
    file = storage.root(reference("medusa")) / "app" / "template" / f"{name}.sql.gz"
    text = gzip.decompress(file.read_bytes()).decode()
    for table in ('"user"', "invite", "auth_identity", "provider_identity", "customer", "api_key_secret"):
        assert f"INSERT INTO public.{table} " not in text, table
    key = re.search(r"INSERT INTO public\.api_key VALUES\n\s*\('[^']*', '([^']*)', '([^']*)', '([^']*)'", text)
    assert key.groups() == ("", "", "")
    assert not re.search(r"\b[ps]k_[0-9a-f]{16}", text)


def test_skeleton_holds_no_password(storage):
    skeleton = storage.root(reference("postgres")) / "usr/share/storewright/skeleton"
    assert (skeleton / "PG_VERSION").read_text() == "17\n"
    assert files_with(skeleton, "SCRAM-SHA-256$4096") == []


def test_medusa_has_no_build_tools(storage):
    modules = storage.root(reference("medusa")) / "app" / "node_modules"
    for name in ("vite", "typescript", "react", "@medusajs/dashboard", "@swc/core", "esbuild"):
        assert not (modules / name).exists(), name
