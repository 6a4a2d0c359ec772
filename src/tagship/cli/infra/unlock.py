"""``tagship infra unlock``."""

from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@click.argument("lock")
@options.environment
@options.manifest
def unlock(lock: str, *, environment: Address, manifest_path: Path) -> None:
    """Remove the state lock of a run that will not come back; LOCK is the ID in the error message."""
    from tagship.cli.infra.progress import shown
    from tagship.infra import commands
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    with shown(events):
        commands.unlock(place.infra(), lock)
    output.say("The state is unlocked.")
    output.next_step("tagship infra plan")
