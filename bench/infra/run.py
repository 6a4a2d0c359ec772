"""The whole architecture on the embedded AWS: how long each command takes, and which resources it waits for.

``make bench-infra``; the manifest is that of the functional test, with every system.
"""

import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from harness import embedded_aws, machine, say

from tagship.base.process import Command, SystemProcesses
from tests.functional.harness import App, checkout
from tour.stage import SYSTEMS

HERE = Path(__file__).parent
LONG: Final = 10
"""Seconds from which on a resource is listed."""

DONE: Final = re.compile(r"^ +(\S+) (?:made|destroyed) \((\d+) s\)$")


@dataclass
class Timed:
    """One command: seconds, how many resources, and the long ones by seconds."""

    name: str
    seconds: float = 0
    resources: int = 0
    long: dict[str, int] = field(default_factory=dict)


def main() -> None:
    """Apply, plan, deploy, plan, destroy; write the table."""
    load = os.getloadavg()[0]
    with embedded_aws(4760, 8760) as aws, tempfile.TemporaryDirectory(prefix="tagship-bench-") as folder:
        app = App(checkout(Path(folder) / "app", more=SYSTEMS), aws)
        for words in (("init", "-qb", "main"), ("add", "--all"), ("commit", "-qm", "one"), ("tag", "v0.1.0")):
            app.git(*words)
        timed = [
            _timed(app, "infra", "apply", "--yes"),
            _timed(app, "infra", "plan"),
            _timed(app, "deploy", "v0.1.0"),
            _timed(app, "infra", "plan"),
            _timed(app, "infra", "destroy", "--confirm", "local"),
        ]
    text = _report(timed, machine(load))
    sys.stdout.write(text)
    (HERE / "results.md").write_text(text)


def _timed(app: App, *words: str) -> Timed:
    found = Timed(f"tagship {' '.join(words)}")
    say(found.name)
    started = time.monotonic()
    for line in SystemProcesses().lines(
        Command((sys.executable, "-m", "tagship", *words), cwd=app.folder, env=app.env)
    ):
        if done := DONE.match(line):
            found.resources += 1
            if int(done[2]) >= LONG:
                found.long[done[1]] = int(done[2])
    found.seconds = time.monotonic() - started
    return found


def _report(timed: list[Timed], where: list[str]) -> str:
    lines = ["# The whole architecture, measured", "", *where, "Written by `make bench-infra`.", ""]
    lines += ["| command | seconds | resources | which of them took 10 s and more |", "| --- | --- | --- | --- |"]
    for each in timed:
        slow = sorted(each.long.items(), key=lambda item: -item[1])
        told = ", ".join(f"`{address}` {seconds}" for address, seconds in slow)
        lines.append(f"| `{each.name}` | {each.seconds:.0f} | {each.resources} | {told} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
