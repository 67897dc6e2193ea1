"""Is another's store told from none by the time of the answer? A member asks every route that takes a store's ID, in turn and
in random order, for stores of somebody else and for names that nobody has; both answers are the same bytes."""

import http.client
import random
import re
import statistics
import subprocess
import time
import urllib.parse

from harness import BUILD
from harness.platform import Platform

STORES, ROUNDS, WARM_UP = 20, 1500, 100


def routes():
    table = subprocess.run([BUILD / "cgi" / "dashboard", "--routes"], capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in table.splitlines()[1:]]
    return [(method, pattern) for method, pattern, *_ in rows if "/stores/{id}" in pattern]


class Asker:
    def __init__(self, platform, browser):
        self.connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=30)
        self.headers = {
            "Host": f"localhost:{platform.port}", "Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        self.body = urllib.parse.urlencode({"csrf": browser.get("/stores").fields["csrf"]})

    def ask(self, method, path):
        """(microseconds, status, text)"""
        begin = time.perf_counter_ns()
        self.connection.request(method, path, self.body if method == "POST" else None, self.headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        return (time.perf_counter_ns() - begin) / 1000, answer.status, text


def chance_slower(a, b):
    """That a random one of a took longer than a random one of b: 0.5 where nothing can be told."""
    ranked = sorted([(v, 1) for v in a] + [(v, 0) for v in b])
    above = below = 0
    for _, of_a in ranked:
        above += below if of_a else 0
        below += 0 if of_a else 1
    return above / (len(a) * len(b))


def told(text, name):
    """What the answer says, but for the name that was asked for and the answer's own number."""
    return re.sub(r"<code>[0-9a-f]{16}</code>", "", text.replace(name, "ID"))


def one(asker, method, pattern, names):
    took = {"another's": [], "nobody's": []}
    answers = {}
    for i in range(WARM_UP + ROUNDS):
        for whose in random.sample(sorted(took), 2):
            name = random.choice(names[whose])
            us, status, text = asker.ask(method, pattern.replace("{id}", name))
            answers.setdefault(whose, set()).add((status, told(text, name)))
            if i >= WARM_UP:
                took[whose].append(us)
    assert len(answers["nobody's"]) == 1 and answers["another's"] == answers["nobody's"], f"{method} {pattern} tells them apart"
    assert {status for status, _ in answers["nobody's"]} == {404}, (method, pattern, answers)
    figures = {f"{whose} median µs": round(statistics.median(v)) for whose, v in took.items()}
    return figures | {"chance that another's is the slower": round(chance_slower(took["another's"], took["nobody's"]), 3)}


def hidden(kube):
    platform = Platform(kube, reconcile="/nonexistent/reconcile")
    try:
        names = {"another's": [f"store-{i}" for i in range(STORES)], "nobody's": [f"other-{i}" for i in range(STORES)]}
        for name in names["another's"]:
            platform.create(name)
        platform.add_user("mallory", "member", "correct horse battery")
        browser = platform.browser(sign_in=False)
        browser.sign_in("mallory", "correct horse battery")
        asker = Asker(platform, browser)
        return {f"{method} {pattern}": one(asker, method, pattern, names) for method, pattern in routes()}
    finally:
        platform.stop()
