"""A store as its visitors and its admin meet it: Medusa's HTTP API through the ingress."""

import http.client
import json


class StoreError(Exception):
    def __init__(self, status, text):
        super().__init__(f"{status}: {text[:500]}")
        self.status = status


class Store:
    def __init__(self, kube, store, ingress, host=None):
        self.kube, self.id, self.ingress = kube, store, ingress
        self.host = host or f"{store}.localtest.me"

    def send(self, method, path, headers=None, body=None):
        """(status, text) of one request through the ingress, by Host header."""
        c = http.client.HTTPConnection(self.ingress, timeout=60)
        try:
            text = None if body is None else json.dumps(body)
            c.request(method, path, text, {"Host": self.host, "Content-Type": "application/json"} | (headers or {}))
            answer = c.getresponse()
            return answer.status, answer.read().decode()
        finally:
            c.close()

    def call(self, method, path, headers, body=None):
        status, text = self.send(method, path, headers, body)
        if status >= 400:
            raise StoreError(status, text)
        return json.loads(text)

    def shop(self, method, path, body=None):
        key = self.kube.secret(self.id, "storewright-credentials")["publishable-key"]
        return self.call(method, path, {"x-publishable-api-key": key}, body)

    def products(self):
        return self.shop("GET", "/store/products?fields=id,title,*variants")["products"]

    def answers(self):
        """Does it show products?"""
        try:
            return len(self.products()) > 0
        except (StoreError, OSError, TypeError):  # TypeError: it has no Secret
            return False

    def buy(self, email="visitor@example.com"):
        """One order, in the steps of a visitor. Returns it."""
        region = self.shop("GET", "/store/regions?fields=id,currency_code,*countries")["regions"][0]
        address = {
            "first_name": "Vera",
            "last_name": "Visitor",
            "address_1": "1 Main Street",
            "city": "Town",
            "postal_code": "10115",
            "country_code": region["countries"][0]["iso_2"],
        }
        cart = self.shop("POST", "/store/carts", {"region_id": region["id"]})["cart"]["id"]
        variant = self.products()[0]["variants"][0]["id"]
        self.shop("POST", f"/store/carts/{cart}/line-items", {"variant_id": variant, "quantity": 2})
        self.shop("POST", f"/store/carts/{cart}", {"email": email, "shipping_address": address, "billing_address": address})
        option = self.shop("GET", f"/store/shipping-options?cart_id={cart}")["shipping_options"][0]["id"]
        self.shop("POST", f"/store/carts/{cart}/shipping-methods", {"option_id": option})
        payment = self.shop("POST", "/store/payment-collections", {"cart_id": cart})["payment_collection"]["id"]
        session = {"provider_id": "pp_system_default"}
        self.shop("POST", f"/store/payment-collections/{payment}/payment-sessions", session)
        done = self.shop("POST", f"/store/carts/{cart}/complete", {})
        assert done["type"] == "order", done
        return done["order"]

    def admin(self, email, password):
        """Signs in; returns admin(method, path, body)."""
        account = {"email": email, "password": password}
        token = self.call("POST", "/auth/user/emailpass", {}, account)["token"]
        return lambda method, path, body=None: self.call(method, path, {"Authorization": f"Bearer {token}"}, body)
