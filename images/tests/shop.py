"""A shop of two containers, as the chart would run it, and what a visitor asks of it."""

import json
import os
import secrets
import subprocess
import urllib.error
import urllib.request

from container import Container, until

MIB = 1 << 20


class Shop:
    def __init__(self, storage, folder, store_id="shop", **settings):
        self.storage = storage
        self.folder = folder
        self.secrets = folder / "secrets"
        self.settings = {"STORE_ID": store_id, "STORE_TITLE": 'A "shop" & more 🛒',
                         "STORE_URL": f"http://{store_id}.localtest.me",
                         "STORE_CURRENCY": "EUR", "STORE_COUNTRY": "DE", **settings}
        self.containers = []
        self.write_secrets()

    def write_secrets(self):
        self.secrets.mkdir(parents=True, exist_ok=True)
        values = {
            # Characters that have a meaning in URLs, SQL and shells.
            "database-password": secrets.token_hex(8) + "'\"@/%$ \\",
            "jwt-secret": secrets.token_hex(32), "cookie-secret": secrets.token_hex(32),
            "publishable-key": "pk_" + secrets.token_hex(32),
            "admin-email": "owner@example.com", "admin-password": secrets.token_hex(12)}
        for name, value in values.items():
            (self.secrets / name).write_text(value + "\n")

    def secret(self, name):
        return (self.secrets / name).read_text().rstrip("\n")

    def run(self, image, name, env, volumes, memory, args=None, allowed=None):
        container = Container(
            self.storage, f"localhost/storewright/{image}:local", f"{self.folder.name}-{name}",
            env=env, args=args, secrets=allowed or self.secrets, memory=memory,
            volumes={**volumes, "/tmp": self.folder / f"tmp-{name}"})
        self.containers.append(container)
        return container.start()

    # The database.

    def start_database(self, *options, wait=True, **env):
        values = {"POSTGRES_USER": "store", "POSTGRES_DB": "store",
                  "POSTGRES_PASSWORD_FILE": "/run/secrets/store/database-password", **env}
        self.database = self.run(
            "postgres", "database", {k: v for k, v in values.items() if v is not None},
            {"/var/lib/postgresql/data": self.folder / "database",
             "/var/run/postgresql": self.folder / "socket"}, 256 * MIB, list(options) or None)
        if wait:
            until(self.database_answers, 30, "the database")
        return self.database

    def database_answers(self):
        assert self.database.process.poll() is None, self.database.output()
        return self.database.execute("pg_isready", "-q", "-h", "127.0.0.1", check=False).returncode == 0

    def query(self, sql, user="store", password=None):
        """Rows as lines, asked over the network as the shop would."""
        done = self.database.execute(
            "psql", "-h", "127.0.0.1", "-U", user, "-At", "-v", "ON_ERROR_STOP=1", "store", "-c", sql,
            env=[f"PGPASSWORD={self.secret('database-password') if password is None else password}"],
            check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stdout)
        return done.stdout.splitlines()

    # The shop itself.

    def environment(self, **changes):
        values = {"DATABASE_HOST": "127.0.0.1", "DATABASE_NAME": "store", "DATABASE_USER": "store",
                  **self.settings, **changes}
        return {name: value for name, value in values.items() if value is not None}

    def start_setup(self, name="setup", secrets_folder=None, **changes):
        return self.run("medusa", name, self.environment(**changes),
                        {"/app/static": self.folder / "static"}, 512 * MIB, ["storewright-setup"],
                        secrets_folder)

    def setup(self, timeout=120, **changes):
        """Exit status and last line of a whole setup."""
        container = self.start_setup(**changes)
        status = container.wait(timeout)
        lines = container.output().strip().splitlines()
        container.stop()
        return status, lines[-1] if lines else ""

    def serve(self):
        self.web = self.run("medusa", "web", self.environment(),
                            {"/app/static": self.folder / "static"}, 512 * MIB)
        return until(self.is_healthy, 120, "the shop")[1]

    def is_healthy(self):
        assert self.web.process.poll() is None, self.web.output()
        try:
            return self.call("GET", "/health", raw=True) == "OK"
        except OSError:
            return False

    def call(self, method, path, body=None, token=None, raw=False, key=None):
        headers = {"content-type": "application/json",
                   "x-publishable-api-key": self.secret("publishable-key") if key is None else key}
        if token:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(
            f"http://127.0.0.1:9000{path}", method=method, headers=headers,
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read().decode()
        return text if raw else json.loads(text)

    def status_of(self, method, path, **options):
        try:
            self.call(method, path, raw=True, **options)
            return 200
        except urllib.error.HTTPError as error:
            return error.code

    def sign_in(self):
        return self.call("POST", "/auth/user/emailpass", {
            "email": self.secret("admin-email"), "password": self.secret("admin-password")})["token"]

    def region(self, currency):
        regions = self.call("GET", "/store/regions")["regions"]
        return next(region for region in regions if region["currency_code"] == currency)

    def products(self, region):
        return self.call("GET", "/store/products?fields=id,title,*variants.calculated_price"
                         f"&region_id={region['id']}")["products"]

    def order(self, currency="eur", country="de"):
        """Buys one of the first product, to the end."""
        region = self.region(currency)
        variant = self.products(region)[0]["variants"][0]
        address = {"first_name": "A", "last_name": "Buyer", "address_1": "Street 1",
                   "city": "Town", "postal_code": "10000", "country_code": country}
        cart = self.call("POST", "/store/carts", {
            "region_id": region["id"], "email": "buyer@example.com", "shipping_address": address,
            "billing_address": address, "items": [{"variant_id": variant["id"], "quantity": 1}]})["cart"]
        path = f"/store/carts/{cart['id']}"
        options = self.call("GET", f"/store/shipping-options?cart_id={cart['id']}")["shipping_options"]
        self.call("POST", f"{path}/shipping-methods", {"option_id": options[0]["id"]})
        collection = self.call("POST", "/store/payment-collections",
                               {"cart_id": cart["id"]})["payment_collection"]
        self.call("POST", f"/store/payment-collections/{collection['id']}/payment-sessions",
                  {"provider_id": "pp_system_default"})
        answer = self.call("POST", f"{path}/complete", {})
        assert answer["type"] == "order", answer
        return answer["order"]

    def close(self):
        for container in reversed(self.containers):
            container.stop("INT" if container.name.endswith("database") else "TERM")


def files_with(root, *patterns):
    """Files below `root` that a grep for one of the fixed strings finds."""
    command = ["grep", "-rlF", "--devices=skip"]
    for pattern in patterns:
        command += ["-e", pattern]
    done = subprocess.run([*command, str(root)], check=False, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"})
    return done.stdout.split()
