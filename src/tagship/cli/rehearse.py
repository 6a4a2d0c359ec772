"""``tagship rehearse``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.base.events import Event, Events
from tagship.cli import options, output
from tagship.manifest.address import Address
from tagship.release.rehearsal.scenario_names import NAMES
from tagship.wiring.person import who

if TYPE_CHECKING:
    from tagship.manifest.model import EnvironmentManifest
    from tagship.release.rehearsal.result import Rehearsals, Rehearsed

_HEADS = (
    "fault",
    "requests",
    "failed",
    "p99",
    "verdict",
    "exit code",
    "cause",
    "seconds",
    "live version",
    "as expected",
)


@click.command()
@options.environment
@options.manifest
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(NAMES),
    metavar="NAME",
    help=f"Rehearse only this; can be repeated: {', '.join(NAMES)}.",
)
@options.as_json
def rehearse(*, environment: Address, manifest_path: Path, only: tuple[str, ...], as_json: bool) -> int:
    """Rehearse releases of your own app with failures, on the embedded AWS, and report verdicts and failed requests.

    The live version is released repeatedly, each time with one more variable (TAGSHIP_REHEARSAL) and with a fault.
    Nothing is built, migrated or published. At the end the faults are cleared and the version is live as before;
    the history has one record of the kind `rehearsal`. Ctrl-C rolls back the current rollout and cleans up.

    Exit code 0: every rehearsal ended as expected; 1: one did not; 13: interrupted.
    """
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    for line in timings(place.manifest):
        output.say(line)
    with events.listening(_print_event):
        done = place.rehearser().rehearse(who(), only)
    if as_json:
        output.as_json(_as_json(done))
    else:
        output.table([_row(result) for result in done.results], _HEADS)
    return _conclude(done)


def timings(manifest: EnvironmentManifest) -> list[str]:
    """The settings that decide how long a rehearsal takes."""
    lines = [
        f"{name}: health check every {health.interval} s, {health.healthy_threshold} successful checks until "
        f"healthy,  {health.unhealthy_threshold} failed checks until unhealthy, {health.grace_period} s grace "
        f"period;  {service.drain} s to drain, {service.stop_timeout} s to stop."
        for name, service in manifest.services.items()
        for health in (service.health,)
    ]
    names = sorted(name for name in os.environ if name.startswith("SEATRIAL_ECS_") or name == "SEATRIAL_MINUTE")
    said = ", ".join(f"{name}={os.environ[name]}" for name in names)
    return (
        [*lines, f"Settings of the embedded AWS, if it was started with this environment: {said}."] if said else lines
    )


def _print_event(event: Event) -> None:
    for line in _lines(event):
        output.say(line)


def _lines(event: Event) -> Sequence[str]:
    from tagship.cli.narration import narrate
    from tagship.release.events import (
        Diagnosed,
        RehearsalBegan,
        RehearsalEnded,
        RehearsalReverting,
        RolloutProgress,
        VerdictReached,
    )

    if isinstance(event, RehearsalBegan):
        return ["", f"{event.number}/{event.of} {event.name}: {event.description}"]
    if isinstance(event, RehearsalReverting):
        return ["", f"Restoring {event.version}."]
    if isinstance(event, RehearsalEnded):
        return [f"   {_sentence(event.result)}"]
    if isinstance(event, RolloutProgress | VerdictReached):
        return narrate(event)
    if isinstance(event, Diagnosed):
        return [f"   Cause: {event.diagnosis.happened}  [{event.diagnosis.cause}]"]
    return []


def _sentence(result: Rehearsed) -> str:
    if result.skipped:
        return f"Skipped: {result.skipped}."
    users = f"{result.failed} of {result.requests} requests failed; the {result.live} version is live."
    return f"{users} {'UNEXPECTED: ' + '; '.join(result.wrong) if result.wrong else 'As expected'}."


def _row(result: Rehearsed) -> tuple[str, ...]:
    if result.verdict is None:
        return (result.name, *("-" * (len(_HEADS) - 2)), f"skipped: {result.skipped}")
    return (
        result.name,
        str(result.requests),
        str(result.failed),
        f"{result.p99:.0f} ms",
        result.verdict.words,
        str(result.verdict.exit_code),
        ", ".join(result.causes) or "-",
        f"{result.seconds:.1f}",
        result.live,
        f"NO: {'; '.join(result.wrong)}" if result.wrong else "yes",
    )


def _as_json(done: Rehearsals) -> dict[str, object]:
    results = [
        {
            **asdict(result),
            "verdict": result.verdict.words if result.verdict else None,
            "exit_code": result.verdict.exit_code if result.verdict else None,
        }
        for result in done.results
    ]
    return {"version": done.version, "good": done.good, "restored": done.restored, "rehearsals": results}


def _conclude(done: Rehearsals) -> int:
    from tagship.release.records.verdict import Verdict

    if not done.restored:
        output.say(f"{done.version} could not be restored.")
        output.next_step(f"tagship rollback {done.version}")
        return 1
    if done.interrupted:
        output.say(f"Interrupted; {done.version} is live as before.")
        return Verdict.STOPPED.exit_code
    bad = [result.name for result in done.results if result.wrong]
    how = f"Unexpected result: {', '.join(bad)}." if bad else "All scenarios behaved as expected."
    output.say(f"{done.version} is live as before. {how}")
    output.next_step(f"tagship rehearse --only {bad[0]}" if bad else "tagship status")
    return 1 if bad else 0
