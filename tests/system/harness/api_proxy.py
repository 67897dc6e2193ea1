"""Stands between a platform and the API server, and does to their talk what networks, load and administrators do: TLS with
a certificate and a token of its own, which can be replaced; answers that are slow, refused, cut or another's."""

import base64
import http.client
import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import threading

import yaml

EXPIRED = {
    "type": "ERROR",
    "object": {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 410, "reason": "Expired", "message": "too old"},
}


def status(code, message, reason=""):
    """A fault: the API server's own way to refuse."""
    text = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": message}
    return code, "application/json", json.dumps(text)


class ApiProxy:
    """fault: called with (method, path) of each request. It returns None, to let it pass (after having slept, if it likes);
    status(…) or (code, content type, text), to answer in the server's place; or "cut", to close the connection."""

    def __init__(self, kube, folder):
        self.kube, self.folder = kube, pathlib.Path(folder)
        self.file = self.folder / "proxied-kubeconfig"
        self.fault = lambda method, path: None
        self.asked, self.refused, self.token, self.serial = [], 0, None, 0
        self._streams, self._expired, self._lock = set(), set(), threading.Lock()
        self._server = None
        self.rotate()

    # What an administrator does.

    def rotate(self, certificate=True, token=True, tell=True):
        """Takes another certificate and token from now on; connections that are open are cut. tell: the kubeconfig says so."""
        self.serial += 1
        if token:
            self.token = f"token-{self.serial}"
        if certificate or not self._server:
            self._make_certificate()
            port = self._server.server_port if self._server else 0
            self._close_server()
            self._open_server(port)
        if tell:
            self.tell()

    def tell(self):
        """Writes the kubeconfig, as a whole."""
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [
                {
                    "name": "c",
                    "cluster": {
                        "server": f"https://127.0.0.1:{self._server.server_port}",
                        "certificate-authority-data": base64.b64encode(self._certificate.read_bytes()).decode(),
                    },
                }
            ],
            "users": [{"name": "u", "user": {"token": self.token}}],
        }
        new = self.file.with_suffix(".new")
        new.write_text(yaml.safe_dump(config), encoding="utf-8")
        new.rename(self.file)

    def _make_certificate(self):
        self._certificate = self.folder / f"proxy-{self.serial}.pem"
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=proxy -addext"
        files = ["subjectAltName=IP:127.0.0.1", "-keyout", f"{self._certificate}.key", "-out", self._certificate]
        subprocess.run(command.split() + files, check=True, capture_output=True)

    def _open_server(self, port):
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def _do(self):
                try:
                    outer._serve(self)
                except (OSError, http.client.HTTPException):
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _do

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128
            allow_reuse_address = True

            def handle_error(self, request, client_address):
                pass  # a client that went away, or did not like the certificate

            def get_request(self):
                connection, address = super().get_request()
                connection.settimeout(60)
                return tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self._certificate, f"{self._certificate}.key")
        self._server = Server(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def _close_server(self):
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self.cut()

    stop = _close_server

    # What networks do.

    def cut(self):
        """Every watch breaks off, in the middle of whatever it is."""
        with self._lock:
            streams, self._streams = self._streams, set()
        for one in streams:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def expire(self):
        """Every watch is cut, and the next of each kind is told that its resourceVersion is too old (410 Gone)."""
        with self._lock:
            self._expired = {path.partition("?")[0] for _, path in self.asked if "watch=1" in path}
        self.cut()

    # The way through.

    def _serve(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length) if length else None
        self.asked.append((handler.command, handler.path))
        answer = self.fault(handler.command, handler.path)
        if handler.headers.get("Authorization") != f"Bearer {self.token}":
            answer = status(401, "Unauthorized", "Unauthorized")
        if answer == "cut":
            self.refused += 1
            handler.close_connection = True
            handler.connection.shutdown(2)
        elif answer:
            self.refused += 1
            self._answer(handler, *answer)
        else:
            self._forward(handler, body)

    @staticmethod
    def _answer(handler, code, kind, text, headers=None):
        data = text.encode() if isinstance(text, str) else text
        handler.send_response(code)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _forward(self, handler, body):
        if "watch=1" in handler.path:
            self._watch(handler)
            return
        upstream = http.client.HTTPSConnection(
            self.kube.address.hostname, self.kube.address.port, context=self.kube.tls, timeout=30
        )
        try:
            kept = {k: v for k, v in handler.headers.items() if k.lower() not in ("host", "authorization", "connection")}
            upstream.request(handler.command, handler.path, body, kept | {"Authorization": f"Bearer {self.kube.token}"})
            answer = upstream.getresponse()
            headers = {k: v for k, v in answer.headers.items() if k in ("Content-Encoding", "Vary")}
            self._answer(handler, answer.status, answer.headers.get("Content-Type", ""), answer.read(), headers)
        finally:
            upstream.close()

    def _watch(self, handler):
        """Bytes as they come; the connection is the watch's alone."""
        handler.close_connection = True
        kind = handler.path.partition("?")[0]
        with self._lock:
            expired = kind in self._expired
            self._expired.discard(kind)
        if expired:
            self._answer(handler, 200, "application/json", json.dumps(EXPIRED) + "\n")
            return
        host, port = self.kube.address.hostname, self.kube.address.port
        with socket.create_connection((host, port), timeout=30) as plain, self.kube.tls.wrap_socket(
            plain, server_hostname=host
        ) as upstream:
            upstream.settimeout(None)
            head = f"GET {handler.path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept: application/json\r\n"
            upstream.sendall(f"{head}Authorization: Bearer {self.kube.token}\r\n\r\n".encode())
            both = {upstream, handler.connection}
            with self._lock:
                self._streams |= both
            try:
                while data := upstream.recv(65536):
                    handler.wfile.write(data)
            finally:
                with self._lock:
                    self._streams -= both
