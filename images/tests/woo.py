"""A WooCommerce shop of three containers, as the chart would run it, and what a visitor asks of it."""

import http.client
import json
import secrets
import socket
import urllib.parse

from container import Container, until

MIB = 1 << 20
UPLOADS = "/usr/share/wordpress/wp-content/uploads"


class WooShop:
    def __init__(self, storage, folder, store_id="shop", image="woocommerce", **settings):
        self.storage, self.folder, self.image = storage, folder, image
        self.secrets = folder / "secrets"
        self.settings = {"STORE_ID": store_id, "STORE_UID": "", "STORE_TITLE": 'A "shop" & <b>more</b> 🛒',
                         "STORE_URL": f"http://{store_id}.localtest.me",
                         "STORE_CURRENCY": "EUR", "STORE_COUNTRY": "DE", **settings}
        self.host = f"{store_id}.localtest.me"
        self.containers = []
        self.secrets.mkdir(parents=True, exist_ok=True)
        values = {
            # Characters that have a meaning in SQL and shells.
            "database-password": secrets.token_hex(8) + "'\"@/%$ \\`;", "salt-seed": secrets.token_hex(32),
            "admin-email": "owner@example.com", "admin-password": secrets.token_hex(12)}
        for name, value in values.items():
            (self.secrets / name).write_text(value + "\n")

    def secret(self, name):
        return (self.secrets / name).read_text().rstrip("\n")

    def run(self, image, name, env, volumes, memory, args=None):
        container = Container(
            self.storage, f"localhost/storewright/{image}:local", f"{self.folder.name}-{name}", env=env, args=args,
            secrets=self.secrets, memory=memory, volumes={**volumes, "/tmp": self.folder / f"tmp-{name}"})
        self.containers.append(container)
        return container.start()

    # The database.

    def start_database(self, *options, wait=True, **env):
        values = {"MARIADB_USER": "store", "MARIADB_DATABASE": "st_re",
                  "MARIADB_PASSWORD_FILE": "/run/secrets/store/database-password", **env}
        self.database = self.run(
            "mariadb", "database", {k: v for k, v in values.items() if v is not None},
            {"/var/lib/mysql": self.folder / "database", "/run/mysqld": self.folder / "socket"}, 192 * MIB,
            list(options) or None)
        if wait:
            until(self.database_answers, 60, "the database")
        return self.database

    def database_answers(self):
        assert self.database.process.poll() is None, self.database.output()
        return self.database.execute("mariadb-admin", "--silent", "ping", check=False).returncode == 0

    def query(self, sql, user="store", password=None, database="st_re"):
        """Rows as lines of tab-separated values, asked over the network as the shop would."""
        done = self.database.execute(
            "mariadb", "--skip-ssl", "--protocol=tcp", "--host=127.0.0.1", f"--user={user}", "--batch", "--skip-column-names", database,
            f"--execute={sql}", env=[f"MYSQL_PWD={self.secret('database-password') if password is None else password}"],
            check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stdout)
        return done.stdout.splitlines()

    def dump(self):
        return self.database.execute("mariadb-dump", "--skip-extended-insert", "--skip-comments", "st_re").stdout

    # The shop itself.

    def environment(self, **changes):
        values = {"DATABASE_HOST": "127.0.0.1", "DATABASE_NAME": "st_re", "DATABASE_USER": "store", **self.settings, **changes}
        return {name: value for name, value in values.items() if value is not None}

    def start_setup(self, name="setup", **changes):
        return self.run(self.image, name, self.environment(**changes), {UPLOADS: self.folder / "uploads"}, 320 * MIB,
                        ["storewright-setup"])

    def setup(self, timeout=180, **changes):
        """Exit status and last line of a whole setup."""
        container = self.start_setup(**changes)
        status = container.wait(timeout)
        lines = container.output().strip().splitlines()
        container.stop()
        return status, lines[-1] if lines else ""

    def serve(self, wait=True):
        volumes = {UPLOADS: self.folder / "uploads", "/run/php": self.folder / "run"}
        self.php = self.run(self.image, "php", self.environment(), volumes, 384 * MIB)
        self.nginx = self.run(self.image, "nginx", {}, volumes, 64 * MIB, ["storewright-nginx"])
        return until(self.is_open, 120, "the shop")[1] if wait else None

    def listens(self, port):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0

    def is_open(self):
        for container in (self.php, self.nginx):
            assert container.process.poll() is None, container.output()
        try:
            return self.ask("GET", "/wp-json/wc/store/v1/products")[0] == 200
        except OSError:
            return False

    def ask(self, method, path, body=None, headers=None, port=8080):
        """Status, text and headers. A body that is text goes as a form."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        kind = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        try:
            connection.request(method, path, data, {"Host": self.host, "Content-Type": kind, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace"), answer.headers
        finally:
            connection.close()

    def call(self, method, path, body=None, headers=None):
        status, text, seen = self.ask(method, path, body, headers)
        assert status < 400, (method, path, status, text[:500])
        return json.loads(text), seen

    def order(self, email="buyer@example.com", country="DE", postcode="10115"):
        """Buys one of the first product, to the end."""
        store = "/wp-json/wc/store/v1"
        _, seen = self.call("GET", f"{store}/cart")
        token = {"Cart-Token": seen["Cart-Token"]}
        product = self.call("GET", f"{store}/products")[0][0]
        self.call("POST", f"{store}/cart/add-item", {"id": product["id"], "quantity": 1}, token)
        address = {"first_name": "A", "last_name": "Buyer", "address_1": "Street 1", "city": "Town", "postcode": postcode,
                   "country": country, "state": "", "phone": "030 1"}
        return self.call("POST", f"{store}/checkout", {"billing_address": address | {"email": email},
                         "shipping_address": address, "payment_method": "cod"}, token)[0]

    def sign_in(self, password=None):
        """Status and headers of the owner's sign-in."""
        form = urllib.parse.urlencode({"log": self.secret("admin-email"), "pwd": password or self.secret("admin-password"),
                                       "testcookie": "1"})
        status, _, seen = self.ask("POST", "/wp-login.php", form, {"Cookie": "wordpress_test_cookie=WP%20Cookie%20check"})
        return status, seen

    def close(self):
        for container in reversed(self.containers):
            container.stop()
