"""Debian's Chromium, driven by Playwright, on a machine without a display and without the Internet."""

import contextlib
import shutil

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from . import BUILD

FLAGS = [
    "--no-sandbox",  # the tests run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Without these every start asks the Internet for many things.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # As the public name server answers.
    "--host-resolver-rules=MAP *.localtest.me 127.0.0.1",
]
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 812}


@contextlib.contextmanager
def chromium():
    program = shutil.which("chromium")
    assert program, "chromium is missing: apt-get install chromium"
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=program, args=FLAGS, headless=True)
        try:
            yield browser
        finally:
            browser.close()


def photograph(page, name):
    """BUILD/screenshots/NAME-{1280,375}-{light,dark}.png, and what is wrong with the page for people who use aids."""
    folder = BUILD / "screenshots"
    folder.mkdir(exist_ok=True)
    was, faults = page.viewport_size, []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no color on its way
            page.screenshot(path=folder / f"{name}-{size['width']}-{scheme}.png", full_page=True)
            faults += [f"{name}, {size['width']} px, {scheme}: {f}" for f in accessibility_faults(page)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                faults.append(f"{name}: {wide} px wide on a screen of {size['width']}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(was)
    assert not faults, "\n".join(faults)


def photograph_only(page, name):
    """BUILD/screenshots/NAME-{1280,375}.png of a page that is not ours to judge."""
    folder = BUILD / "screenshots"
    folder.mkdir(exist_ok=True)
    was = page.viewport_size
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        page.screenshot(path=folder / f"{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(was)


def accessibility_faults(page):
    """The violations that axe-core finds, one line each."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']} ({v['impact']}): {v['help']}: {[n['target'] for n in v['nodes']]}" for v in found]
