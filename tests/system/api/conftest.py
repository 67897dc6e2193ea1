"""Against a control plane without nodes: real API server, real controllers, real helm. Pods' status and the
shops behind the ingress are played."""

import itertools
import secrets

import pytest
from harness.kubelet import Kubelet
from harness.shop import Shops


# Several runs of pytest share the cluster.
names = (f"shop-{run}-{n}" for run in [secrets.token_hex(2)] for n in itertools.count(1))


@pytest.fixture
def shop():
    """A store ID of the test's own: the namespaces of tests before it may still be on their way out."""
    return next(names)


@pytest.fixture
def shops(kube):
    played = Shops(kube)
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


@pytest.fixture
def shops_named():
    """shops_named(3): that many IDs."""
    return lambda count: [next(names) for _ in range(count)]
