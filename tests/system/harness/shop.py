"""Plays the ingress and all shops behind it where no pods run: answers the platform's readiness question by Host header,
at "/" as the storefront would, below it as Medusa would. What it answers can be made wrong in the ways that real shops and proxies are wrong."""

import hashlib
import http.server
import json
import sys
import threading

PRODUCTS = json.dumps({"products": [{"id": "prod_1", "title": "Shirt"}], "count": 1, "offset": 0, "limit": 1})
PAGE = """<!DOCTYPE html>
<div class="catalogue" data-shop="{mark}" data-catalogue="{state}">{products}</div>
"""
PRICE = '<span itemprop="price" content="20.00">€20.00</span>'
# What the storefront's page is where the API would answer like this.
PAGES = {"shop": ("fresh", PRICE), "no-products": ("fresh", ""), "kept": ("kept", PRICE), "no-price": ("fresh", "<p>Shirt</p>")}
ANSWERS = {
    "shop": (200, "application/json", PRODUCTS),
    "kept": (200, "application/json", PRODUCTS),
    "no-price": (200, "application/json", PRODUCTS),
    "no-products": (200, "application/json", '{"products": [], "count": 0, "offset": 0, "limit": 1}'),
    "installer": (200, "text/html", "<!DOCTYPE html><title>Install</title>"),
    "not-found": (404, "text/plain", "404 page not found\n"),
    "error": (500, "application/json", '{"type": "unknown_error"}'),
    "other-json": (200, "application/json", '{"products": "none"}'),
}


def mark_of(key):
    """lib/base/mark.h"""
    return hashlib.blake2b(b"storewright storefront mark\0" + key.encode(), digest_size=16).hexdigest()


class Shops:
    """answers: host → name of an answer; default for hosts that are not there. With a key set for a host, only
    requests with that publishable key are answered as a shop. marks: host → publishable key of its storefront. asked: every request, as (host, path, key)."""

    def __init__(self, kube=None):
        self.kube = kube  # where storefronts have their keys from
        self.answers, self.keys, self.asked, self.marks = {}, {}, [], {}
        self.default = "not-found"
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):  # noqa: N802 (the name is http.server's)
                outer._answer(self)

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request, client_address):
                if not isinstance(sys.exception(), ConnectionError):  # who asked was killed
                    super().handle_error(request, client_address)

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def key_of(self, host):
        store = host.partition(".")[0]
        secret = self.kube.secret(store, "storewright-credentials") if self.kube else None
        return (secret or {}).get("publishable-key", "no key")

    def _answer(self, handler):
        host, key = handler.headers.get("Host"), handler.headers.get("x-publishable-api-key")
        self.asked.append((host, handler.path, key))
        name = self.answers.get(host, self.default)
        status, kind, text = ANSWERS[name]
        if handler.path == "/" and name in PAGES:
            state, products = PAGES[name]
            mark = mark_of(self.marks[host] if host in self.marks else self.key_of(host))
            kind, text = "text/html", PAGE.format(mark=mark, state=state, products=products)
        if handler.path != "/" and host in self.keys and key != self.keys[host]:
            status, kind, text = 400, "application/json", '{"type": "not_allowed"}'
        body = text.encode()
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
