"""``tagship scale``."""

from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@click.argument("service")
@click.argument("count", type=click.IntRange(min=0))
@options.environment
@options.manifest
@click.option("--beyond", is_flag=True, help="Allow a count outside the manifest's minimum and maximum.")
@click.option(
    "--timeout", default=10, show_default=True, metavar="MINUTES", help="Stop watching after this many minutes."
)
def scale(service: str, count: int, *, environment: Address, manifest_path: Path, beyond: bool, timeout: int) -> int:
    """Set SERVICE's number of tasks to COUNT, and wait until they are healthy.

    It starts no deployment; auto scaling continues from there.
    Exit codes: 0 all of them are healthy, 15 not all of them in time, 17 none of them.
    """
    from tagship.cli.live import narrated
    from tagship.release.health import State
    from tagship.release.records.verdict import Verdict
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    with narrated(events, place.clock):
        scaled = place.manual().scale(service, count, beyond=beyond, patience=timeout * 60)
    if not scaled.done:
        health = scaled.health
        output.say(f"Not all {count} tasks of `{service}` are healthy yet: {health.says}.")
        output.next_step(f"tagship {'recover' if health.stuck else 'status'}")
        return Verdict.DOWN.exit_code if health.state is State.DOWN else Verdict.TIMED_OUT.exit_code
    output.say(f"`{service}` has {count} tasks.")
    return 0
