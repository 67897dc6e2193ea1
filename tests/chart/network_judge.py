"""What network policies allow, as the Kubernetes reference defines it: for clusters whose network does not enforce them."""

# Not pods: some web site, a cloud's metadata service, the API server.
ADDRESSES = ("192.0.2.7", "169.254.169.254", "10.96.0.1")


def matches(selector, labels):
    for key, value in selector.get("matchLabels", {}).items():
        if labels.get(key) != value:
            return False
    for e in selector.get("matchExpressions", []):
        present = e["key"] in labels
        if e["operator"] == "DoesNotExist" and present or e["operator"] == "Exists" and not present:
            return False
        if e["operator"] == "In" and labels.get(e["key"]) not in e["values"]:
            return False
    return True


def peer_matches(peer, other, own_namespace):
    if "address" in other:
        return False  # the chart's own rules name no address
    namespace = other["namespace"]
    if "namespaceSelector" in peer:
        if not matches(peer["namespaceSelector"], namespace):
            return False
    elif namespace is not own_namespace:
        return False
    return matches(peer.get("podSelector", {}), other["labels"])


def allowed(policies, direction, pod, other, port):
    key, side = {"Ingress": ("ingress", "from"), "Egress": ("egress", "to")}[direction]
    selecting = [p["spec"] for p in policies if matches(p["spec"]["podSelector"], pod["labels"]) and direction in p["spec"]["policyTypes"]]
    if not selecting:
        return True
    for spec in selecting:
        for rule in spec.get(key, []):
            if port not in [p["port"] for p in rule["ports"]]:
                continue
            if side not in rule or any(peer_matches(p, other, pod["namespace"]) for p in rule[side]):
                return True
    return False
