"""A small FastCGI client (specification 1.0): one request on one connection, as nginx makes it."""

import socket
import struct

VERSION = 1
BEGIN_REQUEST, END_REQUEST, PARAMS, STDIN, STDOUT, STDERR = 1, 3, 4, 5, 6, 7
RESPONDER = 1
HEADER = struct.Struct(">BBHHBx")


class Response:
    """status; headers as a list of (name, value); body as bytes."""

    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        self.headers = []
        for line in head.decode("latin-1").split("\r\n"):
            name, colon, value = line.partition(": ")
            assert colon, f"not a header line: {line!r}"
            self.headers.append((name, value))
        self.status = int((self.header("Status") or "200").split()[0])

    def header(self, name):
        values = self.all_headers(name)
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None

    def all_headers(self, name):
        return [v for n, v in self.headers if n.lower() == name.lower()]

    @property
    def text(self):
        return self.body.decode("utf-8")


def record(kind, content):
    return HEADER.pack(VERSION, kind, 1, len(content), 0) + content


def stream(kind, content):
    """The records of a stream, the empty one that ends it included."""
    parts = [content[i : i + 65535] for i in range(0, len(content), 65535)]
    return b"".join(record(kind, part) for part in parts + [b""])


def encode_length(n):
    return bytes([n]) if n < 128 else struct.pack(">I", n | 0x80000000)


def encode_params(params):
    out = b""
    for name, value in params.items():
        name, value = name.encode(), value if isinstance(value, bytes) else str(value).encode()
        out += encode_length(len(name)) + encode_length(len(value)) + name + value
    return out


def read_exactly(sock, n):
    data = b""
    while len(data) < n:
        part = sock.recv(n - len(data))
        if not part:
            raise EOFError("the connection ended inside a record")
        data += part
    return data


def read_output(sock):
    out = b""
    while True:
        _, kind, _, length, padding = HEADER.unpack(read_exactly(sock, HEADER.size))
        content = read_exactly(sock, length + padding)[:length]
        if kind == STDOUT:
            out += content
        elif kind == STDERR:
            raise AssertionError(f"FastCGI stderr: {content!r}")
        elif kind == END_REQUEST:
            return out


def request(path, params, body=b"", timeout=20):
    """Sends one request to the Unix socket at path. params: dict of name to str or bytes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(timeout)
        sock.connect(str(path))
        begin = struct.pack(">HB5x", RESPONDER, 0)
        sock.sendall(
            record(BEGIN_REQUEST, begin)
            + stream(PARAMS, encode_params(params))
            + stream(STDIN, body)
        )
        return Response(read_output(sock))
