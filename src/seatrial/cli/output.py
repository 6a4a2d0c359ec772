"""What the terminal shows: data to stdout, messages to stderr, nothing said by colour alone."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from seatrial.cli.program import program
from seatrial.ground.errors import SeatrialError


def say(text: str) -> None:
    """Progress and results for a person, to stderr."""
    click.echo(_shown(text), err=True)


def data(text: str) -> None:
    """What was asked for, to stdout."""
    click.echo(_shown(text))


def as_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """What was asked for, to stdout, for a script."""
    click.echo(json.dumps(value, indent=2, default=str))


def next_step(command: str) -> None:
    """The next thing to type."""
    click.echo(f"Next: {click.style(_shown(command), bold=True)}", err=True)


def error(problem: SeatrialError) -> None:
    """What happened and why, and what to type next, to stderr."""
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {_shown(problem.message)}", err=True)
    if problem.hint:
        click.echo(f"Next: {_shown(problem.hint)}", err=True)


def table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """Columns as wide as their widest cell, to stdout."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    for row in (heads, *rows):
        data("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def is_terminal() -> bool:
    """Whether a person is watching stderr."""
    return sys.stderr.isatty()


def _shown(text: str) -> str:
    r"""Commands as they are typed here; what a terminal would obey, such as ESC, is shown as ``\x1b``.

    Names and the last lines of a log were written by strangers.
    """
    spelled = program().spelled(text)
    return "".join(each if each.isprintable() or each in "\n\t" else ascii(each)[1:-1] for each in spelled)
