"""Many stores at once, of a light kind: rows of a platform and their real API objects on a control plane, made directly,
as they would stand there had each been installed. Nothing runs in them."""

import http.client
import json
import multiprocessing
import sqlite3
import time

from .kubelet import NOW, _status

OWNER = "storewright.io/owner"


def uid_of(i):
    return f"{i:020x}"


def rows(platform, names):
    """A row for each, ready."""
    now = int(time.time() * 1000) - 3_600_000
    db = sqlite3.connect(platform.database, timeout=10)
    columns = (
        "uid, id, owner_id, engine, plan, host, title, admin_email, currency, country, sample_products, desired, generation,"
        " status, applied_generation, created_at, status_at, ready_at"
    )
    with db:
        db.executemany(
            f"INSERT INTO store ({columns}) VALUES (?, ?, 1, 'medusa', 'small', ?, ?, ?, 'eur', 'de', 1, 'present', 1, 'ready', 1, ?, ?, ?)",
            [
                (uid_of(i), n, f"{n}.localtest.me", f"Shop {i}", f"admin@{n}.localtest.me", now + i, now + i, now + i)
                for i, n in enumerate(names)
            ],
        )
    db.close()


def _objects(uid, name, whole):
    """(path, object) in the order in which they are made. whole: all that a release has, not only what must be seen."""
    core, ns = "/api/v1/namespaces", f"/api/v1/namespaces/{name}"
    apps, net = f"/apis/apps/v1/namespaces/{name}", f"/apis/networking.k8s.io/v1/namespaces/{name}"

    def meta(suffix="", component="store"):
        labels = {
            "app.kubernetes.io/managed-by": "Helm",
            "app.kubernetes.io/instance": name,
            "app.kubernetes.io/component": component,
            "storewright.io/store": name,
            "storewright.io/engine": "medusa",
            "storewright.io/uid": uid,
        }
        return {"name": name + suffix, "labels": labels}

    container = {"name": "main", "image": "localhost/none"}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    scale = {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template}
    pod = {"serviceAccountName": name, "automountServiceAccountToken": False, "containers": [container]}
    rule = {"host": f"{name}.localtest.me", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": {"service": {"name": f"{name}-web", "port": {"number": 80}}}}]}}
    labels = {"app.kubernetes.io/managed-by": "storewright", "storewright.io/uid": uid, "storewright.io/store": name}
    noted = {OWNER: "tester", "storewright.io/created-at": NOW, "storewright.io/ready-at": NOW}
    yield core, {"metadata": {"name": name, "labels": labels, "annotations": noted}}
    yield f"{ns}/serviceaccounts", {"metadata": meta()}
    yield f"{apps}/deployments", {"metadata": meta("-web", "web"), "spec": scale}
    yield f"{apps}/statefulsets", {"metadata": meta("-database", "database"), "spec": scale | {"serviceName": f"{name}-database"}}
    yield f"{net}/ingresses", {"metadata": meta(), "spec": {"rules": [rule]}}
    for suffix, component in (("-web-0", "web"), ("-database-0", "database")):
        made = {"metadata": meta(suffix, component), "spec": pod}
        yield f"{ns}/pods", made
        yield f"{ns}/pods/{name}{suffix}/status", {"status": _status(made, setup=True, ready=True)}
    if not whole:
        return
    for suffix in ("-web", "-database"):
        yield f"{ns}/services", {"metadata": meta(suffix), "spec": {"ports": [{"port": 80}]}}
    for suffix in ("-deny", "-web", "-database"):
        yield f"{net}/networkpolicies", {"metadata": meta(suffix), "spec": {"podSelector": {}}}
    yield f"{ns}/secrets", {"metadata": meta() | {"name": "storewright-credentials"}}
    yield f"{ns}/resourcequotas", {"metadata": meta(), "spec": {"hard": {"pods": "10"}}}
    yield f"{ns}/limitranges", {"metadata": meta(), "spec": {"limits": []}}
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    for suffix in ("-database", "-files"):
        yield f"{ns}/persistentvolumeclaims", {"metadata": meta(suffix), "spec": claim}


def _make(kube, todo, whole):
    c = http.client.HTTPSConnection(kube.address.hostname, kube.address.port, context=kube.tls, timeout=60)
    headers = {"Authorization": f"Bearer {kube.token}", "Content-Type": "application/json"}
    for uid, name in todo:
        for path, body in _objects(uid, name, whole):
            patch = path.endswith("/status")
            kind = {"Content-Type": "application/merge-patch+json"} if patch else {}
            c.request("PATCH" if patch else "POST", path, json.dumps(body), headers | kind)
            answer = c.getresponse()
            text = answer.read()
            assert answer.status < 300 or answer.status == 409, (path, text)


def _work(kubeconfig, todo, whole):
    from .kube import Kube

    _make(Kube(kubeconfig), todo, whole)


def objects(kube, names, first=0, whole=True, processes=4):
    """first: the number of the first of them among the rows."""
    todo = [(uid_of(first + i), n) for i, n in enumerate(names)]
    workers = [multiprocessing.Process(target=_work, args=(kube.file, todo[i::processes], whole)) for i in range(processes)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    assert all(w.exitcode == 0 for w in workers)
