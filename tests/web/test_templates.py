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
