"""A browser without a screen: cookies, forms with their hidden fields, and what a page says."""

import html.parser
import http.client
import http.cookies
import time
import urllib.parse

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(html.parser.HTMLParser):
    """ids: id → text inside; fields: name → value of the forms' inputs as they stand."""

    def __init__(self, response, body, seconds):
        super().__init__()
        self.status, self.headers, self.seconds = response.status, response.headers, seconds
        self.body = body.decode("utf-8")
        self.ids, self.fields, self.elements = {}, {}, []
        self._open, self._select = [], None
        self.feed(self.body)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.elements.append((tag, a))
        if tag not in VOID:
            self._open.append((tag, a))
        if "id" in a:
            self.ids[a["id"]] = ""
        if tag == "input" and "name" in a:
            chosen = a.get("type") not in ("radio", "checkbox") or "checked" in a
            if chosen:
                self.fields[a["name"]] = a.get("value", "")
        if tag == "select":
            self._select = a.get("name")
        if tag == "option" and "selected" in a:
            self.fields[self._select] = a.get("value", "")

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for _, a in self._open:
            if "id" in a:
                self.ids[a["id"]] += data

    def text(self, element_id):
        return " ".join(self.ids[element_id].split())

    @property
    def store_status(self):
        return next(a["data-status"] for _, a in self.elements if "data-status" in a)

    @property
    def location(self):
        return self.headers["Location"]


class Browser:
    def __init__(self, host, port, name="localhost"):
        self.host, self.port, self.name = host, port, name
        self.cookies = {}

    def send(self, method, path, body=None, headers=None):
        """One request, no redirect followed."""
        c = http.client.HTTPConnection(self.host, self.port, timeout=30)
        h = {"Host": f"{self.name}:{self.port}"}
        if self.cookies:
            h["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        begin = time.monotonic()
        try:
            c.request(method, path, body, h | (headers or {}))
            r = c.getresponse()
            text = r.read()
        finally:
            c.close()
        seconds = time.monotonic() - begin
        for header in r.headers.get_all("Set-Cookie") or []:
            for key, morsel in http.cookies.SimpleCookie(header).items():
                self.cookies.pop(key, None)
                if morsel["max-age"] != "0":
                    self.cookies[key] = morsel.value
        return Page(r, text, seconds)

    def get(self, path, follow=True):
        page = self.send("GET", path)
        while follow and page.status in (302, 303):
            page = self.send("GET", page.location)
        return page

    def post(self, path, fields, form=None):
        """Fills in the form of the page form (default: path) and sends it to path. The answer as it is: 303 is not followed."""
        return self.post_only(path, self.get(form or path).fields | fields)

    def post_only(self, path, filled):
        body = urllib.parse.urlencode([(k, v) for k, v in filled.items() if v is not None])
        return self.send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, name, password):
        page = self.post("/sign-in", {"name": name, "password": password})
        assert page.status == 303, f"sign-in: {page.status} {page.body}"
