"""Stops and starts parts of the test cluster, which the supervisor of cluster/up would keep running."""

import subprocess

from . import STATE, wait


def _sv(command, service="kube-apiserver"):
    subprocess.run(["sv", command, STATE / "services" / service], check=True, stdout=subprocess.DEVNULL)


def stop_api(kube):
    """As by a crash: a stop in good order would wait for the watches to end."""
    _sv("down")
    _sv("kill")
    wait("the API server has gone", lambda: not kube.answers(), 10)


def kill_all(kube):
    """Every part of the cluster at once, as a machine that loses its power; start_all brings them back."""
    services = [s.name for s in (STATE / "services").iterdir()]
    for command in ("down", "kill"):
        for service in services:
            _sv(command, service)
    wait("the API server has gone", lambda: not kube.answers(), 10)


def start_all(kube):
    for service in (STATE / "services").iterdir():
        _sv("up", service.name)
    wait("the API server answers", kube.answers, 60, 0.1)


def start_api(kube):
    _sv("up")
    wait("the API server answers", kube.answers, 60, 0.1)
    # The controllers look again at their own leisure, up to minutes later; how long is not what is tested.
    _sv("restart", "kube-controller-manager")
