"""What ``make`` starts finds what it imports; mypy reads neither the benchmarks nor the Makefile."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
STARTED: Final = re.findall(
    r"^\t@?(?:PYTHONPATH=(\S+) )?\$\(BIN\)/python (\S+\.py)$",
    (ROOT / "Makefile").read_text(encoding="utf-8"),
    re.MULTILINE,
)
LOADED: Final = """
import runpy, sys
sys.path[0] = {folder!r}
runpy.run_path({program!r}, run_name="loaded")
"""


def test_make_starts_programs_of_both_folders() -> None:
    assert {"bench/cli/run.py", "bench/failures/run.py", "scripts/sizes.py"} <= {program for _, program in STARTED}


@pytest.mark.parametrize(("path", "program"), STARTED, ids=[program for _, program in STARTED])
def test_what_make_starts_finds_what_it_imports(path: str, program: str) -> None:
    code = LOADED.format(folder=str((ROOT / program).parent), program=program)
    around = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=around, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
