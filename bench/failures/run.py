"""Lets a real application meet every failure, and writes down what came of it: ``make matrix``.

One embedded AWS, one environment, one version after the other; the commands are those that a user types.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness import machine, say

from tagship.release.records.verdict import Verdict
from tests.functional.failures.cases import CASES, Case
from tests.functional.failures.fakes import FAKE_CASES, FakeCase
from tests.functional.failures.harness import SPEED, Harness, Seen

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs/failure-matrix.md"
RESULTS = HERE / "results.json"
BEGIN, END = "<!-- matrix: begin -->\n", "<!-- matrix: end -->\n"
HEADS = (
    "what goes wrong",
    "verdict",
    "exit code",
    "cause named",
    "requests",
    "failed",
    "seconds",
    "live afterwards",
    "as expected",
)


def main() -> None:
    """Run the cases, write the page; the exit code says whether all ended as expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="words of titles; the other rows stay as they were measured")
    parser.add_argument("--port", type=int, default=4711)
    parser.add_argument("--front-door-port", type=int, default=8720)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    chosen = [case for case in CASES if not options.only or any(word in case.title for word in options.only)]
    rows: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory(prefix="tagship-failures-") as folder,
        Harness(Path(folder, "harness"), options.port, options.front_door_port, say) as harness,
    ):
        for case in chosen:
            rows.append(_met(harness, case))
            say(f"{case.title}: {rows[-1]}")
            # What was seen so far is not lost with the machine.
            _keep(rows)
    rows = _keep([*rows, *(_told(case) for case in FAKE_CASES)])
    text = "".join(f"{line}\n" for line in _section(rows, machine(load)))
    sys.stdout.write(text)
    _write(text)
    sys.exit(0 if not any(row["wrong"] for row in rows) else 1)


def _keep(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write the rows down beside those of before; returns all, in the order of the cases."""
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else []
    known = {row["title"]: row for row in (*before, *rows)}
    kept = [known[case.title] for case in (*CASES, *FAKE_CASES) if case.title in known]
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
    return kept


def _met(harness: Harness, case: Case) -> dict[str, Any]:
    before = harness.serving
    try:
        seen = case.act(harness)
        wrong = case.wrong(seen, before)
    except AssertionError as error:
        seen, wrong = Seen(-1), [str(error)]
    if wrong:
        say(f"{case.title}: {wrong}\n{seen.text}")
    told = asdict(seen)
    told.pop("text")
    return {"title": case.title, **told, "serves": _serves(seen, before), "wrong": wrong}


def _serves(seen: Seen, before: str) -> str:
    if seen.answers == before:
        return "the previous version"
    return "the new version" if seen.answers == seen.shipped else seen.answers or "nothing"


def _told(case: FakeCase) -> dict[str, Any]:
    outcome, causes, as_before = case.act()
    verdict = outcome.verdict
    after = "the rollout goes on" if verdict is Verdict.TIMED_OUT else "the other process's revision"
    good = verdict is not None and verdict.exit_code == case.exit_code and causes == ({case.cause} - {""})
    return {
        "title": case.title,
        "verdict": verdict.words if verdict else "",
        "exit_code": verdict.exit_code if verdict else 0,
        "causes": sorted(causes),
        "requests": None,
        "seconds": None,
        "serves": "the previous version" if as_before else after,
        "wrong": [] if good else ["not as expected"],
    }


def _section(rows: Iterable[dict[str, Any]], where: list[str]) -> Iterable[str]:
    rows = list(rows)
    speed = ", ".join(f"`{name}={value}`" for name, value in SPEED.items())
    yield from where
    yield f"The embedded AWS ran with {speed}; the application: two services of one task, health check every 5 s,"
    yield "2 bad answers until unhealthy, 12 s of grace. Requests went to the front door ten a second, half of them"
    yield "over new connections. Seconds are from the update to the verdict; where nothing was updated, of the command."
    yield "`-` in the last columns: simulated by fakes with ECS's own messages, because one machine cannot produce it."
    yield "Written by `make matrix`."
    yield ""
    yield _row(*HEADS)
    yield _row(*["---"] * len(HEADS))
    for row in rows:
        yield _row(*_cells(row))
    yield ""
    good = sum(not row["wrong"] for row in rows)
    yield f"{good} of {len(rows)} ended as expected."


def _cells(row: dict[str, Any]) -> Iterable[object]:
    yield row["title"]
    yield row["verdict"] or "refused" if row["exit_code"] else row["verdict"] or "nothing to do"
    yield row["exit_code"]
    yield ", ".join(f"`{cause}`" for cause in row["causes"]) or "-"
    yield "-" if row["requests"] is None else row["requests"]
    yield "-" if row["requests"] is None else row["failed"]
    yield "-" if row["seconds"] is None else f"{row['seconds']:.1f}"
    yield row["serves"]
    yield "yes" if not row["wrong"] else f"NO: {'; '.join(row['wrong'])[:200]}"


def _write(text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    head, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


if __name__ == "__main__":
    main()
