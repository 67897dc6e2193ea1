"""On a whole node: real images, pods, volumes and ingress. One READY store is shared by the tests of
a file that look at it, hurt it and heal it."""

import os

import pytest
from harness import STATE
from harness.platform import Platform
from harness.store import Store


@pytest.fixture(scope="session")
def images():
    """The values file that names the images that were loaded."""
    return os.environ["STOREWRIGHT_IMAGES"]


@pytest.fixture(scope="session")
def ingress():
    return (STATE / "ingress").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="module")
def platform(kube, images, ingress):
    platform = Platform(kube, ingress=ingress, helm_values=images)
    yield platform
    platform.stop()


@pytest.fixture
def store_at(kube, ingress):
    """store_at("my-shop"): its HTTP API, as visitors and its admin use it."""
    return lambda store: Store(kube, store, ingress)
