"""``tagship local reset``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tagship.base.errors import Refused
from tagship.cli import output

if TYPE_CHECKING:
    from tagship.wiring.local import LocalAws


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(*, yes: bool) -> None:
    """Stop the embedded AWS and forget everything that was made in it."""
    from tagship.wiring.local import LocalAws

    local = LocalAws(output.say)
    if not yes:
        _ask(local)
    local.reset()
    output.say("Nothing is left of the embedded AWS.")
    output.next_step("tagship local up")


def _ask(local: LocalAws) -> None:
    if not output.is_terminal():
        raise Refused("This forgets every resource of the embedded AWS.", hint="tagship local reset --yes")
    click.confirm(f"Forget everything under {local.settings.directory}?", abort=True, err=True)
