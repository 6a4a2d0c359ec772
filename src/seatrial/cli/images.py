"""``seatrial images``."""

import click

from seatrial.cli import output
from seatrial.cli.program import control


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--install", is_flag=True, help="Install what building needs, where it is missing (apt, as root).")
def images(names: tuple[str, ...], *, install: bool) -> None:
    """Have the images that databases and functions run from: fetched, or built from Debian's packages."""
    from seatrial.process.images.catalogue import USUAL  # noqa: PLC0415 - help needs no recipes

    wanted = names or USUAL
    had = control(output.say).have_images(wanted, install=install)
    for name in wanted:
        output.say(f"`{name}` is here." if name in had else f"`{name}` was here already.")
