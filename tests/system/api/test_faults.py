"""What the platform stands on is missing, broken or full: a clear message on page and command line, what was asked for
is kept, and carried on when the fault is gone."""

import errno
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time

import pytest
from harness import BUILD, control_plane, wait


def trouble(browser):
    """The notice that every page carries while the platform has a problem; "" when there is none."""
    page = browser.get("/stores")
    assert page.status == 200
    body = page.body.partition('class="trouble"')[2].partition("</div>")[0]
    return body.partition("</strong>")[2].strip()


@pytest.fixture
def stopped_api(kube):
    control_plane.stop_api(kube)
    yield lambda: control_plane.start_api(kube)
    control_plane.start_api(kube)


# Cluster and helm ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file"),
        ("", "kubeconfig"),
        ("just: some\nyaml: [broken", "kubeconfig"),
    ],
)
def test_kubeconfig_is_no_good(platform, kubelet, shops, kube, shop, content, message):
    file = platform.dir / "kubeconfig"
    if content is not None:
        file.write_text(content)
    platform.configure(kubeconfig=file)
    browser = platform.browser()
    page = browser.post("/new-store", {"id": shop, "title": "T", "admin_email": "me@example.com"})
    assert page.status == 303
    text = wait("the notice", lambda: trouble(browser))
    assert text.startswith("The cluster cannot be used:") and message in text and str(file) in text
    platform.wait_idle()
    assert str(file) in platform.log()
    assert platform.status(shop) == "requested"
    assert browser.get(f"/stores/{shop}").store_status == "requested"

    shutil.copy(kube.file, file)
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.cron()
    platform.wait_status(shop, "ready")
    assert trouble(browser) == ""


@pytest.mark.alone
def test_no_cluster_answers(platform, kubelet, shops, kube, shop, stopped_api):
    browser = platform.browser()
    assert browser.post("/new-store", {"id": shop, "title": "T", "admin_email": "me@example.com"}).status == 303
    text = wait("the notice", lambda: trouble(browser))
    assert text.startswith("The cluster cannot be reached:") and "carried on when it answers" in text
    assert platform.status(shop) == "requested"
    stopped_api()
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    # Nobody starts anything: the reconciler that the post started has waited.
    platform.wait_status(shop, "ready", 60)
    assert trouble(browser) == ""


@pytest.mark.alone
@pytest.mark.parametrize("moment", [0.1, 0.4, 0.9])
def test_api_server_is_lost_in_an_install(platform, kubelet, shops, kube, shop, moment):
    shops.answers[f"{shop}.localtest.me"] = "shop"
    platform.create(shop)
    time.sleep(moment)
    control_plane.stop_api(kube)
    time.sleep(2)
    control_plane.start_api(kube)
    kubelet.look_after(shop)
    platform.wait_status(shop, "ready", 90)


@pytest.mark.alone
def test_api_server_is_lost_in_a_delete(platform, ready_store, kube, shop):
    ready_store(shop)
    platform.delete(shop)
    time.sleep(0.5)
    control_plane.stop_api(kube)
    time.sleep(2)
    control_plane.start_api(kube)
    platform.wait_status(shop, "deleted", 90)
    assert kube.namespace(shop) is None


@pytest.mark.alone
def test_ready_stores_stay_ready_without_an_api_server(platform, ready_store, kube, shop):
    """What cannot be seen is not called broken."""
    ready_store(shop)
    platform.wait_idle()
    control_plane.stop_api(kube)
    try:
        platform.cron()
        wait("it has noticed", lambda: platform.sql("SELECT * FROM condition WHERE name = 'cluster' AND ok = 0"))
        assert platform.status(shop) == "ready"
        r = platform.storectl("credentials", shop, check=False)
        assert r.returncode == 75 and "storectl:" in r.stderr
    finally:
        control_plane.start_api(kube)
    assert platform.status(shop) == "ready"


@pytest.mark.parametrize("restart", [False, True], ids=["same-reconciler", "new-reconciler"])
def test_helm_is_missing(platform, kubelet, shops, shop, restart):
    helm, file = platform.settings["helm"], platform.dir / "helm-program"
    platform.configure(helm=file)
    browser = platform.browser()
    assert browser.post("/new-store", {"id": shop, "title": "T", "admin_email": "me@example.com"}).status == 303
    text = wait("the notice", lambda: trouble(browser))
    assert "helm cannot be started" in text and str(file) in text
    platform.wait_status(shop, "provisioning")
    if restart:
        platform.kill("reconcile")
    file.symlink_to(helm)
    if restart:
        platform.cron()
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.wait_status(shop, "ready")
    assert trouble(browser) == ""


def test_helm_fails_for_good(platform, shop):
    """A helm that always fails is not tried for ever, and says why."""
    file = platform.dir / "failing-helm"
    file.write_text("#!/bin/sh\ncat >/dev/null\necho 'Error: INSTALLATION FAILED: the chart is sad' >&2\nexit 1\n")
    file.chmod(0o755)
    platform.configure(helm=file)
    platform.create(shop)
    row = platform.wait_status(shop, "failed", 60)
    assert (row["cause"], row["reason"]) == ("helm", "the chart is sad")
    assert platform.sql("SELECT state, attempt FROM operation") == [{"state": "failed", "attempt": 6}]


def helm_that(platform, name, script):
    """Puts a script in helm's place; $HELM is the real one. Returns what puts the real one back."""
    file, helm = platform.dir / name, platform.settings["helm"]
    file.write_text(f"#!/bin/bash\nHELM={helm}\n{script}\n")
    file.chmod(0o755)
    platform.configure(helm=file)
    return lambda: (file.write_text(f'#!/bin/bash\nexec {helm} "$@"\n'), platform.configure(helm=helm))


def test_helm_hangs(make_platform, kubelet, shops, shop):
    """It is ended, also when it does not heed SIGTERM, told of, and run again."""
    platform = make_platform(ingress=shops.address, helm_timeout_seconds=2)
    mend = helm_that(platform, "hanging-helm", "trap '' TERM\nwhile :; do sleep 0.2; done")
    platform.create(shop)
    row = platform.wait_status(shop, "provisioning", 40, cause="helm")
    assert row["reason"].startswith("helm did not end within ")
    mend()
    platform.configure(helm_timeout_seconds=120)
    platform.kill("reconcile")
    platform.cron()
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.wait_status(shop, "ready", 60)


def test_delete_while_helm_hangs(platform, kube, shop):
    """The helm that hangs is ended for it, which is no failure of the delete."""
    helm_that(platform, "hanging-helm", f"[[ $1 == upgrade ]] || exec $HELM \"$@\"\ntouch {platform.dir}/hangs\nsleep 1000")
    platform.create(shop)
    wait("helm hangs", (platform.dir / "hangs").exists)
    platform.delete(shop)
    platform.wait_status(shop, "deleted", 60)
    assert kube.namespace(shop) is None and not platform.processes("helm")
    assert platform.sql("SELECT attempt FROM operation WHERE kind = 'delete'") == [{"attempt": 0}]
    assert not [e for e in platform.events(shop) if "Helm failed" in e]


def test_helm_prints_megabytes(platform, kubelet, shops, shop):
    """Of what it prints the end is kept, where its error stands; the reconciler does not grow by the rest."""
    flood = 'head -c 30000000 /dev/urandom | tee /dev/stderr\nprintf "\\nError: INSTALLATION FAILED: it was too much\\n" >&2; exit 1'
    mend = helm_that(platform, "loud-helm", f"cat >/dev/null\n{flood}")
    platform.create(shop)
    row = platform.wait_status(shop, "provisioning", 40, cause="helm")
    assert row["reason"] == "it was too much"
    (pid,) = platform.processes("reconcile")
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        assert int(f.read().partition("VmHWM:")[2].split()[0]) < 100_000, "KiB"
    mend()
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.wait_status(shop, "ready", 60)


# Clock and power -------------------------------------------------------------------------------


def test_clock_is_stepped(make_platform, kubelet, shops, shop, tmp_path):
    """An hour forward, and back again: nothing has taken an hour, so nothing is given up, and nothing waits for one."""
    platform = make_platform(ingress=shops.address, reconcile="/nonexistent/reconcile", create_timeout_seconds=70)
    steps = tmp_path / "steps"
    steps.write_text("+0")
    library = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    platform.create(shop)
    fake = {"FAKETIME_TIMESTAMP_FILE": str(steps), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    platform.start(BUILD / "cron/reconcile", log="reconcile.log", env=fake | {"LD_PRELOAD": str(library)})
    platform.wait_status(shop, "provisioning", cause="starting")
    for n, step in enumerate(("+3600", "+0", "+7200")):
        steps.write_text(step)
        wait("it has noticed", lambda: platform.log().count("the clock was stepped") == n + 1)
        time.sleep(1.5)
        assert platform.status(shop) == "provisioning"
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.wait_status(shop, "ready", 30)


@pytest.mark.alone
def test_everything_is_killed_at_once(platform, ready_store, kubelet, shops, kube, shops_named):
    """The machine loses its power in the middle of a create and a delete; what starts the parts again does no more."""
    going, coming, still = shops_named(3)
    ready_store(going)
    ready_store(still)
    browser = platform.browser()
    platform.delete(going)
    assert browser.post("/new-store", {"id": coming, "title": "T", "admin_email": "me@example.com"}).status == 303
    wait("helm", lambda: platform.processes("helm"))
    platform.kill("reconcile", "helm", "dashboard")
    control_plane.kill_all(kube)
    control_plane.start_all(kube)
    platform.dashboard()
    shops.default = "shop"
    kubelet.look_after(coming)
    platform.cron()
    platform.wait_status(coming, "ready", 120)
    platform.wait_status(going, "deleted", 120)
    assert platform.status(still) == "ready"
    assert browser.get(f"/stores/{coming}").store_status == "ready"
    assert kube.namespace(going) is None and kube.namespace(coming)


# Database --------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(make_platform, shops, tmp_path):
    """A platform whose database lies alone on a disk of 2 MiB; disk(option) mounts it anew."""
    mount = tmp_path / "disk"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount], check=True)
    platform = make_platform(ingress=shops.address, database=mount / "storewright.db")
    try:
        yield platform, lambda option: subprocess.run(["mount", "-o", f"remount,{option}", mount], check=True)
    finally:
        platform.kill("reconcile", "helm")
        for child in platform.children:
            child.terminate()
            child.wait(timeout=20)
        subprocess.run(["umount", "--lazy", mount], check=True)


def fill(folder):
    fd = os.open(folder / "filler", os.O_WRONLY | os.O_CREAT)
    try:
        while os.write(fd, b"x" * 4096):
            pass
    except OSError as e:
        assert e.errno == errno.ENOSPC
    finally:
        os.close(fd)


def refused(platform, browser, shop, words):
    """A create is refused on the page and on the command line, in words, and changes nothing."""
    before = platform.sql("SELECT count(*) AS n FROM store")
    form = {"id": shop, "title": "T", "admin_email": "me@example.com"}
    page = browser.post("/new-store", form)
    assert page.status == 503
    assert "The database cannot be used right now" in page.body and "Nothing was changed" in page.body
    assert words in page.body
    r = platform.storectl("create", shop, "--engine", "medusa", check=False)
    assert r.returncode == 75 and words in r.stderr
    assert platform.sql("SELECT count(*) AS n FROM store") == before


def test_database_is_locked(platform, kubelet, shops, shop):
    browser = platform.browser()
    holder = sqlite3.connect(platform.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    refused(platform, browser, shop, "locked")
    assert browser.get("/stores").status == 200, "reading goes on"
    holder.execute("ROLLBACK")
    holder.close()
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.create(shop)
    platform.wait_status(shop, "ready")


def test_database_is_locked_while_reconciling(platform, kubelet, shops, shop):
    platform.create(shop)
    wait("helm", lambda: platform.processes("helm"))
    holder = sqlite3.connect(platform.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    kubelet.ready(shop)
    shops.answers[f"{shop}.localtest.me"] = "shop"
    wait("it says so", lambda: "was not written" in platform.log(), 30)
    holder.execute("ROLLBACK")
    holder.close()
    platform.wait_status(shop, "ready")


def test_disk_is_full(small_disk, kubelet, shops, shop):
    platform, _ = small_disk
    browser = platform.browser()
    fill(platform.database.parent)
    refused(platform, browser, shop, "full")
    (platform.database.parent / "filler").unlink()
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    assert browser.post("/new-store", {"id": shop, "title": "T", "admin_email": "me@example.com"}).status == 303
    platform.wait_status(shop, "ready")


def test_disk_fills_while_reconciling(small_disk, kubelet, shops, shop):
    platform, _ = small_disk
    platform.create(shop)
    wait("helm", lambda: platform.processes("helm"))
    fill(platform.database.parent)
    kubelet.ready(shop)
    shops.answers[f"{shop}.localtest.me"] = "shop"
    wait("it says so", lambda: "was not written" in platform.log(), 30)
    assert platform.status(shop) == "provisioning"
    (platform.database.parent / "filler").unlink()
    platform.wait_status(shop, "ready")


def test_disk_is_read_only(small_disk, kubelet, shops, shop):
    platform, remount = small_disk
    remount("ro")
    r = platform.storectl("create", shop, "--engine", "medusa", check=False)
    assert r.returncode == 75 and "Read-only file system" in r.stderr
    browser = platform.browser(sign_in=False)
    page = browser.get("/sign-in")
    assert page.status == 503 and "The database cannot be used right now" in page.body
    assert platform.cron().wait(timeout=20) == 75
    assert "Read-only file system" in platform.log()
    remount("rw")
    browser = platform.browser()  # the same programs, started while it was read-only
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    assert browser.post("/new-store", {"id": shop, "title": "T", "admin_email": "me@example.com"}).status == 303
    platform.wait_status(shop, "ready")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("PRAGMA user_version = 99", "its schema has version 99"),
        ("PRAGMA application_id = 7", "a database of another program"),
    ],
)
def test_database_is_not_ours_to_use(platform, shop, statement, words):
    platform.sql(statement)
    before = platform.database.read_bytes()
    r = platform.storectl("create", shop, "--engine", "medusa", check=False)
    assert r.returncode not in (0, 75) and words in r.stderr
    cron = platform.cron()
    assert cron.wait(timeout=20) != 0
    dashboard = platform.start(platform.settings["reconcile"].parents[1] / "cgi/dashboard", log="dashboard.log")
    assert dashboard.wait(timeout=20) == 1
    assert platform.log().count(words) == 2
    assert platform.database.read_bytes() == before


# Configuration ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"no_such_key": "1"}, 'unknown key "no_such_key"'),
        ({"database": None}, "database is not set"),
        ({"store_port": "70000"}, '"70000" is not a number from 1 to 65535'),
        ({"helm": "helm"}, '"helm" is not an absolute path'),
        ({"store_scheme": "gopher"}, '"gopher" is neither http nor https'),
        ({"secure_cookies": "maybe"}, '"maybe" is neither yes nor no'),
    ],
)
def test_configuration_is_wrong(platform, settings, words):
    platform.configure(**settings)
    r = platform.storectl("list", check=False)
    assert r.returncode != 0 and words in r.stderr and str(platform.config_file) in r.stderr
    assert platform.cron().wait(timeout=20) == 78
    assert words in platform.log()


def test_configuration_is_missing(platform):
    platform.config_file.unlink()
    r = platform.storectl("list", check=False)
    assert r.returncode != 0 and "No such file" in r.stderr and str(platform.config_file) in r.stderr
