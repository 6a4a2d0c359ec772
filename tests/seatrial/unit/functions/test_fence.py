"""The control plane starts no programs but its own."""

import subprocess
import sys

import pytest

from seatrial.process.fence import is_ours

PROBE = """
import os, subprocess, sys
from seatrial.process.fence import raise_fence
raise_fence()
def refused(start):
    try:
        start()
    except PermissionError:
        return True
    return False
print(all([
    refused(lambda: subprocess.run(["true"])),
    refused(lambda: subprocess.run("true", shell=True)),
    refused(lambda: subprocess.Popen([sys.executable, "-c", "pass"])),
    refused(lambda: subprocess.Popen([sys.executable, "-P", "-m", "seatrial.x"], executable="/bin/true")),
    refused(lambda: os.system("true")),
    refused(lambda: os.execv("/bin/true", ["true"])),
    refused(lambda: os.posix_spawn("/bin/true", ["true"], {})),
    refused(lambda: os.spawnv(os.P_WAIT, "/bin/true", ["true"])) or os.spawnv(os.P_WAIT, "/bin/true", ["true"]) == 127,
]))
"""


def test_no_way_to_start_a_program_is_left() -> None:
    asked = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=False)
    assert asked.stdout.strip() == "True", asked.stderr


@pytest.mark.parametrize(
    ("argv", "ours"),
    [
        ([sys.executable, "-m", "seatrial.services.elb.data.worker"], False),
        ([sys.executable, "-P", "-m", "seatrial.services.cloudfront.worker"], True),
        (["/usr/local/bin/docker-credential-desktop", "get"], True),
        ([sys.executable, "-c", "import os"], False),
        ([sys.executable, "-m", "http.server"], False),
        (["python3", "-m", "seatrial.services.elb.data.worker"], False),
        (["node", "-e", "1"], False),
        ([], False),
    ],
)
def test_our_own_processes_and_dockers_password_programs_are_let_through(argv: list[str], *, ours: bool) -> None:
    assert is_ours(argv) is ours
