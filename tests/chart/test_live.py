"""Installs, upgrades and removals by the real helm on a real control plane. No node: pods are admitted, not run."""

import base64
import json
import os
import re
import subprocess
import time

import pytest
import yaml

from conftest import CHART, PROD, VARIANTS, find, tool, wait
from schemas import write_schemas


def data(plane, namespace, name=None):
    secret = plane.get("secret", namespace, name or "storewright-credentials")
    return secret and secret["data"]


def install(plane, store, *argv, values=None, verb=("install",), check=True):
    """As the platform does it: the release lives in the store's namespace, values come on standard input."""
    document = {"store": {"id": store}, **(values or {})}
    return plane.helm(*verb, store, CHART, "--namespace", store, "--values", "-", *argv, document=document, check=check)


UPGRADE = ("upgrade", "--install")


def refused(result, *words):
    assert result.returncode
    for w in words:
        assert w in result.stderr, result.stderr


@pytest.fixture
def store(plane, request):
    """A namespace of one's own for each test, named after it."""
    name = re.sub("[^a-z]+", "-", request.node.name.removeprefix("test_"))[:27].strip("-") + f"-{os.urandom(4).hex()}"
    plane.namespace(name)
    yield name
    plane.kubectl("delete", "namespace", name, "--wait=false")


def test_the_literal_command(plane):
    """The command of the README, word for word, from the top of the tree."""
    command = (
        "helm install my-store ./helm/store --values ./helm/store/values-prod.yaml "
        "--set store.id=my-store --set store.namespace=my-store --set domain.host=my-store.yourdomain.com"
    )
    readme = (CHART.parent / "README.md").read_text()
    assert command in " ".join(readme.replace("\\\n", " ").split())
    path = f"{os.path.dirname(tool('helm'))}:{os.environ['PATH']}"
    result = plane.exec("env", f"PATH={path}", "sh", "-c", f"cd {CHART.parents[1]} && {command}")
    assert "https://my-store.yourdomain.com" in result.stdout
    assert "warning" not in result.stderr.lower(), result.stderr
    assert plane.get("namespace", "my-store", "my-store")["metadata"]["labels"]["storewright.io/store"] == "my-store"
    for component in ("database", "web"):  # admitted by quota, limits and Pod Security
        selector = f"app.kubernetes.io/component={component}"
        wait(lambda: plane.kubectl("get", "pods", "--namespace", "my-store", "--selector", selector, "--output", "name").stdout)
    claim = plane.get("pvc", "my-store", "my-store-database")
    assert claim["spec"]["storageClassName"] == "local-path"

    plane.helm("uninstall", "my-store")
    wait(lambda: plane.get("namespace", "my-store", "my-store") is None)


@pytest.mark.parametrize("classes", [("", "local-path"), ("local-path", "")], ids=["named-later", "named-first"])
def test_upgrade_and_rollback_keep_secrets_and_volumes(plane, store, classes):
    """Whatever else changes. The platform rolls back an upgrade whose helm was killed."""
    first, later = ({"persistence": {"storageClassName": c}} for c in classes)
    install(plane, store, values=first)
    before = data(plane, store)
    changed = {"store": {"id": store, "plan": "large", "title": "New", "adminEmail": "n@example.com"}}
    install(plane, store, verb=UPGRADE, values={**changed, **later})
    assert data(plane, store) == before
    assert plane.get("quota", store, store)["spec"]["hard"]["limits.memory"] == "12Gi"
    plane.helm("rollback", store, "1", "--namespace", store)
    assert data(plane, store) == before
    assert plane.get("quota", store, store)["spec"]["hard"]["limits.memory"] == "3Gi"


def test_reinstall_keeps_secrets(plane, store):
    """What the platform does to a first install that was killed: uninstall, install again."""
    install(plane, store)
    before = data(plane, store)
    plane.helm("uninstall", store, "--namespace", store)
    assert plane.get("deployment", store, f"{store}-web") is None
    for claim in ("database", "files"):
        assert plane.get("pvc", store, f"{store}-{claim}")
    install(plane, store)
    assert data(plane, store) == before


def uninstall(plane, store):
    plane.helm("uninstall", store, "--namespace", store, "--ignore-not-found")


def forget(plane, store):
    """Deletes helm's record of the release: what it made stays, and is taken up by the next install."""
    plane.kubectl("delete", "secret", "--namespace", store, "--selector", "owner=helm")


@pytest.mark.parametrize("heal", [uninstall, forget])
@pytest.mark.parametrize("seconds", [0.2, 0.35, 0.5, 0.7])
def test_killed_install_heals(plane, store, seconds, heal):
    """helm dies anywhere in a first install; after either way to put that right, nothing is in the next one's way."""
    program = plane.start_helm("install", store, CHART, "--namespace", store, "--set", f"store.id={store}")
    time.sleep(seconds)
    program.kill()
    program.communicate()
    before = data(plane, store)
    heal(plane, store)
    install(plane, store, verb=UPGRADE)
    assert before is None or data(plane, store) == before


def test_lost_secret_is_refused(plane, store):
    """A new password would lock the store out of its own database."""
    install(plane, store)
    before = data(plane, store)
    plane.helm("uninstall", store, "--namespace", store)
    plane.kubectl("delete", "secret", "storewright-credentials", "--namespace", store)
    refused(install(plane, store, check=False), "exists, but its password is gone", "storewright-credentials")
    refused(install(plane, store, verb=UPGRADE, check=False), "exists, but its password is gone")
    assert data(plane, store) is None

    plane.kubectl("delete", "pvc", f"{store}-database", "--namespace", store, "--wait=false")
    wait(lambda: plane.get("pvc", store, f"{store}-database") is None)
    install(plane, store)
    assert set(data(plane, store).values()).isdisjoint(v for k, v in before.items() if k != "admin-email")


def test_volume_of_another_incarnation_is_refused(plane, store):
    install(plane, store, values={"store": {"id": store, "uid": "one"}})
    plane.helm("uninstall", store, "--namespace", store)
    refused(install(plane, store, values={"store": {"id": store, "uid": "two"}}, check=False), "belongs to another store (uid one)")
    install(plane, store, values={"store": {"id": store, "uid": "one"}})


def test_namespace_of_someone_else_is_refused(plane, store):
    """Without --namespace the chart makes the namespace; one that is there is never taken over."""
    result = plane.helm("install", store, CHART, "--set", f"store.id={store}", check=False)
    refused(result, store, "cannot be imported into the current release")
    assert plane.get("deployment", store, f"{store}-web") is None


SECRETS = {
    "admin-email": "admin@example.com",
    "admin-password": "correct-horse-battery",
    "database-password": "0123456789,ab{}=\"'",
    "jwt-secret": "j" * 32,
    "cookie-secret": "c" * 32,
    "publishable-key": "pk_" + "0a" * 32,
}


def test_given_secrets(plane, store):
    values = {"secrets": {"mode": "values", "values": SECRETS}}
    install(plane, store, values=values)
    assert {k: base64.b64decode(v).decode() for k, v in data(plane, store).items()} == SECRETS
    values["secrets"]["values"] = {**SECRETS, "database-password": "another-password"}
    result = install(plane, store, values=values, verb=UPGRADE, check=False)
    refused(result, "is not the password that the database", "storewright-credentials")
    assert "another-password" not in result.stdout + result.stderr


def test_existing_secret(plane, store):
    values = {"secrets": {"mode": "existingSecret", "existingSecret": "mine"}}
    refused(install(plane, store, values=values, check=False), f'there is no Secret "mine" in namespace {store}')
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mine", "namespace": store}, "stringData": SECRETS.copy()}
    del secret["stringData"]["jwt-secret"]
    plane.apply(secret)
    refused(install(plane, store, values=values, check=False), 'Secret "mine"', "has no key jwt-secret")
    secret["stringData"]["jwt-secret"] = SECRETS["jwt-secret"]
    plane.apply(secret)
    install(plane, store, values=values)
    assert data(plane, store) is None
    web = plane.get("deployment", store, f"{store}-web")["spec"]["template"]["spec"]
    assert {v["secret"]["secretName"] for v in web["volumes"] if "secret" in v} == {"mine"}


def test_no_secret_in_values_or_events(plane, store):
    install(plane, store)
    values = [base64.b64decode(v).decode() for k, v in data(plane, store).items() if k != "admin-email"]
    told = plane.helm("get", "values", store, "--namespace", store, "--all").stdout
    told += plane.helm("get", "notes", store, "--namespace", store).stdout
    told += plane.kubectl("get", "events,pods,deployments,statefulsets", "--namespace", store, "--output", "yaml").stdout
    assert not [v for v in values if v in told]


def test_title_arrives(plane, store):
    title = "Ma & Pa's \"Shop\", a=b {{ x }} 🛒 $(STORE_ID) 日本語"
    install(plane, store, values={"store": {"id": store, "title": title}})
    web = plane.get("deployment", store, f"{store}-web")["spec"]["template"]["spec"]
    told = {e["name"]: e["value"] for e in web["containers"][0]["env"]}
    assert told["STORE_TITLE"] == title.replace("$", "$$")


def bind(plane, store):
    """A bound volume, of a class that allows growing, without a provisioner."""
    plane.apply(
        {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "growing"},
         "provisioner": "kubernetes.io/no-provisioner", "allowVolumeExpansion": True},
        *({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"{store}-{claim}"},
           "spec": {"capacity": {"storage": "100Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "growing",
                    "hostPath": {"path": "/nowhere"}, "claimRef": {"namespace": store, "name": f"{store}-{claim}"}}}
          for claim in ("database", "files")),
    )


def test_plans_change(plane, store):
    """Volumes keep their size unless asked to grow, and never shrink; everything else follows the plan."""
    def to(plan, **persistence):
        persistence = {"storageClassName": "growing", **persistence}
        install(plane, store, verb=UPGRADE, values={"store": {"id": store, "plan": plan}, "persistence": persistence})
        claim = plane.get("pvc", store, f"{store}-database")["spec"]["resources"]["requests"]["storage"]
        return claim, plane.get("quota", store, store)["spec"]["hard"]["limits.memory"]

    bind(plane, store)
    assert to("small") == ("2Gi", "3Gi")
    wait(lambda: plane.get("pvc", store, f"{store}-database")["status"]["phase"] == "Bound")
    assert to("large") == ("2Gi", "12Gi")
    assert to("large", storageClassName="other") == ("2Gi", "12Gi")
    assert to("large", expand=True) == ("20Gi", "12Gi")
    assert to("small", expand=True) == ("20Gi", "3Gi")
    assert to("small", expand=True) == ("20Gi", "3Gi")


def test_quota_holds(plane, store):
    """A pod that would take more than the plan is refused, and so is one that is not restricted."""
    install(plane, store)
    pod = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "big", "namespace": store},
        "spec": {"containers": [{"name": "c", "image": "x", "resources": {"limits": {"memory": "64Gi"}}}]},
    }
    refused(plane.kubectl("create", "--filename", "-", document=pod, check=False), "maximum memory usage per Container is 1Gi")
    pod["spec"]["containers"][0]["resources"] = {}
    refused(plane.kubectl("create", "--filename", "-", document=pod, check=False), "violates PodSecurity \"restricted:latest\"")
    service = {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "open", "namespace": store},
        "spec": {"type": "NodePort", "ports": [{"port": 80}]},
    }
    refused(plane.kubectl("create", "--filename", "-", document=service, check=False), "exceeded quota")


def test_many_at_once(plane):
    """The quota is younger than the claims it counts: helm must not trip over it."""
    programs = [plane.start_helm("install", f"many-{i}", CHART, "--set", f"store.id=many-{i}") for i in range(6)]
    for p in programs:
        _, errors = p.communicate(timeout=120)
        assert p.returncode == 0, errors


@pytest.fixture(scope="session")
def schema_directory(plane, tmp_path_factory):
    """JSON schemas of every kind, made from what this API server says of itself."""
    directory = tmp_path_factory.mktemp("schemas")
    write_schemas(json.loads(plane.kubectl("get", "--raw", "/openapi/v2").stdout), directory)
    return directory


# Kinds of other projects: their schemas are not the API server's.
FOREIGN = "ExternalSecret,Certificate"

EXTERNAL = {"secrets": {"mode": "externalSecret", "externalSecret": {"storeRef": {"name": "vault"}, "remoteKey": "x"}}}


def kubeconform(schema_directory, objects):
    location = f"{schema_directory}/{{{{.Group}}}}-{{{{.ResourceAPIVersion}}}}-{{{{.ResourceKind}}}}.json"
    argv = [tool("kubeconform"), "-strict", "-summary", "-output", "json", "-skip", FOREIGN, "-schema-location", location, "-"]
    result = subprocess.run(argv, input=yaml.safe_dump_all(objects), text=True, capture_output=True, timeout=60)
    return json.loads(result.stdout), result.stderr


@pytest.mark.parametrize("variant", [*VARIANTS, "external"])
def test_kubeconform(schema_directory, render, variant):
    values, files = VARIANTS.get(variant) or ({**VARIANTS["local"][0], **EXTERNAL}, (PROD,))
    objects = render({**values, "domain": {"host": "my-store.yourdomain.com", "tls": {"enabled": True, "issuer": {"name": "x"}}}}, files)
    report, errors = kubeconform(schema_directory, objects)
    assert report["summary"] == {"valid": len(objects) - report["summary"]["skipped"], "invalid": 0, "errors": 0,
                                 "skipped": 2 if variant == "external" else 1}, (report, errors)


def test_kubeconform_would_tell(schema_directory, render):
    """The schemas are strict: a field that does not exist, or of a wrong type, is found."""
    for field, value in (("replica", 1), ("replicas", "one")):
        objects = render(VARIANTS["local"][0])
        find(objects, "Deployment", "my-store-web")["spec"][field] = value
        report, _ = kubeconform(schema_directory, objects)
        assert report["summary"]["invalid"] == 1, report
