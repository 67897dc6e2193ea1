import os
from pathlib import Path

import pytest

from container import Storage
from shop import Shop
from woo import WooShop

CACHE = Path(os.environ.get("STOREWRIGHT_CACHE", "/var/cache/storewright")) / "images"


@pytest.fixture(scope="session")
def storage(tmp_path_factory):
    storage = Storage(CACHE, tmp_path_factory.mktemp("bundles"))
    yield storage
    storage.close()


@pytest.fixture
def new_shop(storage, tmp_path):
    shops = []

    def make(store_id="shop", **settings):
        shop = Shop(storage, tmp_path / f"s{len(shops)}", store_id, **settings)
        shops.append(shop)
        return shop

    yield make
    for shop in shops:
        shop.close()


@pytest.fixture
def shop(new_shop):
    return new_shop()


@pytest.fixture(scope="module")
def open_shop(storage, tmp_path_factory):
    """A shop that is set up and serves, for tests that only visit it."""
    shop = Shop(storage, tmp_path_factory.mktemp("open"))
    try:
        shop.start_database()
        assert shop.setup() == (0, shop.containers[-1].output().strip().splitlines()[-1])
        shop.boot_time = shop.serve()
        yield shop
    finally:
        shop.close()


@pytest.fixture(scope="session")
def woocommerce_image(storage):
    """Skips where WooCommerce's release could not be had."""
    if not storage.has("localhost/storewright/woocommerce:local"):
        pytest.skip("there is no image woocommerce: give its release zip (images/README.md)")


@pytest.fixture
def new_woo(storage, tmp_path):
    shops = []

    def make(store_id="shop", **settings):
        shop = WooShop(storage, tmp_path / f"w{len(shops)}", store_id, **settings)
        shops.append(shop)
        return shop

    yield make
    for shop in shops:
        shop.close()


@pytest.fixture
def woo(new_woo):
    return new_woo()


@pytest.fixture(scope="module")
def open_woo(storage, tmp_path_factory):
    """A shop that is set up and serves, for tests that only visit it."""
    shop = WooShop(storage, tmp_path_factory.mktemp("openwoo"))
    try:
        shop.start_database()
        status, line = shop.setup()
        assert status == 0, shop.containers[-1].output()
        shop.serve()
        yield shop
    finally:
        shop.close()
