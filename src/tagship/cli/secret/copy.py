"""``tagship secret copy``."""

from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@options.environment
@options.manifest
@click.option("--from", "source", required=True, metavar="NAME", help="The environment to copy from.")
def copy(environment: Address, manifest_path: Path, *, source: str) -> None:
    """Copy the secrets that the manifest names and that are not there from another environment; others stay.

    The credentials must be allowed to read the values there.
    """
    from tagship.wiring.environment import connect

    if source == environment.name and environment.on is None:
        raise click.BadParameter("is the environment itself", param_hint="--from")
    there = connect(manifest_path, Address(source), Events()).secret_keeper()
    keeper = connect(manifest_path, environment, Events()).secret_keeper()
    copied, absent = keeper.copy(there)
    for name in copied:
        output.say(f"Copied `{there.full(name)}` to `{keeper.full(name)}`.")
    if not copied:
        output.say("Nothing was copied: every secret that could be is there already.")
    for name in absent:
        output.say(f"!! `{there.full(name)}` is not there either.")
    if absent:
        output.next_step(f"tagship secret set {absent[0]}")
