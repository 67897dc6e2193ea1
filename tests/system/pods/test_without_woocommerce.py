"""Where no release of WooCommerce can be had: the engine's chart with the image that it is built on. Everything works but
the shop itself, and setup says what is missing."""

import json
import subprocess

import pytest
from harness import ROOT, tool, wait

STORE = "bare-woo"


@pytest.fixture
def release(kube, images, tmp_path):
    with open(images, encoding="utf-8") as f:
        known = json.load(f)["images"]
    # Loaded beside the others by tests/system/run.
    known["woocommerce"] = {"repository": "localhost/storewright/wordpress", "tag": "local"}
    (tmp_path / "images.json").write_text(json.dumps({"images": known}), encoding="utf-8")
    helm = [tool("helm"), "--kubeconfig", kube.file]
    values = ["--values", tmp_path / "images.json", "--set", f"store.id={STORE},store.engine=woocommerce"]
    subprocess.run([*helm, "install", STORE, ROOT / "helm/store", *values], check=True, capture_output=True, timeout=60)
    yield
    subprocess.run([*helm, "uninstall", STORE], check=True, capture_output=True, timeout=60)
    kube.delete(f"/api/v1/namespaces/{STORE}")
    wait("it has gone", lambda: kube.namespace(STORE) is None, 120)


def setup_status(kube):
    pods = kube.pods(STORE, "web")
    found = pods[0]["status"].get("initContainerStatuses", []) if pods else []
    ended = [s[k]["terminated"] for s in found for k in ("state", "lastState") if "terminated" in s.get(k, {})]
    return ended and ended[0]


def test_setup_comes_as_far_as_to_the_activation(kube, release):
    wait("the database is ready", lambda: all(
        c["ready"] for p in kube.pods(STORE, "database") for c in p["status"].get("containerStatuses", [{"ready": False}])
    ) and kube.pods(STORE, "database"), 90, 0.2)
    ended = wait("setup has ended", lambda: setup_status(kube), 90, 0.2)
    assert ended["exitCode"] == 72
    web = kube.pods(STORE, "web")[0]["metadata"]["name"]
    said = wait("what it said", lambda: kube.log(STORE, web, "setup"), 20)
    assert "WordPress is prepared, but this image has no WooCommerce" in said
