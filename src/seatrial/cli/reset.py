"""``seatrial reset``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seatrial.cli import output
from seatrial.cli.program import control
from seatrial.ground.errors import Refused

if TYPE_CHECKING:
    from seatrial.process.control import Control


@click.command()
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
def reset(*, yes: bool) -> None:
    """Stop the embedded AWS and delete all its resources."""
    local = control(output.say)
    if not yes:
        _ask(local)
    left = local.reset()
    for sentence in left:
        output.say(sentence)
    output.say(f"The embedded AWS and all its{' other' if left else ''} resources are deleted.")
    output.next_step("seatrial up")


def _ask(local: Control) -> None:
    if not output.is_terminal():
        raise Refused(
            "This deletes every resource of the embedded AWS, and needs your confirmation.", hint="seatrial reset --yes"
        )
    click.confirm(f"Delete everything under {local.settings.directory}?", abort=True, err=True)
