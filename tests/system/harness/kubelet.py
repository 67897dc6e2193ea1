"""Plays the kubelet where a cluster has no node: sets the pods' status through the API, so that the
reconciler sees what it would see. It plays faults as well."""

import threading
import time

from . import wait
from .kube import MERGE, ApiError, is_ready

NOW = "2026-01-01T00:00:00Z"


def _status(pod, *, setup, ready):
    """The status of a pod whose init containers ended (or not) and whose containers are ready (or not)."""
    spec = pod["spec"]

    def container(c, state, is_ready):
        common = {"name": c["name"], "image": c["image"], "imageID": "", "restartCount": 0}
        return common | {"ready": is_ready, "state": state, "lastState": {}}

    ended = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": NOW, "finishedAt": NOW}}
    running = {"running": {"startedAt": NOW}}
    waiting = {"waiting": {"reason": "PodInitializing"}}
    status = {
        "phase": "Running" if setup else "Pending",
        "conditions": [{"type": "Ready", "status": "True" if ready else "False", "lastTransitionTime": NOW}],
        "containerStatuses": [container(c, running if setup else waiting, ready) for c in spec["containers"]],
    }
    if spec.get("initContainers"):
        status["initContainerStatuses"] = [container(c, ended if setup else running, setup) for c in spec["initContainers"]]
    return status


class Kubelet:
    def __init__(self, kube):
        self.kube = kube
        self._stores, self._broken, self._lost = set(), {}, set()
        self._stop = threading.Event()
        self._thread = None

    def set_status(self, pod, status):
        m = pod["metadata"]
        path = f"/api/v1/namespaces/{m['namespace']}/pods/{m['name']}/status"
        self.kube.call("PATCH", path, {"status": status}, MERGE)

    def pod(self, store, component):
        """The component's pod, waited for."""
        return wait(f"{store}: a {component} pod", lambda: self.kube.pods(store, component))[0]

    def database(self, store, *, ready=True):
        pod = self.pod(store, "database")
        self.set_status(pod, _status(pod, setup=True, ready=ready))

    def web(self, store, *, setup=True, ready=True):
        pod = self.pod(store, "web")
        self.set_status(pod, _status(pod, setup=setup, ready=ready))

    def storefront(self, store, *, ready=True):
        pod = self.pod(store, "storefront")
        self.set_status(pod, _status(pod, setup=True, ready=ready))

    def ready(self, store):
        self.database(store)
        self.storefront(store)
        self.web(store)

    def waiting(self, store, component, reason, message):
        """A container that cannot start, such as ErrImagePull."""
        pod = self.pod(store, component)
        status = _status(pod, setup=True, ready=False)
        status["containerStatuses"][0]["state"] = {"waiting": {"reason": reason, "message": message}}
        self.set_status(pod, status)

    def ended(self, store, component, **how):
        """A container (or the setup) that ended badly, and how often it was started again."""
        self._end(self.pod(store, component), **how)

    def _end(self, pod, *, code, reason="Error", restarts=0, setup=False):
        status = _status(pod, setup=not setup, ready=False)
        one = status["initContainerStatuses" if setup else "containerStatuses"][0]
        ended = {"exitCode": code, "reason": reason, "startedAt": NOW, "finishedAt": NOW}
        one.update(ready=False, restartCount=restarts, lastState={"terminated": ended})
        one["state"] = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off restarting failed container"}}
        self.set_status(pod, status)

    # By itself, for stores that are only to become ready.

    def look_after(self, *stores):
        self._stores |= set(stores)
        self._begin()

    def fails(self, store, component, **how):
        """Whenever the component has a pod, it ends like this."""
        self._broken[store] = (component, how)
        self._begin()

    def heals(self, store):
        """What failed does so no more: pods that come from now on become ready."""
        self._broken.pop(store, None)
        self.look_after(store)

    def _begin(self):
        if not self._thread:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def stop(self):
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _run(self):
        while not self._stop.is_set():
            try:
                self._make_ready()
            except (OSError, ApiError):
                pass  # the API is down, or the pod has gone: the next round looks again
            time.sleep(0.1)

    def _make_ready(self):
        for pod in self.kube.items("/api/v1/pods?labelSelector=storewright.io%2Fuid"):
            meta = pod["metadata"]
            component, how = self._broken.get(meta["namespace"], (None, None))
            if meta.get("deletionTimestamp"):
                continue
            if component == meta["labels"].get("app.kubernetes.io/component") and meta["uid"] not in self._lost:
                self._lost.add(meta["uid"])
                self._end(pod, **how)
            if meta["namespace"] not in self._stores or component or meta["uid"] in self._lost:
                continue
            if not is_ready(pod):
                self.set_status(pod, _status(pod, setup=True, ready=True))
