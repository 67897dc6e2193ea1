"""What the platform's own tokens may do in the cluster, and what they may not. Every other test here works with them."""

import json
import re
import subprocess

import pytest
import yaml
from harness import ACCESS, ROOT, tool
from harness.kube import ApiError, Kube

RBAC = "/apis/rbac.authorization.k8s.io/v1"
LABELS = {
    "app.kubernetes.io/managed-by": "storewright",
    "storewright.io/uid": "0123456789abcdef0123",
    "pod-security.kubernetes.io/enforce": "restricted",
}
STORE_ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "storewright-store"}


@pytest.fixture(scope="module")
def reconciler():
    return Kube(ACCESS / "reconciler.kubeconfig")


@pytest.fixture(scope="module")
def dashboard():
    return Kube(ACCESS / "dashboard.kubeconfig")


@pytest.fixture
def foreign(kube, shop):
    """Somebody's namespace, with a Secret."""
    kube.make_namespace(shop, {"team": "somebody"})
    kube.call("POST", f"/api/v1/namespaces/{shop}/secrets", {"metadata": {"name": "theirs"}, "stringData": {"a": "b"}})
    yield shop
    kube.delete(f"/api/v1/namespaces/{shop}")


def refused(kube, method, path, body=None, kind="application/json"):
    """Not found would be a hole: it was looked for."""
    with pytest.raises(ApiError) as refusal:
        kube.call(method, path, body, kind)
    assert refusal.value.status in (403, 422), f"{method} {path}: {refusal.value}"
    return str(refusal.value)


def binding(account, role=STORE_ROLE):
    subject = {"kind": "ServiceAccount", "namespace": "storewright", "name": account}
    return {"metadata": {"name": "way-in"}, "roleRef": role, "subjects": [subject]}


READS = [
    "/api/v1/secrets", "/api/v1/configmaps", "/api/v1/events", f"{RBAC}/clusterroles", f"{RBAC}/rolebindings",
    "/api/v1/namespaces/storewright/secrets/reconciler-token", "/api/v1/namespaces/kube-system/secrets",
]  # fmt: skip


@pytest.mark.parametrize("path", READS)
def test_neither_reads_what_is_not_a_stores(reconciler, dashboard, foreign, path):
    for token in (reconciler, dashboard):
        refused(token, "GET", path)
        refused(token, "GET", f"/api/v1/namespaces/{foreign}/secrets/theirs")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/v1/namespaces/{ns}/secrets", {"metadata": {"name": "x"}}),
        ("DELETE", "/api/v1/namespaces/{ns}/secrets/theirs", None),
        ("POST", "/api/v1/namespaces/{ns}/pods", {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "x", "image": "x"}]}}),
        ("POST", RBAC + "/namespaces/{ns}/rolebindings", binding("reconciler")),
        ("POST", RBAC + "/namespaces/kube-system/rolebindings", binding("reconciler")),
        ("POST", RBAC + "/namespaces/storewright/rolebindings", binding("reconciler")),
        ("POST", RBAC + "/clusterrolebindings", binding("reconciler", STORE_ROLE | {"name": "cluster-admin"})),
        ("POST", RBAC + "/clusterroles", {"metadata": {"name": "x"}, "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}),
        ("DELETE", "/api/v1/namespaces/{ns}", None),
        ("DELETE", "/api/v1/namespaces/kube-system", None),
        ("POST", "/api/v1/namespaces", {"metadata": {"name": "unlabelled-namespace"}}),
        ("POST", "/api/v1/namespaces", {"metadata": {"name": "unfenced", "labels": {k: v for k, v in LABELS.items() if "pod-sec" not in k}}}),
        ("PATCH", "/api/v1/namespaces/{ns}", {"metadata": {"labels": LABELS}}),
        ("DELETE", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/storewright", None),
        ("POST", "/api/v1/namespaces/storewright/serviceaccounts/reconciler/token", {"spec": {}}),
    ],
    ids=str,
)  # fmt: skip
def test_neither_changes_what_is_not_a_stores(reconciler, dashboard, kube, foreign, method, path, body):
    kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
    for token in (reconciler, dashboard):
        refused(token, method, path.replace("{ns}", foreign), body, kind)
    assert kube.secret(foreign, "theirs") == {"a": "b"}
    assert kube.namespace(foreign)["metadata"]["labels"] == {"team": "somebody", "kubernetes.io/metadata.name": foreign}
    assert not kube.namespace(foreign)["metadata"].get("deletionTimestamp")


@pytest.mark.parametrize("path", ["nodes", "pods", "services", "serviceaccounts", "persistentvolumes", "namespaces"])
def test_the_dashboard_sees_less(reconciler, dashboard, path):
    assert reconciler.get(f"/api/v1/{path}")
    refused(dashboard, "GET", f"/api/v1/{path}")


def test_the_policy_and_not_only_the_role_refuses(reconciler, foreign):
    """RBAC lets it bind its role anywhere, since it knows no labels: it is the admission policy that does not."""
    text = refused(reconciler, "POST", f"{RBAC}/namespaces/{foreign}/rolebindings", binding("reconciler"))
    assert "ValidatingAdmissionPolicy" in text and "carry its labels" in text
    assert "ValidatingAdmissionPolicy" in refused(reconciler, "DELETE", f"/api/v1/namespaces/{foreign}")


def test_inside_a_store(reconciler, dashboard, kube, ready_store, shop):
    ready_store(shop)
    api, apps = f"/api/v1/namespaces/{shop}", f"/apis/apps/v1/namespaces/{shop}"
    # The dashboard: the one Secret it was told of.
    assert dashboard.get(f"{api}/secrets/storewright-credentials")["data"]["admin-password"]
    assert dashboard.namespace(shop)
    record = f"sh.helm.release.v1.{shop}.v1"
    assert reconciler.get(f"{api}/secrets/{record}")
    for path in (f"{api}/secrets", f"{api}/secrets/{record}", f"{api}/pods", f"{apps}/deployments", f"{api}/events"):
        refused(dashboard, "GET", path)
    refused(dashboard, "DELETE", api)
    refused(dashboard, "PATCH", f"{api}/secrets/storewright-credentials", {"data": {}}, "application/merge-patch+json")
    # The reconciler: nothing that runs by its hand alone, no way into a container, no more rights than it has.
    pod = kube.pods(shop, "web")[0]["metadata"]["name"]
    refused(reconciler, "POST", f"{api}/pods/{pod}/exec?command=sh")
    refused(reconciler, "POST", f"{api}/pods/{pod}/portforward")
    refused(reconciler, "POST", f"{api}/pods", {"metadata": {"name": "x"}, "spec": {"containers": [{"name": "x", "image": "x"}]}})
    refused(reconciler, "POST", f"{RBAC}/namespaces/{shop}/rolebindings", binding("reconciler", STORE_ROLE | {"name": "cluster-admin"}))
    refused(reconciler, "POST", f"{RBAC}/namespaces/{shop}/rolebindings", binding("dashboard", STORE_ROLE | {"name": "edit"}))
    wide = {"metadata": {"name": "wide"}, "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}
    refused(reconciler, "POST", f"{RBAC}/namespaces/{shop}/roles", wide)
    refused(reconciler, "PATCH", api, {"metadata": {"labels": {"storewright.io/uid": None}}}, "application/merge-patch+json")
    refused(reconciler, "POST", f"{api}/serviceaccounts/default/token", {"spec": {}})


def test_nothing_is_left_open(kube, platform, ready_store, shop):
    """A store's end takes the ways into it along."""
    ready_store(shop)
    assert kube.items(f"{RBAC}/namespaces/{shop}/rolebindings")
    platform.delete(shop)
    platform.wait_status(shop, "deleted", 90)
    assert kube.namespace(shop) is None


def rendered_kinds():
    """Every kind that the chart makes for the platform, whatever the engine."""
    engines = json.loads((ROOT / "helm/store/values.schema.json").read_text())["properties"]["store"]["properties"]["engine"]["enum"]
    kinds = set()
    for engine in engines:
        argv = [tool("helm"), "template", "a-shop", ROOT / "helm/store", "--namespace", "a-shop", "--skip-tests"]
        argv += ["--set", f"store.id=a-shop,store.engine={engine}"]
        text = subprocess.run(argv, check=True, text=True, stdout=subprocess.PIPE).stdout
        kinds |= {o["kind"] for o in yaml.safe_load_all(text) if o}
    return kinds


def test_the_role_has_nothing_to_spare(kube):
    """What may be created in a store's namespace is what the chart is made of, and what it can be told to make."""
    rules = kube.get(f"{RBAC}/clusterroles/storewright-store")["rules"]
    may = {r for rule in rules if "create" in rule["verbs"] for r in rule["resources"]}
    made = {re.sub("y$", "ie", k.lower()) + ("es" if k == "Ingress" else "s") for k in rendered_kinds()}
    assert made <= may, "the chart makes what the reconciler may not"
    assert may - made <= {"configmaps", "certificates", "externalsecrets"}
    assert not [rule for rule in rules if "*" in rule["verbs"] + rule["resources"] + rule["apiGroups"]]
