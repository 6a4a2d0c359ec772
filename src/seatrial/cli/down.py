"""``seatrial down``."""

import click

from seatrial.cli import output
from seatrial.cli.program import control


@click.command()
def down() -> None:
    """Stop the embedded AWS and its containers; its resources are kept for the next `up`."""
    ran = control(output.say).down()
    output.say("The embedded AWS is stopped." if ran else "The embedded AWS was not running.")
    output.next_step("seatrial up")
