"""The services where there is systemd: a real one starts them, held as their units say."""

import pathlib
import re
import subprocess

from harness import BUILD, ROOT, STATE

HERE = pathlib.Path(__file__).parent
EXPOSURE_MAX = 2.0  # of 10, by systemd-analyze security


def test_units():
    script = [HERE / "units.sh", f"TOP={ROOT}", f"BUILT={BUILD}", f"CLUSTER={STATE}"]
    ran = subprocess.run([HERE.parent / "under_systemd", *script], text=True, capture_output=True, timeout=300, stdin=subprocess.DEVNULL)
    said = ran.stdout + ran.stderr
    assert ran.returncode == 0, said[-6000:]
    for line in ("they run", "helm made the release from within the starter", "they come back, however often they are killed", "nothing is left running"):
        assert line in said, said[-6000:]
    exposures = [float(x) for x in re.findall(r"^exposure ([\d.]+)", said, re.M)]
    assert len(exposures) == 4 and max(exposures) <= EXPOSURE_MAX, said[-6000:]
