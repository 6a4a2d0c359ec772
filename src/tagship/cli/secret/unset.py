"""``tagship secret unset``."""

from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@click.argument("name")
@options.environment
@options.manifest
@click.option(
    "--recovery-days",
    "days",
    type=click.IntRange(7, 30),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="Days for which it can be restored.",
)
def unset(name: str, *, environment: Address, manifest_path: Path, days: int) -> None:
    """Have the secret NAME deleted; until then it cannot be read, and can be restored."""
    from tagship.wiring.environment import connect

    keeper = connect(manifest_path, environment, Events()).secret_keeper()
    when = keeper.unset(name, days)
    output.say(f"The secret `{keeper.full(name)}` will be deleted on {when:%Y-%m-%d}, and cannot be read from now on.")
    if services := keeper.users(name):
        names = ", ".join(f"`{service}`" for service in services)
        output.say(f"!! The manifest still names it for {names}: no new task of theirs can start.")
    output.say("To bring it back:")
    output.next_step(f"tagship secret restore {name}")
