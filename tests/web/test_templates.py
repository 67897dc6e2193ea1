"""The templates themselves."""

import re

import pytest
from conftest import ROOT

TEMPLATES = sorted((ROOT / "templates").glob("*.tpl"))
PRAGMA = '{{%AUTOESCAPE context="HTML"}}\n'


def test_there_are_templates():
    assert len(TEMPLATES) >= 9


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_escaping_is_on_and_nothing_is_inline(path):
    text = path.read_text()
    assert text.startswith(PRAGMA), "without this line nothing in the file is escaped"
    assert text.count("%AUTOESCAPE") == 1
    assert ":none" not in text, "a modifier that turns escaping off"
    assert not re.search(r"\son\w+=", text) and "style=" not in text and "<style" not in text
    assert not re.search(r"<script(?! src=)", text) and "javascript:" not in text
    assert "http:" not in text and "https:" not in text and "//" not in text, "an outside address"
    bare = re.sub(r'"[^"]*"', '""', text.removeprefix(PRAGMA))
    assert not re.search(r'<[a-z][^<>]*=(?!"")', bare), "an attribute without quotes"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_posts_has_its_token(path):
    text = path.read_text()
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.S):
        assert '<input type="hidden" name="csrf" value="{{CSRF}}">' in form


def test_static_files_load_nothing_from_elsewhere():
    for name in ("app.css", "app.js"):
        text = (ROOT / "static" / name).read_text()
        assert "http:" not in text and "https:" not in text and "@import" not in text
        assert "innerHTML" not in text and "eval(" not in text


def luminance(colour):
    """Of "#rrggbb" (WCAG 2.2, relative luminance)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("ground", "surface", "sunken")
TEXT_PAIRS = [(text, ground) for text in ("ink", "muted", "accent", "accent-strong") for ground in GROUNDS] + [
    (tone, f"{tone}-ground") for tone in ("good", "moving", "warn", "bad", "gone")] + [
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("bad", "surface"), ("bad", "sunken"),
    ("surface", "bad"), ("surface", "ink"), ("ground", "ink")]
SHAPE_PAIRS = [(shape, ground) for shape in ("focus", "control-line") for ground in GROUNDS]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast(scheme):
    """Text 4.5:1, outlines of controls and focus 3:1 (WCAG 2.2 AA)."""
    palettes = re.findall(r":root \{(.*?)\}", (ROOT / "static" / "app.css").read_text(), re.S)
    assert len(palettes) == 2
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", palettes[scheme]))
    for one, other in TEXT_PAIRS:
        assert contrast(colours[one], colours[other]) >= 4.5, f"{one} on {other}"
    for one, other in SHAPE_PAIRS:
        assert contrast(colours[one], colours[other]) >= 3, f"{one} on {other}"
