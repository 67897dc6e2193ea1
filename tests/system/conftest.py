"""Fixtures of the system tests. They run inside the test cluster's network namespace: tests/system/run PART."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness.kube import Kube  # noqa: E402
from harness.platform import Platform  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "alone: takes the API server away; nothing else may run meanwhile")


@pytest.fixture(scope="session")
def kube():
    if "KUBECONFIG" not in os.environ:
        pytest.exit("no cluster: start the system tests by tests/system/run", returncode=2)
    return Kube(os.environ["KUBECONFIG"])


@pytest.fixture
def make_platform(kube, request):
    """make_platform(setting=value …): a platform, ended with the test; told of when the test fails."""
    made = []

    def make(**settings):
        made.append(Platform(kube, **settings))
        return made[-1]

    yield make
    logs = []
    for platform in made:
        if getattr(request.node, "failed", False):
            print(f"--- log of {platform.dir}\n{platform.log()[-6000:]}")
        logs.append(platform.stop())
    # Where the programs were built with sanitizers, what they say.
    for log in logs:
        assert "Sanitizer" not in log and "runtime error:" not in log, log


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call":
        item.failed = report.failed
    return report
