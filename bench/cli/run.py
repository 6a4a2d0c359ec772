"""What a command takes of the processor before it answers: ``make bench-cli``.

Every command is run in turn, round after round, beside ``python -c "import click"``: the ratio to that says more than
the seconds, which are the machine's; so are those of importing the libraries that read a manifest and that ask AWS,
below which no command that does so comes. After ``make demo``, commands that ask AWS are measured against what it left.
The figures replace those in ``docs/benchmarks.md``.
"""

import argparse
import json
import os
import platform
import re
import resource
import shlex
import statistics
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "benchmarks.md"
HEADING: Final = "## Processor of a command"
PROGRAMS: Final = Path(sys.executable).parent
BESIDE: Final = 'python -c "import click"'
TO_READ: Final = "import click, pydantic.types, pydantic.plugin._schema_validator, ruamel.yaml"
TO_ASK: Final = f"{TO_READ}, botocore.session"


@dataclass(frozen=True)
class Measured:
    """A command; ``goal`` is in seconds of processor, or in times of importing click."""

    name: str
    words: tuple[str, ...]
    goal: str = ""
    folder: Path = ROOT


def plain() -> list[Measured]:
    """What needs no AWS."""
    python, tagship = sys.executable, str(PROGRAMS / "tagship")
    helps = [("check",), ("deploy",), ("local", "fault", "crash")]
    return [
        Measured("python -c pass", (python, "-c", "pass")),
        Measured(BESIDE, (python, "-c", "import click")),
        Measured("python: import click, pydantic, ruamel.yaml", (python, "-c", TO_READ)),
        Measured("python: these and botocore", (python, "-c", TO_ASK)),
        Measured("tagship --help", (tagship, "--help"), "4 times"),
        *(Measured(f"tagship {' '.join(words)} --help", (tagship, *words, "--help"), "4 times") for words in helps),
        Measured("tagship completion bash", (tagship, "completion", "bash")),
        Measured("tagship check", (tagship, "check"), "0.25", ROOT / "examples" / "notes"),
    ]


def asking(app: Path) -> list[Measured]:
    """What asks the AWS of an app that was released."""
    tagship = str(PROGRAMS / "tagship")
    said = subprocess.run([tagship, "status", "--json"], cwd=app, check=True, capture_output=True, text=True)  # noqa: S603 - our words
    version = json.loads(said.stdout)["live"]["version"]
    return [
        Measured("tagship status", (tagship, "status"), "0.45", app),
        Measured("tagship history", (tagship, "history"), "0.35", app),
        Measured("tagship deploy, nothing to do", (tagship, "deploy", version), "0.5", app),
    ]


def processor_of(what: Measured) -> float:
    """Seconds of processor, user's and system's, of the command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(what.words, cwd=what.folder, check=True, capture_output=True)  # noqa: S603 - our words
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def section(commands: list[Measured], taken: dict[str, list[float]], load: float) -> str:
    """The section of the page."""
    beside = statistics.median(taken[BESIDE])
    rows = [
        f"| `{each.name}` | {statistics.median(taken[each.name]):.3f} | {min(taken[each.name]):.3f} "
        f"| {statistics.median(taken[each.name]) / beside:.1f} | {each.goal} |"
        for each in commands
    ]
    rounds = len(taken[BESIDE])
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return "\n".join(
        [
            HEADING,
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, made by `make bench-cli`: {machine}.",
            f"Load of the machine: {load:.1f} before and {os.getloadavg()[0]:.1f} after.",
            f"Seconds of processor, user's and system's, of {rounds} rounds in each of which every command ran once.",
            "",
            "| command | median | least | times importing click | goal |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def written(page: str, text: str) -> str:
    """The page with the section in place of the one that was there."""
    return re.sub(rf"{re.escape(HEADING)}\n.*?(?=^## )", lambda _: f"{text}\n", page, flags=re.DOTALL | re.MULTILINE)


def main() -> None:
    """Measure, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--app", type=Path, help="an app that was released; by default the one of `make demo`")
    asked = parser.parse_args()
    # Else the source is compiled again each time, as on no other machine.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    demo = ROOT / ".demo"
    if asked.app is None and (demo / "env").exists():
        exports = shlex.split((demo / "env").read_text(encoding="utf-8"), comments=True)
        os.environ.update(word.split("=", 1) for word in exports if "=" in word)
        asked.app = demo / "notes"
    commands = [*plain(), *(asking(asked.app) if asked.app else [])]
    load = os.getloadavg()[0]
    taken: dict[str, list[float]] = {each.name: [] for each in commands}
    for number in range(asked.rounds + 1):
        for each in commands:
            seconds = processor_of(each)
            if number:  # the first round writes the byte code
                taken[each.name].append(seconds)
    text = section(commands, taken, load)
    print(text)
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), text), encoding="utf-8")


if __name__ == "__main__":
    main()
