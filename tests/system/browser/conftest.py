"""Real stores on a whole node, met in Chromium."""

import os

import pytest
from harness import STATE
from harness.chromium import DESKTOP, chromium
from harness.platform import ADMIN, PASSWORD, Platform
from harness.store import Store


@pytest.fixture(scope="session")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def ingress():
    return (STATE / "ingress").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="module")
def platform(kube, ingress):
    platform = Platform(kube, ingress=ingress, helm_values=os.environ["STOREWRIGHT_IMAGES"])
    platform.serve()
    yield platform
    platform.stop()


@pytest.fixture
def store_at(kube, ingress):
    return lambda store: Store(kube, store, ingress)


@pytest.fixture
def open_page(browser, platform):
    """open_page(javascript=False …): a new window of a new visitor, at the dashboard or at base_url; what its console
    complains of fails the test, but for a window that visits the pages of others only (foreign)."""
    contexts, complaints = [], []

    def make(javascript=True, foreign=False, base_url=None, **options):
        context = browser.new_context(
            java_script_enabled=javascript,
            viewport=DESKTOP,
            base_url=base_url or f"http://localhost:{platform.port}",
            **options,
        )
        context.set_default_timeout(15000)
        contexts.append(context)
        page = context.new_page()
        if foreign:
            return page
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" and "status of 4" not in m.text else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def signed_in(open_page):
    def make(javascript=True):
        page = open_page(javascript)
        page.goto("/")
        page.get_by_label("Name").fill(ADMIN)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/stores")
        return page

    return make
