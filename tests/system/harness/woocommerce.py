"""A WooCommerce store as its visitors and its owner meet it, through the ingress."""

import http.client
import json
import urllib.parse

from .store import Store, StoreError

PRODUCTS = "/wp-json/wc/store/v1/products"
POSTCODES = {"US": ("10001", "NY"), "CA": ("M5V 2T6", "ON"), "GB": ("SW1A 1AA", ""), "AU": ("2000", "NSW")}


class Session:
    """One person with a browser's cookies; `seen` are the headers of the last answer."""

    def __init__(self, store):
        self.store, self.cookies, self.headers, self.seen = store, {}, {}, {}

    def send(self, method, path, body=None, **headers):
        """(status, text); a body that is a dictionary goes as JSON, text as a form."""
        c = http.client.HTTPConnection(self.store.ingress, timeout=60)
        kind = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
        h = {"Host": self.store.host, "Content-Type": kind} | self.headers | headers
        if self.cookies:
            h["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        try:
            c.request(method, path, json.dumps(body) if isinstance(body, dict) else body, h)
            answer = c.getresponse()
            text = answer.read().decode()
        finally:
            c.close()
        self.seen = answer.headers
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def call(self, method, path, body=None):
        status, text = self.send(method, path, body)
        if status >= 400:
            raise StoreError(status, text)
        return json.loads(text)


class WooStore(Store):
    def products(self):
        return self.call("GET", PRODUCTS, {})

    def buy(self, email="visitor@example.com", quantity=2):
        """One order by cash on delivery, in the steps of a visitor. Returns it."""
        visitor = Session(self)
        cart = visitor.call("GET", "/wp-json/wc/store/v1/cart")
        visitor.headers["Cart-Token"] = visitor.seen["Cart-Token"]
        product = self.products()[0]["id"]
        visitor.call("POST", "/wp-json/wc/store/v1/cart/add-item", {"id": product, "quantity": quantity})
        country = cart["shipping_address"]["country"]
        postcode, state = POSTCODES.get(country, ("10115", ""))
        address = {
            "first_name": "Vera",
            "last_name": "Visitor",
            "address_1": "1 Main Street",
            "city": "Town",
            "postcode": postcode,
            "state": state,
            "country": country,
            "phone": "030 1234567",
        }
        return visitor.call(
            "POST",
            "/wp-json/wc/store/v1/checkout",
            {"billing_address": address | {"email": email}, "shipping_address": address, "payment_method": "cod"},
        )

    def admin(self, email, password):
        """Signs in; returns admin(method, path, body) of the REST API."""
        owner = Session(self)
        owner.send("GET", "/wp-login.php")
        form = urllib.parse.urlencode({"log": email, "pwd": password, "testcookie": "1"})
        status, text = owner.send("POST", "/wp-login.php", form)
        if status != 302:
            raise StoreError(401 if status == 200 else status, text)
        owner.headers["X-WP-Nonce"] = owner.send("GET", "/wp-admin/admin-ajax.php?action=rest-nonce")[1]
        return owner.call
