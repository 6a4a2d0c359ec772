"""``tagship local down``."""

import click

from tagship.cli import output
from tagship.wiring.local import LocalAws


@click.command()
def down() -> None:
    """Stop the embedded AWS and its containers; what was made in it stays for the next `up`."""
    ran = LocalAws(output.say).down()
    output.say("The embedded AWS is stopped." if ran else "The embedded AWS was not running.")
    output.next_step("tagship local up")
