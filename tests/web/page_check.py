"""What every page must be: well-formed HTML5 with nothing inline, and labels for what asks for input."""

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "img", "br", "hr", "path"}


class Page(HTMLParser):
    """Elements of a page as (tag, attributes); raises on what does not nest."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.words = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>: {names}"
        attributes = {name: "" if value is None else value for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}"
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag, **wanted):
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [
            a
            for t, a in self.elements
            if t == tag and all(a.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag, **wanted):
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} of <{tag} {wanted}>"
        return found[0]

    def value(self, name):
        """What the field of this name holds."""
        for tag, a in self.elements:
            if tag == "input" and a.get("name") == name:
                if a.get("type") not in ("radio", "checkbox") or "checked" in a:
                    return a.get("value", "")
        return None


def check(text, whole=True):
    """Checks a page, or a fragment of one; gives it back parsed."""
    page = Page(text)
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids)), f"an id twice: {sorted(ids)}"
    for tag, a in page.elements:
        inline = [n for n in a if n == "style" or n.startswith("on")]
        assert not inline, f"inline {inline} in <{tag}>"
        assert tag != "style", "a style element"
        assert not a.get("href", "").startswith("javascript:")
        for name in ("aria-describedby", "aria-labelledby", "for"):
            if name in a:
                for target in a[name].split():
                    assert target in ids, f"{name} names {target}, which is not there"
    for a in page.all("script"):
        assert a.get("src", "").startswith(("/static/", "/assets/")), "an inline script"
    check_labels(page)
    if whole:
        check_whole(page, text)
    return page


def check_labels(page):
    labelled = {a["for"] for a in page.all("label") if "for" in a}
    for tag, a in page.elements:
        if tag == "select" or (
            tag == "input" and a.get("type") not in ("hidden", "radio", "checkbox")
        ):
            assert a.get("id") in labelled, f"no label for {a.get('name')}"


def check_whole(page, text):
    assert text.startswith("<!DOCTYPE html>\n<html lang=\"en\">")
    assert len(page.all("h1")) == 1, "a page has one h1"
    assert len(page.all("main")) == 1 and len(page.all("title")) == 1
    for form in page.all("form", method="post"):
        assert form["action"].startswith("/")
    posts = len(page.all("form", method="post"))
    assert len(page.all("input", name="csrf")) == posts, "a form that posts has its token"
