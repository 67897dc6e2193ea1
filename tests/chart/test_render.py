"""What must hold for everything the chart renders, whatever the values."""

import base64
import itertools
import re

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import PROD, VARIANTS, containers, engine_of, expand, find, pods

HOSTILE = [
    "Ma & Pa's \"Shop\"",
    "a,b={c},d[0]=e",
    "{{ .Values.secrets }}{{ fail \"x\" }}",
    "$(DATABASE_HOST) $$(STORE_ID) $ ${HOME} `id` $(id)",
    "!!python/object:os.system x",
    "🛒 Läden & Öfen 日本語 \u200f\u202ertl",
    "- list: {a: b} # comment",
    "it's \\ \\n \\u0000 \"\\\"",
    "null", "true", "1e3", "~", "---", " spaces ", "%s%n", "<script>alert(1)</script>",
    "'; DROP TABLE store; --", "--post-renderer=/bin/sh", "x" * 200,
]


def test_pods_are_restricted(objects):
    """Pod Security "restricted", and beyond it: read-only root, no token, fixed users."""
    seen = 0
    for name, _, spec in pods(objects):
        seen += 1
        security = spec["securityContext"]
        assert security["runAsNonRoot"] is True, name
        assert security["runAsUser"] >= 100 and security["runAsUser"] == security["fsGroup"], name
        assert security["fsGroupChangePolicy"] == "OnRootMismatch", name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is False and spec["enableServiceLinks"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC", "hostUsers"} & spec.keys(), name
        assert all(v.keys() - {"name"} <= {"secret", "configMap", "emptyDir", "persistentVolumeClaim"} for v in spec["volumes"]), name
        for container in containers(spec):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, (name, container["name"])
    assert seen == (4 if engine_of(objects) == "medusa" else 3)


def test_service_account_has_no_token(objects):
    accounts = [o for o in objects if o["kind"] == "ServiceAccount"]
    assert [a["automountServiceAccountToken"] for a in accounts] == [False]
    assert {spec["serviceAccountName"] for _, _, spec in pods(objects)} == {accounts[0]["metadata"]["name"]}
    assert not [o for o in objects if o["kind"] in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")]


def test_containers_are_sized(objects):
    """Within the plan's ceiling for a container, and all together within the quota, with a pod replaced meanwhile."""
    ceiling = next(o for o in objects if o["kind"] == "LimitRange")["spec"]["limits"][0]["max"]
    hard = next(o for o in objects if o["kind"] == "ResourceQuota")["spec"]["hard"]
    total = {(kind, unit): 0 for kind in ("requests", "limits") for unit in ("cpu", "memory")}
    for _, _, spec in pods(objects):
        for kind, unit in total:
            size = lambda cs: [quantity(c["resources"][kind][unit]) for c in cs]  # noqa: E731
            assert max(size(containers(spec))) <= quantity(ceiling[unit])
            # What a pod counts for: its containers together, or the one of setup that needs more.
            total[kind, unit] += 2 * max(sum(size(spec["containers"])), *size(spec.get("initContainers", [])), 0)
    for (kind, unit), size in total.items():
        assert size <= quantity(hard[f"{kind}.{unit}"]), (kind, unit)
    claims = [o for o in objects if o["kind"] == "PersistentVolumeClaim"]
    assert len(claims) == 2 < int(hard["persistentvolumeclaims"])
    assert sum(quantity(c["spec"]["resources"]["requests"]["storage"]) for c in claims) < quantity(hard["requests.storage"])


def quantity(text):
    number, unit = re.fullmatch(r"([0-9.]+)([a-zA-Z]*)", text).groups()
    return float(number) * {"": 1, "m": 1e-3, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}[unit]


def test_probes_and_sizes_are_complete(objects):
    for name in ("web", "database", "storefront") if engine_of(objects) == "medusa" else ("web", "database"):
        (pod,) = [s for _, m, s in pods(objects) if m["labels"]["app.kubernetes.io/component"] == name]
        # The clock answers to nobody.
        for container in [c for c in pod["containers"] if c["name"] != "cron"]:
            assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()


def test_labels(objects):
    store = next(o for o in objects if o["kind"] == "ServiceAccount")["metadata"]["labels"]["storewright.io/store"]
    metadata = [o["metadata"] for o in objects] + [m for _, m, _ in pods(objects)]
    for m in metadata:
        labels = m["labels"]
        assert labels["app.kubernetes.io/part-of"] == "storewright"
        assert labels["app.kubernetes.io/managed-by"] == "Helm"
        assert labels["app.kubernetes.io/instance"] == "my-store"
        assert labels["storewright.io/store"] == store
        assert labels["storewright.io/engine"] == engine_of(objects)
        assert {"app.kubernetes.io/name", "app.kubernetes.io/component"} <= labels.keys()
        assert all(isinstance(v, str) and re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", v) for v in labels.values())


def test_uid_is_on_everything_or_nothing(render):
    for variant, uid in (("local", None), ("platform", VARIANTS["platform"][0]["store"]["uid"])):
        objects = render(*VARIANTS[variant])
        metadata = [o["metadata"] for o in objects] + [m for _, m, _ in pods(objects)]
        assert {m["labels"].get("storewright.io/uid") for m in metadata} == {uid}


def test_selectors_never_change(render):
    """They are immutable: nothing that an upgrade may change is in them."""
    def selectors(objects):
        return {(o["kind"], o["metadata"]["name"]): o["spec"]["selector"] for o in objects if "selector" in o.get("spec", {})}

    one = render({"store": {"id": "my-store"}})
    other = render({"store": {"id": "my-store", "uid": "x", "plan": "large", "title": "T"}}, release="another")
    assert selectors(one) == selectors(other) and len(selectors(one)) == 6


def test_everything_is_in_the_namespace(objects):
    (namespace,) = [o["metadata"]["name"] for o in objects if o["kind"] == "Namespace"]
    assert {o["metadata"]["namespace"] for o in objects if o["kind"] != "Namespace"} == {namespace}


def test_ingress_has_no_annotation(objects):
    (ingress,) = [o for o in objects if o["kind"] == "Ingress"]
    assert "annotations" not in ingress["metadata"]


def test_prod_has_no_secret():
    values = yaml.safe_load(PROD.read_text())
    assert values and "secrets" not in values
    assert not re.search(r"^[^#]*(password|token|secret|key)\b", PROD.read_text(), re.I | re.M)


def secrets_of(objects):
    (secret,) = [o for o in objects if o["kind"] == "Secret"]
    return {k: base64.b64decode(v).decode() for k, v in secret["data"].items()}


def test_secrets_are_only_in_the_secret(objects):
    values = {v for k, v in secrets_of(objects).items() if k != "admin-email"}
    assert len(values) == {"medusa": 5, "woocommerce": 3}[engine_of(objects)] and min(map(len, values)) >= 32
    rest = repr([o for o in objects if o["kind"] != "Secret"])
    for value in values:
        assert value not in rest
        assert base64.b64encode(value.encode()).decode() not in rest


def test_secrets_reach_only_who_needs_them(objects):
    needs = {
        "medusa": {
            "postgres": {"database-password"},
            "setup": {"database-password", "publishable-key", "admin-email", "admin-password"},
            "medusa": {"database-password", "jwt-secret", "cookie-secret"},
            "storefront": {"publishable-key"},
            "purchase": {"publishable-key", "admin-email", "admin-password"},
        },
        "woocommerce": {
            "mariadb": {"database-password"},
            "setup": {"database-password", "salt-seed", "admin-email", "admin-password"},
            "php": {"database-password", "salt-seed"},
            "nginx": set(),
            "cron": set(),
            "purchase": {"admin-email", "admin-password"},
        },
    }[engine_of(objects)]
    seen = {}
    for _, _, spec in pods(objects):
        volumes = {v["name"]: v for v in spec["volumes"]}
        for container in containers(spec):
            assert not [e for e in container.get("env", []) if "valueFrom" in e] and "envFrom" not in container
            mounted = [volumes[m["name"]]["secret"] for m in container.get("volumeMounts", []) if "secret" in volumes[m["name"]]]
            assert {s["defaultMode"] for s in mounted} <= {0o440}
            # The mail server's password is a Secret of the person's own.
            seen[container["name"]] = {i["key"] for s in mounted for i in s["items"] if s["secretName"] != "mail"}
    assert seen == needs


@pytest.mark.parametrize("engine", ["medusa", "woocommerce"])
def test_two_stores_share_no_secret(render, engine):
    one, other = (secrets_of(render({"store": {"id": "my-store", "engine": engine}})) for _ in range(2))
    assert one.keys() == other.keys()
    assert not {v for k, v in one.items() if k != "admin-email"} & set(other.values())
    if engine == "medusa":
        assert re.fullmatch("pk_[0-9a-f]{64}", one["publishable-key"])


def test_mail_server(render):
    """Its password is in PHP's container alone, as a file; without a server there is nothing of it."""
    objects = render(*VARIANTS["woocommerce"])
    with_it = {c["name"] for _, _, spec in pods(objects) for c in containers(spec) if "mail-credentials" in repr(c.get("volumeMounts"))}
    assert with_it == {"php"}
    seen = environment(objects)
    assert {k: v for k, v in seen.items() if k.startswith("SMTP_")} == {
        "SMTP_HOST": "mail.example.com",
        "SMTP_PORT": "587",
        "SMTP_ENCRYPTION": "starttls",
        "SMTP_FROM": "admin@my-store.localtest.me",
        "SMTP_USER": "shop",
    }
    assert "SMTP_" not in repr(render(*VARIANTS["woocommerce-large"]))


def environment(objects):
    """STORE_TITLE and the rest as the container sees them, of the init container and the server, which must agree."""
    pod = find(objects, "Deployment", "my-store-web")["spec"]["template"]["spec"]
    seen = {}
    for container in containers(pod):
        known = seen.setdefault(container["name"], {})
        for e in container.get("env", []):
            assert isinstance(e["value"], str)
            known[e["name"]] = expand(e["value"], known)
    server = seen[{"medusa": "medusa", "woocommerce": "php"}[engine_of(objects)]]
    assert seen["setup"] == {k: v for k, v in server.items() if k not in ("NODE_OPTIONS", "STOREWRIGHT_PHP_CHILDREN")}
    return seen["setup"]


@pytest.mark.parametrize("engine", ["medusa", "woocommerce"])
@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles(render, title, engine):
    objects = render({"store": {"id": "my-store", "title": title, "engine": engine}})
    assert environment(objects)["STORE_TITLE"] == title
    for o in objects:
        assert title not in repr(o["metadata"]), "text of a person outside the environment"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(title=st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp", "Cn")), min_size=1, max_size=200))
def test_any_title(render, title):
    """A title arrives as it was typed, and changes nothing beside it."""
    seen = environment(render({"store": {"id": "my-store", "title": title}}))
    assert seen["STORE_TITLE"] == title
    assert seen["STORE_ID"] == "my-store"


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xFFFE, 0xFFFF])
def test_control_characters_are_refused(render, code):
    result = render({"store": {"id": "my-store", "title": f"a{chr(code)}b"}}, check=False)
    assert result.returncode and "store.title has a line break or another control character" in result.stderr


@pytest.mark.parametrize("field, value", list(itertools.product(
    ("adminEmail", "currency", "country", "uid", "id", "namespace", "plan", "engine"),
    ("{{ .Values }}", "a\nb: c", "$(id)", "x, y", "\"", "é", "--help", "../x", "a b"),
)))
def test_hostile_text_elsewhere_is_refused(render, field, value):
    result = render({"store": {"id": "my-store", field: value}}, check=False)
    assert result.returncode and re.search(rf"store[./]{field}", result.stderr)


def test_environment_is_the_images_contract(render):
    values, files = VARIANTS["platform"]
    assert environment(render(values, files)) == {
        "DATABASE_HOST": "my-store-database",
        "DATABASE_PORT": "5432",
        "DATABASE_NAME": "medusa",
        "DATABASE_USER": "medusa",
        "STORE_ID": "my-store",
        "STORE_TITLE": "Ma & Pa's \"Shop\"",
        "STORE_URL": "http://my-store.localtest.me",
        "STORE_CURRENCY": "usd",
        "STORE_COUNTRY": "us",
        "STORE_SAMPLE_PRODUCTS": "yes",
        "PORT": "9000",
    }


def test_environment_of_woocommerce(render):
    assert environment(render(*VARIANTS["woocommerce-prod"])) == {
        "DATABASE_HOST": "my-store-database",
        "DATABASE_PORT": "3306",
        "DATABASE_NAME": "woocommerce",
        "DATABASE_USER": "woocommerce",
        "STORE_ID": "my-store",
        "STORE_UID": "",
        "STORE_TITLE": "my-store",
        "STORE_URL": "https://my-store.yourdomain.com",
        "STORE_CURRENCY": "eur",
        "STORE_COUNTRY": "de",
        "STORE_SAMPLE_PRODUCTS": "yes",
        "STORE_ACCESSIBLE_HOSTS": "",
    }


BACK = ["/admin", "/app", "/auth", "/health", "/hooks", "/static", "/store"]
OWN = {"kind": "custom", "custom": {"image": {"repository": "localhost/my/shop", "tag": "1"}, "port": 4000, "writablePaths": ["/app/.next/cache"]}}


@pytest.mark.parametrize(("storefront", "label", "front"), [({}, "builtin", "my-store-storefront"), (OWN, "custom", "my-store-storefront"),
                                                          ({"kind": "none"}, "none", "my-store-web")])
def test_who_answers_at_which_path(render, storefront, label, front):
    objects = render({"store": {"id": "my-store"}, "storefront": storefront})
    ingress = find(objects, "Ingress", "my-store")
    assert ingress["metadata"]["labels"]["storewright.io/storefront"] == label
    (rule,) = ingress["spec"]["rules"]
    paths = {p["path"]: p["backend"]["service"]["name"] for p in rule["http"]["paths"]}
    assert {p["pathType"] for p in rule["http"]["paths"]} == {"Prefix"} and paths.pop("/") == front
    assert paths == ({} if label == "none" else dict.fromkeys(BACK, "my-store-web"))
    made = {o["kind"] for o in objects if o["metadata"]["name"] == "my-store-storefront"}
    assert made == (set() if label == "none" else {"Deployment", "Service", "NetworkPolicy"})


def test_a_storefront_of_ones_own(render):
    objects = render({"store": {"id": "my-store"}, "storefront": OWN})
    (spec,) = [s for _, m, s in pods(objects) if m["labels"]["app.kubernetes.io/component"] == "storefront"]
    (container,) = spec["containers"]
    assert container["image"] == "localhost/my/shop:1" and container["ports"] == [{"name": "http", "containerPort": 4000}]
    assert "/app/.next/cache" in [m["mountPath"] for m in container["volumeMounts"]]
    env = {e["name"]: e for e in container["env"]}
    assert env["PORT"]["value"] == "4000" and env["MEDUSA_BACKEND_URL"]["value"] == "http://my-store-web"
    assert env["NEXT_PUBLIC_MEDUSA_PUBLISHABLE_KEY"]["valueFrom"]["secretKeyRef"] == {"name": "storewright-credentials", "key": "publishable-key"}
    policy = find(objects, "NetworkPolicy", "my-store-storefront")["spec"]
    assert [r["ports"][0]["port"] for r in policy["ingress"]] == [4000]


def test_the_storefront_is_told_what_the_values_say(render):
    objects = render({"store": {"id": "my-store", "title": "A $(STORE_URL) & Co"}, "storefront": {"accentColor": "#aA0011"}})
    (spec,) = [s for _, m, s in pods(objects) if m["labels"]["app.kubernetes.io/component"] == "storefront"]
    env = {}
    for e in spec["containers"][0]["env"]:
        env[e["name"]] = expand(e["value"], env)
    assert env == {"MEDUSA_URL": "http://my-store-web", "STORE_URL": "http://my-store.localtest.me", "STORE_TITLE": "A $(STORE_URL) & Co",
                   "STORE_CURRENCY": "eur", "STORE_COUNTRY": "de", "STORE_ACCENT": "#aA0011"}
