"""What tests/bench/ready measures, on a whole test cluster: how soon a store that answers is called READY, and what the
platform costs over bare helm."""

import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

from harness import ROOT, STATE, tool, wait  # noqa: E402
from harness.kube import Kube, is_ready  # noqa: E402
from harness.platform import Platform, keep_figures  # noqa: E402
from harness.store import Store  # noqa: E402
from harness.woocommerce import WooStore  # noqa: E402


SETTLE_SECONDS = 3

# What answers: the pods that are waited for, and the shop.
ENGINES = {"medusa": (("database", "web", "storefront"), Store), "woocommerce": (("database", "web"), WooStore)}


def pods_ready_at(kube, store, components):
    """By a watch: asking again and again would take from the pods the processor that they start on."""
    ready = set()
    for _, pod in kube.watch(f"/api/v1/namespaces/{store}/pods", 300):
        component = pod["metadata"]["labels"]["app.kubernetes.io/component"]
        (ready.add if is_ready(pod) else ready.discard)(component)
        if ready.issuperset(components):
            return time.time()
    raise AssertionError(f"{store}: of its pods only {ready} are Ready after 300 s")


def settle(kube, store):
    """
    What follows must not pay for what is still being taken away. Nor must it begin in step with the kubelet, which
    looks at its containers once a second: what has just gone went at such a moment.
    """
    wait("it has gone", lambda: kube.namespace(store) is None and not kube.volumes_of(store), 120)
    time.sleep(SETTLE_SECONDS + random.random())


def by_platform(platform, kube, engine, n):
    """(form post to READY, pods Ready to READY), seconds."""
    store = f"bench-{n}"
    browser = platform.browser()
    filled = browser.get("/new-store").fields | {"id": store, "engine": engine, "title": "Bench", "admin_email": "me@example.com"}
    began = time.time()
    assert browser.post_only("/new-store", filled).status == 303
    pods = pods_ready_at(kube, store, ENGINES[engine][0])
    platform.wait_status(store, "ready", 300)
    ready = platform.row(store)["ready_at"] / 1000
    platform.delete(store, "--wait")
    settle(kube, store)
    return ready - began, max(0.0, ready - pods)


def by_helm(kube, images, ingress, engine, n):
    """helm upgrade --install, kubectl wait, first good answer: seconds."""
    name = f"bare-{n}"
    began = time.time()
    helm = [tool("helm"), "--kubeconfig", kube.file]
    values = ["--set", f"store.id={name},store.engine={engine}", "--values", images]
    subprocess.run([*helm, "upgrade", "--install", name, ROOT / "helm/store", "--namespace", name, "--create-namespace", *values], check=True, capture_output=True)
    subprocess.run(
        [tool("kubectl"), "--kubeconfig", kube.file, "wait", "--namespace", name, "--for=condition=Ready", "pod", "--all", "--timeout=300s"],
        check=True,
        capture_output=True,
    )
    wait("it answers", ENGINES[engine][1](kube, name, ingress).answers, 60, 0.02)
    took = time.time() - began
    subprocess.run([*helm, "uninstall", name, "--namespace", name], check=True, capture_output=True)
    kube.delete(f"/api/v1/namespaces/{name}")
    settle(kube, name)
    return took


def spread(seconds):
    return {"mean": round(statistics.mean(seconds), 2), "median": round(statistics.median(seconds), 2), "min": round(min(seconds), 2), "max": round(max(seconds), 2)}


def main(count=20, engine="medusa"):
    kube, images = Kube(os.environ["KUBECONFIG"]), os.environ["STOREWRIGHT_IMAGES"]
    ingress = (STATE / "ingress").read_text(encoding="utf-8").strip()
    platform = Platform(kube, ingress=ingress, helm_values=images, limit_creations_per_hour=1000, limit_stores=1000, linger_seconds=3600)
    platform.cron()  # as on a machine where cron keeps a reconciler
    ours, late, bare = [], [], []
    try:
        for n in range(int(count)):
            whole, after = by_platform(platform, kube, engine, n)
            ours.append(whole)
            late.append(after)
            bare.append(by_helm(kube, images, ingress, engine, n))
            print(f"{n + 1}: platform {whole:.2f} s ({after:.3f} s after its pods), bare helm {bare[-1]:.2f} s", flush=True)
    finally:
        platform.stop()
    figures = {
        "stores": len(ours),
        "pods_ready_to_row_ready_ms": {"median": round(statistics.median(late) * 1000), "max": round(max(late) * 1000)},
        "post_to_ready_seconds": spread(ours),
        "bare_helm_seconds": spread(bare),
        # Of the means: most of the time comes in steps of the kubelet's second, and a median jumps with them.
        "ratio": round(statistics.mean(ours) / statistics.mean(bare), 3),
    }
    keep_figures(f"{engine} store: ready against bare helm", figures)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
