"""Against a control plane without nodes: real API server, real controllers, real helm. Pods' status and the
shops behind the ingress are played."""

import itertools

import pytest
from harness.kubelet import Kubelet
from harness.shop import Shops


numbers = itertools.count(1)


@pytest.fixture
def shop():
    """A store ID of the test's own: the namespaces of tests before it may still be on their way out."""
    return f"shop-{next(numbers)}"


@pytest.fixture
def shops():
    played = Shops()
    yield played
    played.stop()


@pytest.fixture
def kubelet(kube):
    played = Kubelet(kube)
    yield played
    played.stop()


@pytest.fixture
def platform(make_platform, shops):
    return make_platform(ingress=shops.address)


@pytest.fixture
def ready_store(platform, shops, kubelet):
    """ready_store("my-shop"): creates it and waits until it is READY."""

    def make(store):
        shops.answers[f"{store}.localtest.me"] = "shop"
        kubelet.look_after(store)
        platform.create(store)
        platform.wait_status(store, "ready")
        return store

    return make
