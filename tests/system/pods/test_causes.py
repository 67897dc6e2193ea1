"""Stores that cannot come up, on real pods, each for another reason that its values bring about; all at once, for each takes
the kubelet its time. What a person reads is what is the matter, and soon where waiting would not mend it."""

import json

import pytest
import yaml
from harness.platform import Platform

BIG = {"requests": {"cpu": "500", "memory": "200Gi"}, "limits": {"cpu": "500", "memory": "200Gi"}}
QUOTA = {"requests.cpu": "1000", "limits.cpu": "1000", "requests.memory": "1000Gi", "limits.memory": "1000Gi"}
# The database's password, which it also prints, for a reason of the test's own.
SECRET = "hunter22hunter22"
SECRETS = {
    "admin-email": "me@example.com",
    "admin-password": "a-long-password-1",
    "database-password": SECRET,
    "jwt-secret": "j" * 32,
    "cookie-secret": "c" * 32,
    "publishable-key": "pk_" + "0" * 64,
}
CEILING = {"max": {"cpu": "500", "memory": "1000Gi"}}


def plan(**more):
    return {"plans": {"small": more}}


def merged(a, b):
    """b over a, as helm lays values over each other."""
    if not isinstance(a, dict) or not isinstance(b, dict):
        return b
    return a | {key: merged(a.get(key), value) for key, value in b.items()}


# name: (values, status, cause, words)
FAULTS = {
    "no-image": (
        {"images": {"medusa": {"repository": "localhost/storewright/no-such-image"}, "pullPolicy": "Never"}},
        "failed",
        "image",
        ["Web server: The image localhost/storewright/no-such-image", "cannot be pulled"],
    ),
    "crashes": (
        plan(medusa={"database": {"settings": {"shared_buffers": SECRET}}}) | {"secrets": {"mode": "values", "values": SECRETS}},
        "failed",
        "crash-loop",
        ["Database: It ended with exit status 1", "Its last words:", 'invalid value for parameter "shared_buffers": "***"'],
    ),
    "no-memory": (
        plan(medusa={"setup": {"resources": {"requests": {"memory": "24Mi"}, "limits": {"cpu": "2", "memory": "24Mi"}}}}),
        "failed",
        "out-of-memory",
        ["The container setup used more memory than its plan gives: 24Mi", "Choose a larger plan"],
    ),
    "no-room": (
        plan(quota=QUOTA, container=CEILING, medusa={"database": {"resources": BIG}}),
        "failed",
        "unschedulable",
        ["Insufficient cpu", "It asks for 500 CPU and 200.0 GiB of memory", "too little"],
    ),
    "no-volume": (
        {"persistence": {"storageClassName": "no-such-class"}},
        "failed",
        "volume",
        ["Its volume is not there", "no-such-class"],
    ),
    "never-ready": (
        plan(medusa={"database": {"settings": {"listen_addresses": "localhost"}}}),
        "provisioning",
        "unready",
        ["It runs, but does not become ready: "],
    ),
}


@pytest.fixture(scope="module")
def tried(kube, images, ingress, tmp_path_factory):
    """All of them asked for, each by a platform of its own with the values that spoil it."""
    platforms = {}
    for name, (values, *_) in FAULTS.items():
        file = tmp_path_factory.mktemp(name) / "values.yaml"
        with open(images, encoding="utf-8") as f:
            whole = yaml.safe_load(f) or {}
        file.write_text(json.dumps(merged(whole, values)), encoding="utf-8")
        platforms[name] = Platform(kube, ingress=ingress, helm_values=file, capacity_check="no")
        platforms[name].create(name)
    yield platforms
    for platform in platforms.values():
        platform.stop()


@pytest.mark.parametrize("name", FAULTS)
def test_the_cause_is_told(tried, name):
    _, status, cause, words = FAULTS[name]
    row = tried[name].wait_status(name, status, 240, cause=cause)
    for word in words:
        assert word in row["reason"], row["reason"]
    assert SECRET not in row["reason"] + str(tried[name].events(name)) + tried[name].log()
