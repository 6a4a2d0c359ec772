"""``tagship secret restore``."""

from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@click.argument("name")
@options.environment
@options.manifest
def restore(name: str, *, environment: Address, manifest_path: Path) -> None:
    """Bring the secret NAME back, with the value that it had."""
    from tagship.wiring.environment import connect

    keeper = connect(manifest_path, environment, Events()).secret_keeper()
    keeper.restore(name)
    output.say(f"The secret `{keeper.full(name)}` is back, with the value that it had.")
