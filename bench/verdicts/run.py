"""From UpdateService to a known verdict: tagship beside the AWS CLI and beside Amazon's GitHub action.

``make bench-verdicts`` needs the AWS CLI (``BENCH_AWS_CLI`` names it where it is not on the path), Node and checkouts
of aws-actions/amazon-ecs-deploy-task-definition (``BENCH_ACTIONS``: folders, with spaces between; none: no such rows).
All programs are the real ones; each play has a service, a load balancer and tasks of its own.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from harness import embedded_aws, machine, say
from plays import CASES, LATEST, SETTINGS, Play, Setting, Told

HERE = Path(__file__).parent
TIMES: Final = {"good": 5, "crash": 20, "late": 20}
"""How many times sooner tagship is to know, by case."""


def main() -> None:
    """Play everything, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", nargs="*", default=list(CASES))
    parser.add_argument("--settings", nargs="*", default=[setting.key for setting in SETTINGS])
    parser.add_argument("--apart", type=float, default=4, help="seconds between the beginnings of two plays")
    parser.add_argument("--together", type=int, default=1, help="how many settings are played at once")
    parser.add_argument("--write", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    ways = ["tagship", "cli", *os.environ.get("BENCH_ACTIONS", "").split()]
    chosen = [setting for setting in SETTINGS if setting.key in options.settings]
    with ThreadPoolExecutor(options.together) as pool:
        played = pool.map(lambda setting: list(_round(setting, options.cases, ways, options.apart)), chosen)
    rounds = list(zip(chosen, played, strict=True))
    text = _report(rounds, machine(load))
    sys.stdout.write(text)
    options.write.write_text(text)


def _round(setting: Setting, cases: list[str], ways: list[str], apart: float) -> Iterator[tuple[Play, Told]]:
    """All cases in all ways, side by side, on an embedded AWS of their own: quotas are an account's."""
    port = 4720 + SETTINGS.index(setting)
    with (
        embedded_aws(port, port + 4000 + 100 * SETTINGS.index(setting)) as aws,
        tempfile.TemporaryDirectory(prefix="tagship-bench-") as folder,
    ):
        if not setting.breaker:  # nothing is rolled back by itself: every action sees the same, and success is as above
            cases, ways = [case for case in cases if case != "good"], ways[:3]
        plays = [Play(aws, case, setting, way) for case in cases for way in ways]
        if "good" in cases:
            plays.append(Play(aws, "good", setting, "tagship --until live"))
        say(f"{setting}: releasing the first version {len(plays)} times")
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda play: play.prepare(Path(folder)), plays))

        def act(number: int) -> Told:
            time.sleep(number * apart)  # an account's quotas are for all of them together
            told = plays[number].act()
            say(f"{plays[number].app}: {told}")
            return told

        say("releasing the second version")
        with ThreadPoolExecutor(len(plays)) as pool:
            yield from zip(plays, pool.map(act, range(len(plays))), strict=True)


def _report(rounds: list[tuple[Setting, list[tuple[Play, Told]]]], where: list[str]) -> str:
    lines = ["# From the update to a known verdict, measured", "", *where, *_ABOUT, ""]
    for setting, plays in rounds:
        breaker = "circuit breaker with rollback" if setting.breaker else "no circuit breaker (Terraform's default)"
        lines += [f"## {breaker}, deregistration delay {setting.drain} s", ""]
        lines += [f"| {' | '.join(_COLUMNS)} |", "|" + " --- |" * len(_COLUMNS)]
        ours = {play.key: told.fact for play, told in plays if play.way == "tagship"}
        lines += [_row(play, told, ours.get(play.key)) for play, told in plays]
        lines += [""]
    return "\n".join(lines)


_COLUMNS = (
    "new version",
    "way",
    "knows after s",
    "says why after s",
    "ends after s",
    "exit code",
    "right",
    "sooner",
    "last words",
)

_ABOUT = (
    "Clock: from the `createdAt` of the service deployment. Two tasks, minimum 100 %, maximum 200 %, health check",
    "every 10 s, healthy after 2, unhealthy after 3, grace period 30 s. tagship's `fail_fast` is its default, 3.",
    "`knows`: when the program first said that the version serves or fails; the others say nothing before they end.",
    "`says why`: when it named a cause; none of the others does.",
    "`right`: whether the program ended by itself, with 0 where the version serves and with another code where not.",
    "`sooner`: how many times sooner `tagship deploy` knew; the target of a case in brackets.",
    f"A program that still waited after {LATEST / 60:.0f} minutes was stopped; the action's own limit is 30 minutes.",
    "The image is missing by a fault of the embedded AWS, since `tagship deploy` looks for its image first.",
    "Written by `make bench-verdicts`; all programs are the real ones.",
)


def _row(play: Play, told: Told, ours: float | None) -> str:
    end = f"{told.end:.1f}" if told.end is not None else f"> {LATEST:.0f}, still waiting"
    fact = told.fact if told.fact is not None else LATEST
    right = told.end is not None and (told.exit_code == 0) == play.case.good
    sooner = ""
    if not play.way.startswith("tagship") and ours:
        target = f" ({TIMES[play.key]})" if play.key in TIMES else ""
        sooner = f"{'> ' if told.fact is None else ''}{fact / ours:.1f}{target}"
    knows = f"{told.fact:.1f}" if told.fact is not None else "never"
    why = f"{told.why:.1f}" if told.why is not None else "" if play.case.good else "never"
    code = "none" if told.exit_code is None else str(told.exit_code)
    cells = [play.case.title, _name(play.way), knows, why, end, code, "yes" if right else "NO", sooner, _last(told)]
    return f"| {' | '.join(cells)} |"


def _name(way: str) -> str:
    if way.startswith("tagship"):
        return f"`{way.replace('tagship', 'tagship deploy', 1)}`"
    if way == "cli":
        return "`aws ecs update-service`, `wait services-stable`"
    return f"deploy action {json.loads((Path(way) / 'package.json').read_text())['version']}"


def _last(told: Told) -> str:
    return told.words.replace("|", "/")[:110]


if __name__ == "__main__":
    main()
