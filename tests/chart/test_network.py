"""The network policies, read as the Kubernetes reference defines them: what may talk to what, and nothing else."""

import pytest

from conftest import VARIANTS, find, pods
from network_judge import ADDRESSES, allowed

class World:
    """Two stores as rendered, an ingress controller, another tenant."""

    def __init__(self, render, values=None, engine="medusa"):
        self.policies, self.all = {}, {}
        for store in ("mine", "other"):
            objects = render({"store": {"id": store, "engine": engine}, **(values or {})})
            namespace = find(objects, "Namespace", store)["metadata"]["labels"]
            self.policies[store] = [o for o in objects if o["kind"] == "NetworkPolicy"]
            for _, metadata, _ in pods(objects):
                component = metadata["labels"]["app.kubernetes.io/component"]
                self.all[f"{store}-{component}"] = {"labels": metadata["labels"], "namespace": namespace, "store": store}
            stray = {"labels": {"app": "stray"}, "namespace": namespace, "store": store}
            self.all[f"{store}-stray"] = stray
        for address in ADDRESSES:
            self.all[address] = {"address": address, "store": None}
        for name in ("kube-system", "nginx-ingress", "traefik"):
            labels = {"kubernetes.io/metadata.name": name}
            self.all[name] = {"labels": {"app": "controller"}, "namespace": labels, "store": None}

    def reaches(self, source, target, port):
        a, b = self.all[source], self.all[target]
        out = a["store"] is None or allowed(self.policies[a["store"]], "Egress", a, b, port)
        into = b["store"] is None or allowed(self.policies[b["store"]], "Ingress", b, a, port)
        return out and into


WEB, DATABASE = {"medusa": 9000, "woocommerce": 8080}, {"medusa": 5432, "woocommerce": 3306}


@pytest.fixture(scope="module", params=["medusa", "woocommerce"])
def world(request, render):
    world = World(render, engine=request.param)
    world.web, world.database = WEB[request.param], DATABASE[request.param]
    return world


@pytest.mark.parametrize("controller", ["kube-system", "nginx-ingress", "traefik"])
def test_ingress_controllers_reach_the_shop_wherever_they_are(world, controller):
    assert world.reaches(controller, "mine-web", world.web)
    assert not world.reaches(controller, "mine-web", 22)
    assert not world.reaches(controller, "mine-database", world.database)


def test_the_ways_a_store_needs(world):
    assert world.reaches("mine-web", "mine-database", world.database)
    assert world.reaches("mine-test", "mine-web", world.web)
    assert world.reaches("mine-web", "kube-system", 53)
    assert world.reaches("mine-test", "kube-system", 53)


def test_no_other_way(world):
    names = [n for n in world.all if n not in ADDRESSES]
    ways = {(a, b, p) for a in names for b in names for p in (53, 80, 443, 3306, 5432, 6443, 8080, 8081, 9000) if a != b and world.reaches(a, b, p)}
    inside = {w for w in ways if w[0].startswith("mine") or w[1].startswith("mine")}
    dns = {w for w in inside if w[2] == 53}
    assert {w[0] for w in dns} == {"mine-web", "mine-test", "mine-storefront"} & set(world.all)
    assert inside - dns == {
        ("mine-web", "mine-database", world.database),
        ("mine-test", "mine-web", world.web),
        *((c, "mine-web", world.web) for c in ("kube-system", "nginx-ingress", "traefik")),
        *(
            {
                ("mine-test", "mine-storefront", 8080),
                ("mine-storefront", "mine-web", 9000),
                *((c, "mine-storefront", 8080) for c in ("kube-system", "nginx-ingress", "traefik")),
            }
            if "mine-storefront" in world.all
            else ()
        ),
    }


@pytest.mark.parametrize("target", ADDRESSES)
def test_nothing_outside(world, target):
    for source in {"mine-web", "mine-database", "mine-test", "mine-stray", "mine-storefront"} & set(world.all):
        for port in (80, 443, 6443):
            assert not world.reaches(source, target, port)


def test_given_peers_replace_the_usual_ones(render):
    peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "traefik"}}}
    world = World(render, {"networkPolicy": {"from": [peer], "dns": [peer]}})
    assert world.reaches("traefik", "mine-web", 9000)
    assert not world.reaches("kube-system", "mine-web", 9000)
    assert world.reaches("traefik", "mine-storefront", 8080)
    assert not world.reaches("kube-system", "mine-storefront", 8080)
    assert world.reaches("mine-web", "traefik", 53)
    assert not world.reaches("mine-web", "kube-system", 53)


def test_given_egress_is_added(render):
    rule = {"ports": [{"protocol": "TCP", "port": 587}], "to": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}
    objects = render({**VARIANTS["local"][0], "networkPolicy": {"egress": [rule]}})
    egress = find(objects, "NetworkPolicy", "my-store-web")["spec"]["egress"]
    assert rule in egress and len(egress) == 3
    assert rule not in find(objects, "NetworkPolicy", "my-store-storefront")["spec"]["egress"], "ours talks to its store alone"
