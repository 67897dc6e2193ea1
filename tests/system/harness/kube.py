"""The cluster's API, as the tests ask it: plain JSON over HTTPS."""

import base64
import contextlib
import gzip
import http.client
import json
import ssl
import urllib.parse

import yaml

MERGE = "application/merge-patch+json"

# Every kind of namespaced object that the chart makes, with its API path.
STORE_KINDS = {
    "secrets": "/api/v1",
    "services": "/api/v1",
    "serviceaccounts": "/api/v1",
    "persistentvolumeclaims": "/api/v1",
    "resourcequotas": "/api/v1",
    "limitranges": "/api/v1",
    "deployments": "/apis/apps/v1",
    "statefulsets": "/apis/apps/v1",
    "ingresses": "/apis/networking.k8s.io/v1",
    "networkpolicies": "/apis/networking.k8s.io/v1",
}


class ApiError(Exception):
    def __init__(self, status, text):
        super().__init__(f"{status}: {text[:300]}")
        self.status = status


def is_ready(pod):
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod.get("status", {}).get("conditions", []))


class Kube:
    def __init__(self, kubeconfig):
        self.file = str(kubeconfig)
        with open(kubeconfig, encoding="utf-8") as f:
            config = yaml.safe_load(f)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.address = urllib.parse.urlsplit(cluster["server"])
        self.token = user["token"]
        certificate = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.tls = ssl.create_default_context(cadata=certificate)

    @contextlib.contextmanager
    def _ask(self, method, path, body=None, kind="application/json", timeout=15):
        """The answer, to be read; ApiError for any status of 400 or more."""
        c = http.client.HTTPSConnection(self.address.hostname, self.address.port, context=self.tls, timeout=timeout)
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", "Content-Type": kind}
        try:
            c.request(method, path, None if body is None else json.dumps(body), headers)
            answer = c.getresponse()
            if answer.status >= 400:
                raise ApiError(answer.status, answer.read().decode())
            yield answer
        finally:
            c.close()

    def call(self, method, path, body=None, kind="application/json"):
        """The answer, decoded; ApiError for any status of 400 or more."""
        with self._ask(method, path, body, kind) as answer:
            text = answer.read().decode()
        return json.loads(text) if text.startswith(("{", "[")) else text

    def watch(self, path, seconds):
        """What happens to the objects of a list, (what, object), as it happens; those that are there come first."""
        with self._ask("GET", f"{path}?watch=true&timeoutSeconds={seconds}", timeout=seconds + 15) as answer:
            for line in answer:
                event = json.loads(line)
                yield event["type"], event["object"]

    def get(self, path):
        """None when it is not there."""
        try:
            return self.call("GET", path)
        except ApiError as e:
            if e.status != 404:
                raise
            return None

    def items(self, path):
        return (self.get(path) or {}).get("items", [])

    def delete(self, path, **options):
        try:
            self.call("DELETE", path, {"kind": "DeleteOptions", "apiVersion": "v1", **options})
        except ApiError as e:
            if e.status != 404:
                raise

    def namespace(self, name):
        return self.get(f"/api/v1/namespaces/{name}")

    def make_namespace(self, name, labels=None):
        made = self.call("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": labels or {}}})
        if "storewright.io/uid" in (labels or {}):
            self._open(name)
        return made

    def _open(self, name):
        """What the platform would have put into a namespace of its own: its way in (cron/access.c)."""
        role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "storewright-store"}
        subject = {"kind": "ServiceAccount", "namespace": "storewright", "name": "reconciler"}
        binding = {"metadata": {"name": "storewright-reconciler"}, "roleRef": role, "subjects": [subject]}
        self.call("POST", f"/apis/rbac.authorization.k8s.io/v1/namespaces/{name}/rolebindings", binding)

    def pods(self, namespace, component=None):
        selector = f"?labelSelector=app.kubernetes.io%2Fcomponent%3D{component}" if component else ""
        found = self.items(f"/api/v1/namespaces/{namespace}/pods{selector}")
        return [p for p in found if not p["metadata"].get("deletionTimestamp")]

    def kill_pod(self, namespace, component):
        """
        Takes one pod away without a grace. Returns a question: does another one stand in its place, ready? Until
        then the old one may still answer: the API server forgets it at once, the kubelet comes to kill it later.
        """
        old = self.pods(namespace, component)[0]["metadata"]
        self.delete(f"/api/v1/namespaces/{namespace}/pods/{old['name']}", gracePeriodSeconds=0)

        def is_replaced():
            new = [p for p in self.pods(namespace, component) if p["metadata"]["uid"] != old["uid"]]
            return any(map(is_ready, new))

        return is_replaced

    def objects(self, namespace):
        """What the chart could have made there, as (kind, object)."""
        return [(kind, o) for kind, api in STORE_KINDS.items() for o in self.items(f"{api}/namespaces/{namespace}/{kind}")]

    def secret(self, namespace, name):
        found = self.get(f"/api/v1/namespaces/{namespace}/secrets/{name}")
        return found and {k: base64.b64decode(v).decode() for k, v in found.get("data", {}).items()}

    def volumes_of(self, namespace):
        volumes = self.items("/api/v1/persistentvolumes")
        return [v for v in volumes if v["spec"].get("claimRef", {}).get("namespace") == namespace]

    def log(self, namespace, pod, container):
        """What the container has said; empty where there is none."""
        return self.get(f"/api/v1/namespaces/{namespace}/pods/{pod}/log?container={container}") or ""

    def releases(self, namespace):
        """Helm's records there, oldest first, as helm stored them: base64 (the Secret's) of base64 of gzip of JSON."""
        found = []
        for o in self.items(f"/api/v1/namespaces/{namespace}/secrets?labelSelector=owner%3Dhelm"):
            packed = base64.b64decode(base64.b64decode(o["data"]["release"]))
            found.append(json.loads(gzip.decompress(packed)))
        return sorted(found, key=lambda r: r["version"])

    def release_states(self, namespace):
        """Their states as helm names them, oldest first."""
        return [r["info"]["status"] for r in self.releases(namespace)]

    def answers(self):
        try:
            return self.call("GET", "/readyz") == "ok"
        except (OSError, ApiError, http.client.HTTPException):
            return False
