"""The quick start of its README, typed as it stands there, where tagship cannot be imported."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import seatrial
from tests.seatrial.alone import alone
from tests.seatrial.contract.conftest import free_port
from tests.seatrial.contract.tools.aws_cli import AWS

README = (Path(seatrial.__file__).parent / "README.md").read_text(encoding="utf-8")


def samples() -> list[str]:
    """The commands of the section, a sample each."""
    section = README.partition("## Quick start")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables of a shell in which `seatrial` and `aws` are on the path."""
    (tmp_path / "packages").mkdir()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "aws").symlink_to(AWS)
    program = programs / "seatrial"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m seatrial "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    env = alone(tmp_path / "packages") | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "SEATRIAL_HOME": str(tmp_path / "home"),
        "SEATRIAL_PORT": str(free_port()),
        "SEATRIAL_FRONT_DOOR_PORT": str(free_port()),
    }
    yield env
    run("seatrial reset --yes", env)


def run(script: str, env: dict[str, str]) -> str:
    done = subprocess.run(["sh", "-euc", script], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_three_commands_are_enough_for_somebody_who_never_heard_of_tagship(shell: dict[str, str]) -> None:
    start, use = samples()
    install, *commands = start.splitlines()

    printed = run("\n".join([*commands, use]), shell)

    assert install.startswith("pip install")
    assert len(commands) == 2
    assert "arn:aws:ecs:us-east-1:000000000000:cluster/trial" in printed.partition("clusterArns")[2]
