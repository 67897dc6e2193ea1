"""Plays the Store API of Medusa for the storefront, and its faults: as much of it as the storefront asks for, with the
answers' shapes taken from Medusa 2.21. The real one is met in tests/system."""

import http.server
import json
import re
import threading
import time
import urllib.parse

KEY = "pk_" + "0123456789abcdef" * 4
EUROPE = {"id": "reg_EUROPE", "name": "Europe", "currency_code": "eur",
          "countries": [{"iso_2": "de", "display_name": "Germany"}, {"iso_2": "fr", "display_name": "France"}]}
JAPAN = {"id": "reg_JAPAN", "name": "Japan", "currency_code": "jpy", "countries": [{"iso_2": "jp", "display_name": "Japan"}]}
RATES = {"eur": 1, "jpy": 150}


def variant(product, n, price, choices, stock=10, **more):
    return {"id": f"variant_{product}{n}", "title": " / ".join(choices.values()), "sku": f"{product}-{n}", "price": price,
            "manage_inventory": True, "allow_backorder": False, "inventory_quantity": stock, "choices": choices} | more


def product(handle, title, variants, **more):
    return {"id": f"prod_{handle}", "handle": handle, "title": title, "subtitle": None, "description": f"About {title}.",
            "thumbnail": None, "images": [], "variants": variants} | more


def some_products():
    shirt = [variant("shirt", i, 20 + i, {"Size": s, "Colour": c}) for i, (s, c) in
             enumerate([("S", "Black"), ("S", "White"), ("M", "Black")])]
    shirt[1]["inventory_quantity"] = 0
    return [
        product("shirt", "Shirt", shirt, thumbnail="http://shop.example/static/shirt.png",
                images=[{"url": "http://shop.example/static/shirt.png"}, {"url": "https://cdn.example/back.png"}]),
        product("mug", "Mug", [variant("mug", 0, 1234.5, {"Colour": "Blue"}, stock=3)], thumbnail="javascript:alert(1)"),
        product("gone", "Gone", [variant("gone", 0, 5, {"Size": "One"}, stock=0)]),
        product("evil", "<script>alert('x')</script>\"'&{{SHOP}}",
                [variant("evil", 0, 1, {"\"><img src=x>": "</label><b>"})], description="</p><script>x</script>\n\nSecond"),
    ]


class Medusa:
    """fault: what happens instead of an answer to paths that begin with fault_path: "slow", "rubbish", "html", "cut",
    "500", "huge", "deep", "list", "empty", "types", "429". asked: every request as (method, path)."""

    def __init__(self):
        self.products, self.carts, self.orders, self.asked = some_products(), {}, {}, []
        self.regions = [EUROPE, JAPAN]
        self.providers = ["pp_system_default"]
        self.groups = {"product_categories": [], "collections": []}
        self.fault, self.fault_path, self.slow_seconds = None, "/", 30
        self.lock, self.done = threading.RLock(), threading.Event()
        self.complete_seconds = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                outer.answer(self)

            do_GET = do_POST = do_DELETE = handle_any  # noqa: N815 (the names are http.server's)

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request, address):
                pass  # whoever gave up waiting

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.done.set()
        self.server.shutdown()
        self.server.server_close()

    def count(self, method, start):
        return sum(1 for m, p in self.asked if m == method and p.startswith(start))

    # Answers.

    def answer(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        with self.lock:
            self.asked.append((handler.command, handler.path))
        if self.fault and handler.path.startswith(self.fault_path):
            self.fail(handler)
            return
        if handler.headers.get("x-publishable-api-key") != KEY:
            self.send(handler, 400, {"type": "not_allowed", "message": "Publishable API key required"})
            return
        parts = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        found = None
        for method, pattern, call in self.routes():
            match = re.fullmatch(pattern, parts.path)
            if match and method == handler.command:
                found = lambda: call(*match.groups(), query, json.loads(body or b"{}"))  # noqa: E731
                break
        status, value = found() if found else (404, {"type": "not_found", "message": f"no route {handler.path}"})
        self.send(handler, status, value)

    def send(self, handler, status, value, raw=None):
        data = raw if raw is not None else json.dumps(value).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def fail(self, handler):
        raw = {"rubbish": b"\x00\xff{]", "html": b"<!DOCTYPE html><title>502</title>", "deep": b"[" * 100000,
               "list": b"[1, 2]", "empty": b"", "types": b'{"products": 7, "regions": "x", "cart": [], "order": null}',
               "huge": b'{"products": "' + b"x" * (2 << 20) + b'"}'}.get(self.fault)
        if self.fault == "slow":
            self.done.wait(self.slow_seconds)
            handler.close_connection = True
        elif self.fault == "cut":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"products\": [")
            handler.close_connection = True
        elif self.fault in ("500", "429"):
            self.send(handler, int(self.fault), {"type": "unknown_error", "message": "no"})
        else:
            self.send(handler, 200, None, raw)

    def routes(self):
        return [
            ("GET", "/store/regions", lambda q, b: (200, {"regions": self.regions})),
            ("GET", "/store/products", self.list_products),
            ("GET", "/store/product-categories", lambda q, b: self.list_groups("product_categories", q)),
            ("GET", "/store/collections", lambda q, b: self.list_groups("collections", q)),
            ("POST", "/store/carts", self.make_cart),
            ("GET", "/store/carts/([^/]+)", lambda c, q, b: self.with_cart(c, lambda cart: (200, {"cart": self.shown(cart)}))),
            ("POST", "/store/carts/([^/]+)", self.update_cart),
            ("POST", "/store/carts/([^/]+)/line-items", self.add_line),
            ("POST", "/store/carts/([^/]+)/line-items/([^/]+)", self.change_line),
            ("DELETE", "/store/carts/([^/]+)/line-items/([^/]+)", self.change_line),
            ("GET", "/store/shipping-options", self.shipping_options),
            ("POST", "/store/carts/([^/]+)/shipping-methods", self.set_shipping),
            ("GET", "/store/payment-providers", lambda q, b: (200, {"payment_providers": [{"id": p} for p in self.providers]})),
            ("POST", "/store/payment-collections", lambda q, b: (200, {"payment_collection": {"id": "pay_col_" + b["cart_id"][5:]}})),
            ("POST", "/store/payment-collections/([^/]+)/payment-sessions", self.pay),
            ("POST", "/store/carts/([^/]+)/complete", self.complete),
            ("GET", "/store/orders/([^/]+)", self.order),
            ("POST", "/store/order-lookup", self.look_up),
        ]

    def region(self, id):
        return next((r for r in self.regions if r["id"] == id), None)

    def list_groups(self, name, q):
        found = [g for g in self.groups[name] if q.get("handle") in (None, g["handle"])]
        return 200, {name: found}

    def list_products(self, q, _):
        region = self.region(q.get("region_id"))
        found = [p for p in self.products if q.get("handle") in (None, p["handle"])]
        found = [p for p in found if q.get("q", "").lower() in p["title"].lower()]
        for key in ("category_id[]", "collection_id[]"):
            found = [p for p in found if q.get(key) in (None, p.get(key))]
        offset, limit = int(q.get("offset", 0)), int(q.get("limit", 50))
        shown = [self.show_product(p, region) for p in found[offset : offset + limit]]
        return 200, {"products": shown, "count": len(found), "offset": offset, "limit": limit}

    def show_product(self, p, region):
        names = list(p["variants"][0]["choices"]) if p["variants"] else []
        options = [{"id": f"opt_{p['handle']}{i}", "title": n} for i, n in enumerate(names)]
        variants = []
        for v in p["variants"]:
            one = {k: x for k, x in v.items() if k not in ("choices", "price")}
            one["options"] = [{"option_id": o["id"], "value": v["choices"][o["title"]]} for o in options]
            if region:
                amount = v["price"] * RATES[region["currency_code"]]
                one["calculated_price"] = {"calculated_amount": amount, "original_amount": amount, "currency_code": region["currency_code"]}
            variants.append(one)
        return p | {"options": options, "variants": variants}

    def find_variant(self, id):
        return next(((p, v) for p in self.products for v in p["variants"] if v["id"] == id), (None, None))

    # Carts.

    def with_cart(self, id, call):
        with self.lock:
            cart = self.carts.get(id)
            return call(cart) if cart else (404, {"type": "not_found", "message": f"Cart id not found: {id}"})

    def make_cart(self, q, b):
        with self.lock:
            cart = {"id": f"cart_{len(self.carts):026d}", "region_id": b["region_id"], "lines": {}, "email": None,
                    "shipping_address": None, "shipping": None, "completed_at": None, "paid": False}
            self.carts[cart["id"]] = cart
            for item in b.get("items", []):
                status, value = self.add_line(cart["id"], q, item)
                if status != 200:
                    return status, value
            return 200, {"cart": self.shown(cart)}

    def shown(self, cart):
        currency = self.region(cart["region_id"])["currency_code"]
        items = []
        for line, (id, quantity) in cart["lines"].items():
            p, v = self.find_variant(id)
            price = v["price"] * RATES[currency]
            items.append({"id": line, "title": v["title"], "product_title": p["title"], "variant_title": v["title"],
                          "product_handle": p["handle"], "thumbnail": p["thumbnail"], "quantity": quantity, "unit_price": price,
                          "total": price * quantity})
        total = sum(i["total"] for i in items)
        shipping = 5 if cart["shipping"] else 0
        methods = [{"name": "Standard", "shipping_option_id": cart["shipping"]}] if cart["shipping"] else []
        return {"id": cart["id"], "region_id": cart["region_id"], "currency_code": currency, "email": cart["email"], "items": items,
                "completed_at": cart["completed_at"], "item_total": total, "shipping_total": shipping, "tax_total": 0,
                "discount_total": 0, "total": total + shipping, "shipping_methods": methods, "shipping_address": cart["shipping_address"]}

    def add_line(self, id, q, b):
        def call(cart):
            if cart["completed_at"]:
                return 400, {"type": "invalid_data", "message": f"Cart {id} is already completed"}
            _, v = self.find_variant(b["variant_id"])
            if not v:
                return 400, {"type": "invalid_data", "message": "no such variant"}
            if b["quantity"] > v["inventory_quantity"]:
                return 400, {"type": "not_allowed", "code": "insufficient_inventory", "message": "Some variant does not have the required inventory"}
            line = f"cali_{len(cart['lines']):026d}"
            cart["lines"][line] = (b["variant_id"], b["quantity"])
            return 200, {"cart": self.shown(cart)}
        return self.with_cart(id, call)

    def change_line(self, id, line, q, b):
        def call(cart):
            if line not in cart["lines"]:
                return 404, {"type": "not_found", "message": "no such line"}
            variant_id, _ = cart["lines"][line]
            if b.get("quantity", 0) > self.find_variant(variant_id)[1]["inventory_quantity"]:
                return 400, {"type": "not_allowed", "code": "insufficient_inventory", "message": "inventory"}
            if b.get("quantity"):
                cart["lines"][line] = (variant_id, b["quantity"])
            else:
                del cart["lines"][line]
            return 200, {"cart": self.shown(cart)}
        return self.with_cart(id, call)

    def update_cart(self, id, q, b):
        def call(cart):
            cart.update({k: v for k, v in b.items() if k in ("email", "shipping_address", "region_id")})
            return 200, {"cart": self.shown(cart)}
        return self.with_cart(id, call)

    def shipping_options(self, q, b):
        return 200, {"shipping_options": [{"id": "so_standard", "name": "Standard", "amount": 5, "type": {"description": "Two days"}},
                                          {"id": "so_sold_out", "name": "Never", "amount": 1, "insufficient_inventory": True}]}

    def set_shipping(self, id, q, b):
        def call(cart):
            cart["shipping"] = b["option_id"]
            return 200, {"cart": self.shown(cart)}
        return self.with_cart(id, call)

    def pay(self, id, q, b):
        self.with_cart("cart_" + id[len("pay_col_"):], lambda cart: cart.update(paid=True))
        return 200, {"payment_collection": {"id": id}}

    def complete(self, id, q, b):
        time.sleep(self.complete_seconds)

        def call(cart):
            if not cart["paid"] or not cart["lines"]:
                return 200, {"type": "cart", "cart": self.shown(cart), "error": {"message": "Payment sessions are required", "type": "payment"}}
            if not cart["completed_at"]:
                cart["completed_at"] = "2026-01-01T00:00:00Z"
                order = self.shown(cart) | {"id": "order_" + id[5:], "display_id": len(self.orders) + 1}
                self.orders[order["id"]] = order
            return 200, {"type": "order", "order": self.orders["order_" + id[5:]]}
        return self.with_cart(id, call)

    def order(self, id, q, b):
        order = self.orders.get(id)
        return (200, {"order": order}) if order else (404, {"type": "not_found", "message": "no such order"})

    def look_up(self, q, b):
        for order in self.orders.values():
            if order["display_id"] == b["display_id"] and order["email"].lower() == b["email"].lower():
                return 200, {"order": {"id": order["id"]}}
        return 404, {"type": "not_found", "message": "there is no such order"}
