"""``tagship run``."""

from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address

_TIMED_OUT = 124  # as timeout(1) has it


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("service")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@options.environment
@options.manifest
@click.option(
    "--timeout", default=60, show_default=True, metavar="MINUTES", help="Stop the command after this many minutes."
)
def run(service: str, command: tuple[str, ...], *, environment: Address, manifest_path: Path, timeout: int) -> int:
    """Run COMMAND once, with SERVICE's live image and settings, and exit with its exit code.

    Example: tagship run api -- python -m app.cleanup --all
    """
    from tagship.cli.live import narrated
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    with narrated(events, place.clock):
        ended = place.manual().run(service, command, timeout=timeout * 60)
    if ended.late:
        output.say(f"The command took longer than {timeout} minutes and was stopped.")
        return _TIMED_OUT
    if ended.exit_code is None:
        output.say(f"The command could not run: {ended.task.stopped_reason}")
        return 1
    output.say(f"Exit code {ended.exit_code} after {ended.seconds:.1f} s.")
    return ended.exit_code
