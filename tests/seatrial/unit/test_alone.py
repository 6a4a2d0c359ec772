"""It is a package of its own: where tagship cannot be imported, all of it can."""

import os
import subprocess
import sys
from pathlib import Path

from seatrial import __version__
from tests.seatrial.alone import alone

EVERY_MODULE = """
import importlib, pkgutil, sys, seatrial
names = [each.name for each in pkgutil.walk_packages(seatrial.__path__, "seatrial.") if "__main__" not in each.name]
for name in names:
    importlib.import_module(name)
assert len(names) > 250, names
assert not [name for name in sys.modules if name.split(".")[0] == "tagship"]
"""


def test_every_module_is_imported_where_tagship_cannot_be(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", EVERY_MODULE], env=alone(tmp_path), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_there_tagship_really_cannot_be_imported(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import tagship"], env=alone(tmp_path), capture_output=True, text=True, check=False
    )
    assert "there is no tagship here" in done.stderr


def test_the_program_answers_there(tmp_path: Path) -> None:
    env = alone(tmp_path) | {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "seatrial", "--version"], env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout == f"seatrial, version {__version__}\n"
