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
    """Take away the lock of a run that is gone for good; LOCK is the id that the error named."""
    from tagship.cli.infra.progress import shown
    from tagship.infra import commands
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    with shown(events):
        commands.unlock(place.infra(), lock)
    output.say("The state is unlocked.")
    output.next_step("tagship infra plan")
