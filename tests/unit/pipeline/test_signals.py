"""Whatever ends a pusher reaches the deploy once, and the deploy goes to its end; with real processes and signals."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

NONE = "0" * 40

HARNESS = """
import sys
from pathlib import Path
from tagship.base.process import Command, SystemProcesses
from tagship.pipeline.receive import Receiver, serve, send_to_pusher

class Deploys(SystemProcesses):
    def lines(self, command):
        return super().lines(Command.of(sys.executable, "-c", sys.argv[3], sys.argv[4]))

sys.exit(serve(Receiver(Deploys(), Path(sys.argv[1]), Path(sys.argv[2]), send_to_pusher), sys.stdin))
"""

DEPLOY = """
import pathlib, signal, sys, time
heard = []
signal.signal(signal.SIGINT, lambda *_: heard.append(1))
print("watching", flush=True)
while not heard:
    time.sleep(0.02)
for _ in range(10):
    print("rolling back", flush=True)
    time.sleep(0.05)
pathlib.Path(sys.argv[1]).write_text(f"cancelled, {len(heard)} heard")
sys.exit(13)
"""

ENDINGS = {
    "Ctrl-C, and git that ends": [signal.SIGINT, signal.SIGINT, signal.SIGTERM],
    "a closed terminal": [signal.SIGHUP],
    "a signal": [signal.SIGTERM],
}


def pushing(tmp_path: Path) -> "subprocess.Popen[str]":
    """A hook that has got a tag, which is being deployed."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "tagship.yaml").write_text("app: notes\n")
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    for words in (
        ("init", "--quiet"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "First"),
        ("tag", "v0.1.0"),
        ("clone", "--quiet", "--bare", ".", str(tmp_path / "bare")),
    ):
        subprocess.run(["git", *identity, *words], cwd=checkout, check=True)
    asked = subprocess.run(["git", "rev-parse", "v0.1.0"], cwd=checkout, check=True, capture_output=True, text=True)
    hook = subprocess.Popen(
        [sys.executable, "-c", HARNESS, str(tmp_path / "bare"), str(checkout), DEPLOY, str(tmp_path / "record")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert hook.stdin is not None
    assert hook.stdout is not None
    hook.stdin.write(f"{NONE} {asked.stdout.strip()} refs/tags/v0.1.0\n")
    hook.stdin.close()
    assert hook.stdout.readline() == "watching\n"
    return hook


@pytest.mark.parametrize("how", ENDINGS)
@pytest.mark.parametrize("hung_up", [False, True])
def test_whatever_ends_the_pusher_the_deploy_hears_of_it_once_and_ends_well(
    how: str,
    hung_up: bool,  # noqa: FBT001 - a row
    tmp_path: Path,
) -> None:
    with pushing(tmp_path) as hook:
        assert hook.stdout is not None
        if hung_up:
            hook.stdout.close()
        for number in ENDINGS[how]:
            os.killpg(hook.pid, number)
        said = [] if hung_up else hook.stdout.readlines()
        assert hook.wait() == 13
    assert (tmp_path / "record").read_text() == "cancelled, 1 heard"
    assert hung_up or said[-1].startswith("`v0.1.0`: `tagship deploy` ended with exit code 13: cancelled.")
