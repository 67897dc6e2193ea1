"""Runs the built images as a cluster would: runc, read-only root, no capability, a fixed user."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path


class Storage:
    """The images that images/build made, mounted where runc can use them."""

    def __init__(self, cache, work):
        self.options = ["--root", str(cache / "storage"), "--runroot", str(cache / "run"),
                        "--storage-driver", "overlay"]
        self.work = work
        self.mounted = {}

    def buildah(self, *args):
        done = subprocess.run(["buildah", *self.options, *args], check=True, text=True,
                              stdout=subprocess.PIPE)
        return done.stdout.strip()

    def has(self, image):
        """Whether it was built."""
        command = ["buildah", *self.options, "inspect", "--type", "image", image]
        return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def root(self, image):
        """Path of the image's files; shared, as containers cannot write to it."""
        if image not in self.mounted:
            name = self.buildah("from", "--pull-never", image)
            self.mounted[image] = (name, Path(self.buildah("mount", name)))
        return self.mounted[image][1]

    def config(self, image):
        text = self.buildah("inspect", "--type", "image", "--format", "{{.Config}}", image)
        return json.loads(text)["config"]

    def close(self):
        for name, _ in self.mounted.values():
            self.buildah("umount", name)
            self.buildah("rm", name)
        self.mounted = {}


class Container:
    """One container. Its output goes to `log`; `volumes` are writable, `secrets` is read-only."""

    def __init__(self, storage, image, name, env=None, args=None, volumes=None, secrets=None,
                 memory=None, user=None):
        self.storage = storage
        self.name = f"storewright-check-{os.getpid()}-{name}"
        self.bundle = storage.work / name
        self.log = storage.work / f"{name}.log"
        self.process = None
        shutil.rmtree(self.bundle, ignore_errors=True)
        self.bundle.mkdir(parents=True)
        config = storage.config(image)
        uid, gid = (int(part) for part in (user or config["User"]).split(":"))
        command = config.get("Entrypoint", []) + (args if args is not None else config.get("Cmd", []))
        spec = self.specification(storage.root(image), command, uid, gid,
                                  self.environment(config, env or {}),
                                  config.get("WorkingDir", "/"), volumes or {}, secrets, memory)
        (self.bundle / "config.json").write_text(json.dumps(spec))

    @staticmethod
    def environment(config, env):
        values = dict(entry.split("=", 1) for entry in config.get("Env", []))
        values.update(env)
        return [f"{key}={value}" for key, value in values.items()]

    def specification(self, root, command, uid, gid, env, cwd, volumes, secrets, memory):
        mounts = [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
             "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
            {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
             "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]},
        ]
        for target, source in volumes.items():
            Path(source).mkdir(parents=True, exist_ok=True)
            os.chown(source, uid, gid)
            mounts.append({"destination": target, "type": "bind", "source": str(source),
                           "options": ["rbind", "rw"]})
        if secrets:
            mounts.append({"destination": "/run/secrets/store", "type": "bind",
                           "source": str(secrets), "options": ["rbind", "ro"]})
        namespaces = [{"type": kind} for kind in ("pid", "ipc", "uts", "mount")]
        resources = {"memory": {"limit": memory}} if memory else {}
        return {
            "ociVersion": "1.0.2",
            "process": {"user": {"uid": uid, "gid": gid}, "args": command, "env": env,
                        "cwd": cwd or "/", "noNewPrivileges": True, "capabilities": {}},
            "root": {"path": str(root), "readonly": True},
            "mounts": mounts,
            "linux": {"namespaces": namespaces, "resources": resources,
                      "maskedPaths": ["/proc/kcore", "/proc/keys"]},
        }

    def start(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["runc", "run", "--bundle", str(self.bundle), self.name],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        return self

    def wait(self, timeout=120):
        """Exit status of the container's program."""
        return self.process.wait(timeout)

    def execute(self, *command, check=True, env=()):
        options = [part for entry in env for part in ("--env", entry)]
        return subprocess.run(["runc", "exec", *options, self.name, *command], check=check,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def signal(self, name):
        subprocess.run(["runc", "kill", self.name, name], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self, name="TERM", timeout=30):
        if self.process and self.process.poll() is None:
            self.signal(name)
            deadline = time.monotonic() + timeout
            while self.process.poll() is None:
                # One that runc has not made yet cannot be signalled.
                if name == "KILL" or time.monotonic() > deadline:
                    self.signal("KILL")
                time.sleep(0.02)
        subprocess.run(["runc", "delete", "--force", self.name], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def output(self):
        return self.log.read_text(errors="replace")


def until(question, timeout, what):
    """Asks until the answer is true; returns it with the seconds that it took."""
    begun = time.monotonic()
    while True:
        answer = question()
        if answer:
            return answer, time.monotonic() - begun
        if time.monotonic() - begun > timeout:
            raise AssertionError(f"{what}: not within {timeout} s")
        time.sleep(0.05)
