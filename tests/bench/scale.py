"""What tests/bench/scale measures, inside the test cluster's network namespace."""

import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))

from harness import STATE, fleet, wait  # noqa: E402
from harness.kube import Kube  # noqa: E402
from harness.platform import Platform, keep_figures  # noqa: E402

ROUNDS = 3
IDLE_SECONDS = 20
WHOLE_MAX = 1000  # stores that get every object of a release, which one that stays looks at as well
TICK = os.sysconf("SC_CLK_TCK")


def one_pass(platform):
    """A reconciler from its start to its end, with nothing asked for."""
    peak = 0
    with open(platform.dir / "reconcile.log", "ab") as log:
        begin = time.monotonic()
        child = subprocess.Popen([platform.settings["reconcile"]], env=platform.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        # ru_maxrss would count the Python that it was forked from.
        while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            peak = max(peak, memory_of(child.pid).get("VmHWM", 0))
            time.sleep(0.005)
        seconds = time.monotonic() - begin
        _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, platform.log()[-2000:]
    return {"seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mib": peak}


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_of(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return {k: int(v.split()[0]) / 1024 for k, _, v in (x.partition(":") for x in lines) if k in ("VmRSS", "VmHWM")}


def staying(platform):
    """One that stays: what it takes while nothing happens, and what cron's start each minute takes."""
    platform.configure(linger_seconds=3600)
    platform.cron()
    pid = wait("it runs", lambda: platform.processes("reconcile"))[0]
    time.sleep(10)  # its watches of the other kinds
    before = cpu_of(pid)
    time.sleep(IDLE_SECONDS)
    idle = cpu_of(pid) - before
    kick = one_pass(platform)
    figures = {"cpu_seconds_idle_per_minute": round(idle * 60 / IDLE_SECONDS, 3), "rss_mib": round(memory_of(pid)["VmRSS"], 1)}
    platform.kill("reconcile")
    platform.configure(linger_seconds=0)
    return figures | {"cron_start": {k: round(v, 3) for k, v in kick.items()}}


def measure(kube, count, made, whole):
    names = [f"scale-{i:05}" for i in range(count)]
    begin = time.monotonic()
    fleet.objects(kube, names[made:], first=made, whole=whole)
    print(f"{count} stores in the cluster after {time.monotonic() - begin:.0f} s", flush=True)
    platform = Platform(kube)
    try:
        fleet.rows(platform, names)
        one_pass(platform)  # writes down what it sees for the first time
        before = platform.sql("SELECT number FROM revision")
        rounds = [one_pass(platform) for _ in range(ROUNDS)]
        assert platform.sql("SELECT number FROM revision") == before, "nothing changed, and nothing was written"
        assert platform.sql("SELECT status, count(*) AS n FROM store GROUP BY status") == [{"status": "ready", "n": count}]
        figures = {k: round(statistics.median(r[k] for r in rounds), 3) for k in rounds[0]}
        if whole:
            figures["staying"] = staying(platform)
    finally:
        platform.database.unlink()  # the objects are kept for the next measurement
        platform.stop()
    keep_figures(f"pass over {count} stores", figures)
    print(f"pass over {count} stores: {figures}", flush=True)


def main(counts):
    kube = Kube(os.environ["KUBECONFIG"])
    # Nothing is to run, nor to be made, in so many namespaces: they are only to be there.
    subprocess.run(["sv", "down", STATE / "services/kube-controller-manager"], check=True, stdout=subprocess.DEVNULL)
    made = 0
    whole = max(counts) <= WHOLE_MAX
    for count in counts:
        measure(kube, count, made, whole)
        made = count


if __name__ == "__main__":
    main(sorted(int(a) for a in sys.argv[1:]) or [1000, 10000])
