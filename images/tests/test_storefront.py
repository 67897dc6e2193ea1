"""The storefront image by itself, and in front of a Medusa."""

import re
import time
import urllib.error
import urllib.request

import pytest

from container import Container, until
from shop import MIB

IMAGE = "localhost/storewright/storefront:local"


@pytest.fixture
def new_front(storage, tmp_path):
    fronts = []

    def make(medusa, key="pk_" + "0" * 64, **environment):
        secrets = tmp_path / "front-secrets"
        secrets.mkdir(exist_ok=True)
        (secrets / "publishable-key").write_text(key + "\n")
        env = {"MEDUSA_URL": medusa, "STORE_URL": "http://shop.localtest.me", "STORE_TITLE": "Linden & Co", **environment}
        name = f"{tmp_path.name}-front-{len(fronts)}"
        front = Container(storage, IMAGE, name, env=env, secrets=secrets, memory=64 * MIB, volumes={"/tmp": tmp_path / name})
        fronts.append(front)
        return front.start()

    yield make
    for front in fronts:
        front.stop()


def get(path):
    request = urllib.request.Request(f"http://127.0.0.1:8080{path}", headers={"Host": "shop.localtest.me"})
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def answers(front):
    def ask():
        assert front.process.poll() is None, front.output()
        try:
            return get("/healthz")[0] == 200
        except OSError:
            return False
    return until(ask, 20, "the storefront")[1]


def test_without_medusa_it_says_so(new_front):
    front = new_front("http://127.0.0.1:9")
    answers(front)
    status, headers, text = get("/")
    assert (status, "The shop is being restarted" in text) == (503, True) and headers["Retry-After"]
    for url in re.findall(r'(?:href|src)="(/(?:assets/|theme)[^"]*)"', text):
        status, headers, _ = get(url.replace("&amp;", "&"))
        assert status == 200 and "max-age" in headers["Cache-Control"], url
    assert front.execute("id", "-u").stdout.strip() == "1000"
    assert front.execute("touch", "/etc/x", check=False).returncode != 0
    assert "CapEff:\t0000000000000000" in front.execute("cat", "/proc/1/status").stdout


def test_its_program_gone_is_a_page_and_the_end(new_front):
    """What nginx says alone, and that the container does not go on without its program."""
    front = new_front("http://127.0.0.1:9")
    answers(front)
    front.execute("bash", "-c", "kill -STOP $(pidof storefront)")
    status, headers, text = get("/")
    assert status == 503 and headers["Retry-After"] == "5" and "The shop is being restarted" in text
    front.execute("bash", "-c", "kill -KILL $(pidof storefront)")
    assert front.wait(20) != 0


def test_ends_when_told_to(new_front):
    front = new_front("http://127.0.0.1:9")
    answers(front)
    began = time.monotonic()
    front.signal("TERM")
    assert front.wait(15) == 0 and time.monotonic() - began < 10


def test_wrong_settings_end_it(new_front):
    front = new_front("http://127.0.0.1:9", STORE_ACCENT="red")
    assert front.wait(20) != 0
    assert 'STORE_ACCENT is' in front.output() and "pk_0000" not in front.output()


def test_shows_the_products_of_its_medusa(open_shop, new_front):
    front = new_front("http://127.0.0.1:9000", open_shop.secret("publishable-key"))
    answers(front)
    status, _, text = get("/")
    assert status == 200 and 'data-catalogue="fresh"' in text
    assert "Mug" in text and 'itemprop="price" content="12.00"' in text
    assert get("/products/mug")[0] == 200 and get("/products/none")[0] == 404


def test_finding_an_order_by_its_number(open_shop):
    order = open_shop.order()
    look_up = {"display_id": order["display_id"], "email": "BUYER@example.com"}
    assert open_shop.call("POST", "/store/order-lookup", look_up) == {"order": {"id": order["id"]}}
    assert open_shop.status_of("POST", "/store/order-lookup", body={**look_up, "email": "x@example.com"}) == 404
    assert open_shop.status_of("POST", "/store/order-lookup", body={"display_id": "1", "email": "x"}) == 400
    assert open_shop.status_of("POST", "/store/order-lookup", body=look_up, key="pk_wrong") == 400
