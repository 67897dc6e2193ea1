"""The list page while eight clients guess passwords, each from an address of its own so that none is throttled: with the
process of its own that hashing has, and as it would be without."""

import hashlib
import http.client
import threading
import urllib.parse

from harness.platform import Platform
from load import wrk

GUESSERS, STORES = 8, 50
VISIT = "ab" * 32  # of the visit cookie; a form's token is made from it (lib/web/session.h)
CSRF = hashlib.blake2b(b"storewright form token", key=bytes.fromhex(VISIT), digest_size=32).hexdigest()


class Guessers:
    def __init__(self, port):
        self.port, self.ended, self.answers = port, False, []
        self.threads = [threading.Thread(target=self._run, args=(i,)) for i in range(GUESSERS)]

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *args):
        self.ended = True
        for t in self.threads:
            t.join()

    def _run(self, i):
        n = 0
        while not self.ended:
            n += 1
            body = urllib.parse.urlencode({"csrf": CSRF, "name": f"user-{i}-{n}", "password": "wrong", "next": ""})
            headers = {
                "Host": "localhost", "Cookie": f"sw_visit={VISIT}", "X-Forwarded-For": f"203.{i}.{n >> 8 & 255}.{n & 255}",
                "Content-Type": "application/x-www-form-urlencoded",
            }  # fmt: skip
            c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            c.request("POST", "/sign-in", body, headers)
            self.answers.append(c.getresponse().status)
            c.close()


def list_page(url, seconds, cookie):
    rate, p99 = wrk(url, seconds, cookie, connections=1)
    return {"requests_per_second": round(rate), "p99_ms": p99}


def one(kube, seconds, apart):
    platform = Platform(kube, trusted_proxies="127.0.0.1", reconcile="/nonexistent/reconcile")
    try:
        if not apart:
            made = platform._nginx_conf
            platform._nginx_conf = lambda: made().replace("passwords.sock", "dashboard.sock")
        for n in range(STORES):
            platform.create(f"store-{n}")
        browser = platform.browser()
        cookie = "Cookie: " + "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
        url = f"http://127.0.0.1:{platform.port}/stores"
        figures = {"alone": list_page(url, seconds, cookie)}
        with Guessers(platform.port) as guessers:
            figures["while passwords are guessed"] = list_page(url, seconds, cookie)
        return figures | {"guesses answered": len(guessers.answers)}
    finally:
        platform.stop()


def guessing(kube, seconds):
    return {"hashing has a process of its own": one(kube, seconds, True), "as it would be without": one(kube, seconds, False)}
