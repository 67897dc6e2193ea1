"""The web server in front, with the configuration that ./up installs, and the dashboards behind it."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from conftest import DASHBOARD, ROOT


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Front:
    def __init__(self, platform):
        self.platform, self.port, self.children = platform, free_port(), []
        # Short: a Unix socket's path has at most 107 bytes.
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="sw-"))
        self.serve("dashboard.sock")
        self.again()
        self.passwords = self.serve("passwords.sock")
        names = {"WEB_RUN": self.dir, "WEB_OWNER": "root", "SHARE": ROOT, "ADDRESS": f"127.0.0.1:{self.port}", "DASHBOARD": DASHBOARD}
        argv = [ROOT / "deploy/fill", ROOT / "deploy/nginx.conf.in", *(f"{k}={v}" for k, v in names.items())]
        (self.dir / "nginx.conf").write_text(subprocess.run(argv, check=True, text=True, stdout=subprocess.PIPE).stdout)
        nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        more = ["-g", "user root;"] if os.geteuid() == 0 else []
        with open(self.dir / "nginx.log", "wb") as log:
            argv = [nginx, "-p", self.dir, "-e", self.dir / "nginx.log", "-c", self.dir / "nginx.conf", *more]
            self.children.append(subprocess.Popen(argv, stdout=log, stderr=log))
        end = time.monotonic() + 10
        while self.connect(check=False) is None:
            assert time.monotonic() < end, (self.dir / "nginx.log").read_text()
            time.sleep(0.02)

    def listen(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.dir / name))
        listener.listen(128)
        return listener

    def serve(self, name):
        self.listener = self.listen(name)
        return self.again()

    def again(self):
        """One more dashboard program on the same socket."""
        with self.platform.log.open("ab") as log:
            child = subprocess.Popen([DASHBOARD], stdin=self.listener, stdout=log, stderr=log, env=self.platform.environment())
        self.children.append(child)
        return child

    def connect(self, check=True):
        s = socket.socket()
        s.settimeout(15)
        try:
            s.connect(("127.0.0.1", self.port))
            return s
        except OSError:
            s.close()
            if check:
                raise
            return None

    def raw(self, data, timeout=15):
        """What comes back for these bytes, until the connection ends or is silent."""
        with self.connect() as s:
            s.settimeout(timeout)
            s.sendall(data)
            answer = b""
            try:
                while part := s.recv(65536):
                    answer += part
                    if complete(answer):
                        break
            except (TimeoutError, ConnectionResetError):
                pass
            return answer

    def status(self, data, **more):
        answer = self.raw(data, **more)
        return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0

    def get(self, path, *headers, method="GET", body=b""):
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
        if body or method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return self.raw("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def stop(self):
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait(timeout=20)
        shutil.rmtree(self.dir)


def complete(answer):
    head, found, body = answer.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return found and len(body) >= int(line.split(b":")[1])
    return False


