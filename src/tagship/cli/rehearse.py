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

_HEADS = ("fault", "requests", "failed", "p99", "verdict", "exit code", "cause", "seconds", "serves", "as it should")


@click.command()
@options.environment
@options.manifest
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(NAMES),
    metavar="NAME",
    help=f"Only this; can be repeated: {', '.join(NAMES)}.",
)
@options.as_json
def rehearse(*, environment: Address, manifest_path: Path, only: tuple[str, ...], as_json: bool) -> int:
    """Let a release of your own app meet every failure, on the embedded AWS, and see what users and tagship say.

    The version that serves is shipped again and again, with one variable more (TAGSHIP_REHEARSAL), each time with a
    fault. Nothing is built, migrated or published. In the end the faults are cleared and the version serves as before;
    the history has one record of the kind `rehearsal`. Ctrl-C takes the rollout back and cleans up.

    Exit code 0: every rehearsal ended as it should; 1: one did not; 13: interrupted.
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
        f"{name}: health check every {health.interval} s, {health.healthy_threshold} good ones until healthy, "
        f"{health.unhealthy_threshold} bad ones until unhealthy, {health.grace_period} s of grace; "
        f"{service.drain} s to drain, {service.stop_timeout} s to stop."
        for name, service in manifest.services.items()
        for health in (service.health,)
    ]
    names = sorted(name for name in os.environ if name.startswith("SEATRIAL_ECS_") or name == "SEATRIAL_MINUTE")
    said = ", ".join(f"{name}={os.environ[name]}" for name in names)
    return [*lines, f"The embedded AWS was told, if it was started from here: {said}."] if said else lines


def _print_event(event: Event) -> None:
    for line in _lines(event):
        output.say(line)


def _lines(event: Event) -> Sequence[str]:
    from tagship.cli.narration import narrate
    from tagship.release.events import (
        Diagnosed,
        PuttingBack,
        RehearsalBegan,
        RehearsalEnded,
        RolloutProgress,
        VerdictReached,
    )

    if isinstance(event, RehearsalBegan):
        return ["", f"{event.number}/{event.of} {event.name}: {event.says}"]
    if isinstance(event, PuttingBack):
        return ["", f"Putting {event.version} back as it was."]
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
    users = f"{result.failed} of {result.requests} requests failed; the {result.serving} version serves."
    return f"{users} {'NOT as it should be: ' + '; '.join(result.wrong) if result.wrong else 'As it should be'}."


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
        result.serving,
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
        output.say(f"{done.version} could not be put back as it was.")
        output.next_step(f"tagship rollback {done.version}")
        return 1
    if done.interrupted:
        output.say(f"Interrupted; {done.version} serves as before.")
        return Verdict.STOPPED.exit_code
    bad = [result.name for result in done.results if result.wrong]
    how = f"Not as it should be: {', '.join(bad)}." if bad else "All is well."
    output.say(f"{done.version} serves as before. {how}")
    output.next_step(f"tagship rehearse --only {bad[0]}" if bad else "tagship status")
    return 1 if bad else 0
