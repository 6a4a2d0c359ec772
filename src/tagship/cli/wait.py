"""``tagship wait``."""

from pathlib import Path

import click

from tagship.base.errors import TagshipError
from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@click.argument("number", required=False, type=int)
@options.environment
@options.manifest
@options.as_json
@click.option(
    "--timeout", default=30, show_default=True, metavar="MINUTES", help="Stop waiting after this many minutes."
)
def wait(number: int | None, *, environment: Address, manifest_path: Path, as_json: bool, timeout: int) -> int:
    """Wait for release NUMBER, which another process runs, and exit with its exit code. Without NUMBER: the newest."""
    from tagship.cli.live import narrated
    from tagship.cli.verdict import way_on
    from tagship.release.records.verdict import Verdict
    from tagship.release.watching.wait import wait as wait_for
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    with narrated(events, place.clock):
        record = wait_for(place.ledger, number, clock=place.clock, events=events, patience=timeout * 60)
    if as_json:
        output.as_json(record.model_dump(mode="json"))
    if record.verdict:
        output.say(f"Release {record.number}, {record.version}: {record.verdict}.")
        if (verdict := Verdict.of_words(record.verdict)) is None:
            output.say("This verdict comes from a newer tagship; this version does not know it.")
            return TagshipError.exit_code
        return verdict.exit_code
    if record.abandoned(place.ledger.now()):
        output.say(f"The run of release {record.number}, {record.version}, was cut off, without a verdict.")
        output.next_step(way_on(record) or f"tagship deploy --resume {record.number}")
    return Verdict.TIMED_OUT.exit_code
