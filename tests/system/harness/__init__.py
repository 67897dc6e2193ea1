"""What the system tests share: an isolated platform, its cluster's API, a browser without a screen,
and, where the cluster has no node, something that plays the kubelet and the shop."""

import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
# The test cluster's state (cluster/up --state).
STATE = pathlib.Path(os.environ.get("KUBECONFIG", "/nonexistent")).parent
# The platform's two kubeconfigs (deploy/access).
ACCESS = pathlib.Path(os.environ.get("STOREWRIGHT_ACCESS", STATE / "access"))
BUILD = pathlib.Path(os.environ.get("BUILD", ROOT / "build")).resolve()


PATIENCE = 3  # times the usual, for a machine that does other things as well


def wait(what, question, seconds=20, every=0.02):
    """Asks until the answer is true, and returns it. what: for the message when it never is; may be a function."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(every)


def tool(name):
    """Absolute path of a tool that cluster/tools has built."""
    argv = [ROOT / "cluster/tools", "path", name]
    return subprocess.run(argv, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
