"""Whatever is killed, at whatever moment, nobody's help is needed: what was asked for is done by the next reconciler."""

import os
import random
import signal
import time

import pytest
from harness import wait

SLOW_HELM = """#!/bin/bash
# Helm as it is on a busy machine: it takes its time before it does anything, and again before it ends.
sleep {before}
{helm} "$@" || exit
sleep {after}
"""


@pytest.fixture
def slow_helm(platform):
    """slow_helm(before, after): helm takes that many seconds more from now on."""

    def make(before, after):
        file = platform.dir / "slow-helm"
        helm = platform.settings["helm"]
        file.write_text(SLOW_HELM.format(before=before, after=after, helm=helm))
        file.chmod(0o755)
        platform.configure(helm=file)

        def fast():
            platform.configure(helm=helm)

        return fast

    return make


def deployed(kube, store):
    return kube.release_states(store)[-1:] == ["deployed"]


def expect_ready(platform, kubelet, shops, kube, store):
    shops.answers[f"{store}.localtest.me"] = "shop"
    kubelet.look_after(store)
    platform.wait_status(store, "ready", 60)
    assert deployed(kube, store)
    platform.wait_idle()
    # Of a slow helm that was struck its sleep may be left for a moment, which does nothing.
    wait("no helm is left", lambda: not platform.processes("helm"))


def expect_deleted(platform, kube, store):
    platform.wait_status(store, "deleted", 60)
    assert kube.namespace(store) is None
    assert not kube.volumes_of(store)
    platform.wait_idle()


# The seconds at which a create is struck: before the namespace is there, while helm writes its objects, and after.
MOMENTS = [0.0, 0.15, 0.3, 0.45, 0.6, 0.8]


@pytest.mark.parametrize("moment", MOMENTS)
def test_reconcile_killed_in_an_install(platform, kubelet, shops, kube, shop, moment):
    platform.create(shop)
    time.sleep(moment)
    platform.kill("reconcile")
    platform.cron()
    expect_ready(platform, kubelet, shops, kube, shop)


@pytest.mark.parametrize("moment", MOMENTS)
def test_helm_killed_in_an_install(platform, kubelet, shops, kube, shop, moment):
    platform.create(shop)
    platform.wait_helm(shop)
    time.sleep(moment / 2)
    killed = platform.kill("helm")
    expect_ready(platform, kubelet, shops, kube, shop)
    if killed:
        assert "ended by signal 9" in platform.log() or deployed(kube, shop)


@pytest.mark.parametrize("moment", [0.2, 0.4, 0.6])
def test_both_killed_in_an_install(platform, kubelet, shops, kube, shop, moment):
    platform.create(shop)
    platform.wait_helm(shop)
    time.sleep(moment / 2)
    platform.kill("reconcile", "helm")
    platform.cron()
    expect_ready(platform, kubelet, shops, kube, shop)


def test_helm_outlives_reconcile_before_its_work(platform, kubelet, shops, kube, shop, slow_helm):
    """The old helm sleeps while a new reconciler starts another; both do their work."""
    fast = slow_helm(2, 0)
    platform.create(shop)
    platform.wait_helm(shop)
    platform.kill("reconcile")
    fast()
    platform.cron()
    expect_ready(platform, kubelet, shops, kube, shop)


def test_helm_outlives_reconcile_within_its_work(platform, kubelet, shops, kube, shop):
    """The old helm is stopped in the middle, goes on when the new one has begun: one password, one release."""
    platform.create(shop)
    wait("helm's record", lambda: kube.releases(shop))
    platform.kill("reconcile")
    stopped = platform.kill("helm", sig=signal.SIGSTOP)
    platform.cron()
    time.sleep(0.5)
    before = kube.secret(shop, "storewright-credentials")
    for pid in stopped:
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass  # the new reconciler has ended it
    expect_ready(platform, kubelet, shops, kube, shop)
    if before:
        assert kube.secret(shop, "storewright-credentials") == before


def test_the_password_survives_a_cut_off_install(platform, kubelet, shops, kube, shop):
    """The database's volume was made with it."""
    platform.create(shop)
    wait("the Secret", lambda: kube.secret(shop, "storewright-credentials"), every=0.005)
    platform.kill("helm", "reconcile")
    before = kube.secret(shop, "storewright-credentials")
    platform.cron()
    expect_ready(platform, kubelet, shops, kube, shop)
    assert kube.secret(shop, "storewright-credentials") == before


@pytest.mark.parametrize("moment", [0.05, 0.3, 0.6, 2.0])
def test_reconcile_killed_in_a_delete(platform, ready_store, kube, shop, moment):
    ready_store(shop)
    platform.delete(shop)
    time.sleep(moment)
    platform.kill("reconcile")
    platform.cron()
    expect_deleted(platform, kube, shop)


@pytest.mark.parametrize("moment", [0.0, 0.15])
def test_helm_killed_in_a_delete(platform, ready_store, kube, shop, moment):
    ready_store(shop)
    platform.delete(shop)
    platform.wait_helm(shop, "uninstall")
    time.sleep(moment)
    platform.kill("helm")
    expect_deleted(platform, kube, shop)


def test_killed_again_and_again(platform, kubelet, shops, kube, shop):
    shops.answers[f"{shop}.localtest.me"] = "shop"
    kubelet.look_after(shop)
    platform.create(shop)
    for seed in range(12):
        time.sleep(random.Random(seed).uniform(0, 0.4))
        platform.kill("reconcile" if seed % 3 else "helm")
        platform.cron()
    expect_ready(platform, kubelet, shops, kube, shop)


def test_stopped_in_good_order(platform, kubelet, shops, kube, shop):
    """SIGTERM, as at a shutdown: it ends soon, and leaves no helm behind."""
    platform.create(shop)
    platform.wait_helm(shop)
    platform.kill("reconcile", sig=signal.SIGTERM)
    wait("it ends", lambda: not platform.processes("reconcile"), 10)
    assert not platform.processes("helm")
    platform.cron()
    expect_ready(platform, kubelet, shops, kube, shop)
