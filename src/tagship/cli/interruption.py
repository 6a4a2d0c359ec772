"""What Ctrl-C means in the middle of a rollout."""

import click

from tagship.cli import output
from tagship.release.work import Choice

_CHOICES = {"r": Choice.ROLL_BACK, "l": Choice.LEAVE, "w": Choice.GO_ON}


def ask_what_to_do() -> Choice:
    """Ask the person; without a terminal, or without an answer, the rollout is taken back."""
    if not output.is_terminal():
        return Choice.ROLL_BACK
    answer = click.prompt(
        "Roll back (r), leave it going without watching (l), or go on watching (w)?",
        type=click.Choice(list(_CHOICES)),
        default="r",
        err=True,
    )
    return _CHOICES[answer]
