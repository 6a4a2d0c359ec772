"""``tagship recover``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.base.errors import Refused
from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address
from tagship.wiring.person import who

if TYPE_CHECKING:
    from tagship.release.health import State
    from tagship.release.recover import Recovery


@click.command()
@options.environment
@options.manifest
@options.as_json
@click.option("--dry-run", is_flag=True, help="Print the plan, and change nothing.")
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
@click.option("--past-contract", is_flag=True, help="Roll back past a contract migration.")
@click.option("--probe", metavar="URL", help="Same as for `tagship deploy`.")
@click.option(
    "--timeout", default=30, show_default=True, metavar="MINUTES", help="Stop watching after this many minutes."
)
def recover(  # noqa: PLR0913 - one parameter an option, as click has it
    *,
    environment: Address,
    manifest_path: Path,
    as_json: bool,
    dry_run: bool,
    yes: bool,
    past_contract: bool,
    probe: str | None,
    timeout: int,
) -> int:
    """Restore the last version that was live. Prints each step and its reason, then asks for confirmation.

    Exit codes: as for `tagship deploy`; also 0 where every service is up and nothing is to be done.
    """
    from tagship.cli.interruption import Interruption
    from tagship.cli.live import Screen, narrated
    from tagship.cli.verdict import conclude
    from tagship.release.context import ReleaseOptions
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    screen = Screen()
    interruption = Interruption(screen.paused)
    recoverer = place.recoverer(ReleaseOptions(timeout * 60, choose=interruption.choose, probe=place.probe(probe)))
    with narrated(events, place.clock):
        place.warn_of_expiry(timeout * 60)
        recovery = recoverer.plan(past_contract=past_contract)
    _explain(recovery, environment.name)
    if dry_run or recovery.plan.empty:
        if as_json:
            output.as_json(_as_json(recovery))
        return 0
    if not yes:
        _ask()
    with narrated(events, place.clock, screen=screen), interruption.heard():
        outcome = recoverer.carry_out(recovery, who())
    return conclude(outcome, environment=environment.name, url=place.infrastructure().url, as_json=as_json)


def _explain(recovery: Recovery, environment: str) -> None:
    for health in recovery.healths:
        words = f": {health.says}" if not health.well else ""
        output.say(f"{health.service} is {health.state.value.upper()}{words}.")
    for note in recovery.notes:
        output.say(f"Note: {note}")
    if recovery.plan.empty:
        output.say("Nothing to recover: every service is up.")
        return
    version = recovery.target.version
    release = f", release {recovery.target.number}" if recovery.target.number else ""
    output.say(f"The last version that was live on {environment}: {version}{release}. Steps to restore it:")
    for number, stage in enumerate(recovery.steps, start=1):
        for place, each in enumerate(stage):
            output.say(f"  {f'{number}.' if place == 0 else '  '} {each.step.says}")
            output.say(f"     Why: {each.why}.")


def _ask() -> None:
    if not output.is_terminal():
        raise Refused("This changes what is live, and needs your confirmation.", hint="tagship recover --yes")
    click.confirm("Continue?", abort=True, err=True)


def _as_json(recovery: Recovery) -> dict[str, object]:
    return {
        "version": recovery.target.version,
        "state": _worst(recovery).value,
        "services": [{**asdict(each), "state": each.state.value, "reason": each.says} for each in recovery.healths],
        "steps": [{"step": each.step.says, "why": each.why} for stage in recovery.steps for each in stage],
        "notes": list(recovery.notes),
    }


def _worst(recovery: Recovery) -> State:
    from tagship.release.health import State

    states = {each.state for each in recovery.healths}
    return next((state for state in (State.DOWN, State.DEGRADED) if state in states), State.UP)
