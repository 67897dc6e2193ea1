"""What the chart's tests share: helm, what it renders, and a control plane of their own."""

import functools
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm" / "store"
PROD = CHART / "values-prod.yaml"


@functools.cache
def tool(name):
    """Absolute path of a tool that cluster/tools has built."""
    return subprocess.run([ROOT / "cluster/tools", "path", name], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def to_json(document):
    """JSON that is YAML too: its reader takes no surrogate pairs as escapes, and no control characters but as such."""
    text = json.dumps(document, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda m: f"\\u{ord(m[0]):04x}", text)


def run(argv, *, document=None, check=True):
    """Runs a program; document goes to its standard input."""
    stdin = None if document is None else to_json(document)
    result = subprocess.run([str(a) for a in argv], input=stdin, text=True, capture_output=True, timeout=180)
    if check and result.returncode:
        raise AssertionError(f"{' '.join(map(str, argv))} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return result


@pytest.fixture(scope="session")
def helm_program():
    return tool("helm")


@pytest.fixture(scope="session")
def render(helm_program, tmp_path_factory):
    """render(values, files=…, namespace=…) gives the objects as a list; hooks too."""
    home = tmp_path_factory.mktemp("helm")
    os.environ.update(HELM_CACHE_HOME=str(home), HELM_CONFIG_HOME=str(home), HELM_DATA_HOME=str(home))

    def call(values, files=(), namespace="default", release="my-store", check=True):
        argv = [helm_program, "template", release, CHART, "--namespace", namespace]
        for file in files:
            argv += ["--values", file]
        result = run([*argv, "--values", "-"], document=values, check=check)
        if not check:
            return result
        return [o for o in yaml.safe_load_all(result.stdout) if o]

    return call


VARIANTS = {
    "local": ({"store": {"id": "my-store"}}, ()),
    "platform": (
        {
            "store": {
                "id": "my-store",
                "namespace": "my-store",
                "uid": "0f8fad5b-d9cb-469f-a165-70867728950e",
                "title": "Ma & Pa's \"Shop\"",
                "adminEmail": "ma@example.com",
                "currency": "USD",
                "country": "US",
                "plan": "large",
            },
            "domain": {"host": "my-store.localtest.me"},
            "images": {"medusa": {"repository": "localhost/storewright/medusa", "tag": "0123456789ab"}},
        },
        (),
    ),
    "prod": ({"store": {"id": "my-store", "namespace": "my-store"}, "domain": {"host": "my-store.yourdomain.com"}}, (PROD,)),
    "woocommerce": (
        {
            "store": {"id": "my-store", "engine": "woocommerce", "title": "Ma & Pa's \"Shop\"", "uid": "0f8fad5b-d9cb-469f-a165-70867728950e"},
            "mail": {"host": "mail.example.com", "user": "shop", "passwordSecret": "mail"},
        },
        (),
    ),
    "woocommerce-prod": (
        {"store": {"id": "my-store", "engine": "woocommerce"}, "domain": {"host": "my-store.yourdomain.com"}},
        (PROD,),
    ),
    "woocommerce-large": ({"store": {"id": "my-store", "engine": "woocommerce", "plan": "large"}}, ()),
    "no-samples": ({"store": {"id": "on", "namespace": "no", "sampleProducts": False}, "ingress": {"className": "nginx"}}, ()),
}


@pytest.fixture(params=VARIANTS)
def objects(request, render):
    values, files = VARIANTS[request.param]
    return render(values, files)


def pods(objects):
    """(name of the object, pod metadata, pod spec) of everything that becomes a pod."""
    for o in objects:
        if o["kind"] == "Pod":
            yield o["metadata"]["name"], o["metadata"], o["spec"]
        elif "template" in o.get("spec", {}):
            template = o["spec"]["template"]
            yield o["metadata"]["name"], template["metadata"], template["spec"]


def engine_of(objects):
    return next(o for o in objects if o["kind"] == "ServiceAccount")["metadata"]["labels"]["storewright.io/engine"]


def containers(spec):
    return [*spec.get("initContainers", []), *spec["containers"]]


def find(objects, kind, name):
    return next(o for o in objects if o["kind"] == kind and o["metadata"]["name"] == name)


class Cluster:
    """A cluster that cluster/up made, by its state directory."""

    def __init__(self, state):
        self.state = pathlib.Path(state)

    def exec(self, *argv, **options):
        return run([ROOT / "cluster/exec", "--state", self.state, "--", *argv], **options)

    def start_helm(self, *argv):
        argv = [ROOT / "cluster/exec", "--state", self.state, "--", tool("helm"), *argv]
        return subprocess.Popen(list(map(str, argv)), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def helm(self, *argv, **options):
        return self.exec(tool("helm"), *argv, **options)

    def kubectl(self, *argv, **options):
        return self.exec(tool("kubectl"), *argv, **options)

    def get(self, kind, namespace, name):
        """The object, or None."""
        result = self.kubectl("get", kind, name, "--namespace", namespace, "--output", "json", "--ignore-not-found")
        return json.loads(result.stdout) if result.stdout else None

    def apply(self, *objects):
        self.kubectl("apply", "--filename", "-", document={"apiVersion": "v1", "kind": "List", "items": list(objects)})

    def namespace(self, name):
        """As the platform makes it: there before helm comes."""
        labels = {"storewright.io/store": name, "pod-security.kubernetes.io/enforce": "restricted"}
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})


class ControlPlane(Cluster):
    """API server and controllers without a node, in a network namespace of their own."""

    def __init__(self):
        super().__init__(tempfile.mkdtemp(prefix="storewright-chart-"))

    def up(self):
        run([ROOT / "cluster/up", "--control-plane", "--netns", f"chart-{os.getpid()}", "--state", self.state])

    def down(self):
        run([ROOT / "cluster/down", "--state", self.state, "--purge"])


@pytest.fixture(scope="session")
def plane():
    plane = ControlPlane()
    try:
        plane.up()
        yield plane
    finally:
        plane.down()


def wait(what, seconds=30):
    """Calls until the answer is true, and returns it."""
    end = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.1)
    return answer


def expand(value, known):
    """What the kubelet makes of an environment value: $(NAME) is replaced, $$ is a dollar."""
    return re.sub(
        r"\$(?:\$|\(([^)]*)\))",
        lambda m: "$" if m[0] == "$$" else known.get(m[1], m[0]),
        value,
    )
