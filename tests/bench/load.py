"""Requests as fast as they are answered, by wrk."""

import re
import statistics
import subprocess

UNITS = {"us": 1e-3, "ms": 1, "s": 1e3}


def wrk(url, seconds, *headers, connections=8):
    """(requests per second, 99th percentile in ms); none may fail."""
    options = [part for header in headers for part in ("--header", header)]
    argv = ["wrk", "--latency", "--timeout", "30s", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
    out = subprocess.run([*argv, *options, url], check=True, text=True, capture_output=True).stdout
    assert "Non-2xx" not in out and "Socket errors" not in out, out
    value, unit = re.search(r"99%\s+([0-9.]+)(us|ms|s)", out).groups()
    return float(re.search(r"Requests/sec:\s+([0-9.]+)", out)[1]), float(value) * UNITS[unit]


def median_rates(rates):
    """name → [wrk's answers] to {"requests_per_second": name → median, "p99_ms": name → median}."""
    found = {k: [statistics.median(x) for x in zip(*v)] for k, v in rates.items()}
    return {"requests_per_second": {k: round(v[0], 1) for k, v in found.items()}, "p99_ms": {k: round(v[1], 2) for k, v in found.items()}}
