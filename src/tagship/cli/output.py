"""What the terminal shows: data to stdout, talk to stderr, nothing said by colour alone."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from tagship.base.errors import TagshipError


def say(text: str = "") -> None:
    """Talk: progress and results for a person, to stderr."""
    click.echo(text, err=True)


def ask(question: str) -> None:
    """A question to a person, to stderr; the answer is typed behind it."""
    click.echo(question, nl=False, err=True)


def data(text: str) -> None:
    """What was asked for, to stdout."""
    click.echo(text)


def as_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """What was asked for, to stdout, for a script."""
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False))


def as_json_line(value: Mapping[str, Any]) -> None:
    """One of many, to stdout, one line each."""
    click.echo(json.dumps(value, default=str, ensure_ascii=False))


def next_step(command: str) -> None:
    """The next thing to type."""
    click.echo(f"Next: {click.style(command, bold=True)}", err=True)


def outage(text: str) -> None:
    """Users are not served: loud, to stderr."""
    click.echo(f"{click.style('!!', fg='red', bold=True)} {click.style(text, bold=True)}", err=True)


def error(problem: TagshipError) -> None:
    """What happened and why, and what to type next, to stderr."""
    click.echo(f"{click.style('Error:', fg='red', bold=True)} {problem.message}", err=True)
    if problem.hint:
        click.echo(f"Next: {problem.hint}", err=True)


def table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """Columns as wide as their widest cell, to stdout."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    for row in (heads, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def is_terminal() -> bool:
    """Whether a person is watching stderr."""
    return sys.stderr.isatty()
