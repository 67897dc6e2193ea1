"""The chart by itself, with no platform near it: the literal commands of its manual."""

import subprocess

import pytest
from harness import ROOT, tool, wait

CHART = "./helm/store"
# What a local cluster has not: certificates, and room for a server's sizes.
LOCAL = ["--set", "domain.tls.enabled=false"]


@pytest.fixture
def helm(kube):
    def run(*argv):
        command = [tool("helm"), "--kubeconfig", kube.file, *argv]
        r = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=400)
        assert r.returncode == 0, f"helm {argv}: {r.stdout}{r.stderr}"
        return r.stdout

    return run


@pytest.mark.parametrize(("values", "more"), [("values.yaml", []), ("values-prod.yaml", LOCAL)])
def test_install_and_buy(kube, helm, store_at, images, values, more):
    store = store_at("my-store")
    store.host = "my-store.yourdomain.com"
    helm(
        *("install", "my-store", CHART, "--values", f"{CHART}/{values}", "--values", images),
        *("--set", "store.id=my-store", "--set", "store.namespace=my-store"),
        *("--set", "domain.host=my-store.yourdomain.com", *more),
        *("--wait", "--timeout", "5m"),
    )
    try:
        wait("the ingress has heard of it", store.answers, 30)
        assert store.buy()["total"] > 0
        assert "Succeeded" in helm("test", "my-store", "--timeout", "3m")
    finally:
        helm("uninstall", "my-store")
        kube.delete("/api/v1/namespaces/my-store")
        wait("it has gone", lambda: kube.namespace("my-store") is None and not kube.volumes_of("my-store"), 120)
