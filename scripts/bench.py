"""Measures what the README promises, on this machine, now: medians, beside what Python itself takes."""

import json
import os
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15
PROGRAMS = Path(sys.executable).parent
DEMO = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent / ".demo").absolute()


def measured(*words: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> float:
    """Median seconds of a command, after one run to warm up."""
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        subprocess.run(words, cwd=cwd, env=env, check=True, capture_output=True)  # noqa: S603 - our words
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def show(what: str, seconds: float) -> None:
    """One line."""
    print(f"{what:<44} {seconds * 1000:8.0f} ms")


def demo_environment() -> dict[str, str]:
    """What `.demo/env` exports."""
    exports = shlex.split((DEMO / "env").read_text(encoding="utf-8"), comments=True)
    pairs = dict(word.split("=", 1) for word in exports if "=" in word)
    return {**os.environ, **pairs, "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}


def main() -> None:
    """Measure."""
    show("python -c pass", measured(sys.executable, "-c", "pass"))
    tagship = str(PROGRAMS / "tagship")
    show("tagship --help", measured(tagship, "--help"))
    if not (DEMO / "env").exists():
        print("(`make demo` first: then a deploy with nothing to do is measured too.)")
        return
    where, env = DEMO / "notes", demo_environment()
    show("tagship status", measured(tagship, "status", cwd=where, env=env))
    serving = subprocess.run(  # noqa: S603 - our words
        [tagship, "status", "--json"], cwd=where, env=env, check=True, capture_output=True, text=True
    )
    version = json.loads(serving.stdout)["live"]["version"]
    show(f"tagship deploy {version}: nothing to do", measured(tagship, "deploy", version, cwd=where, env=env))


if __name__ == "__main__":
    main()
