"""What the terminal shows: data to stdout, talk to stderr, nothing said by colour alone.

Much of it was written by strangers: tags, manifests, records, log lines. Whatever a terminal would obey is spelled out
here, once, before it is shown.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import click

from tagship.base.errors import TagshipError
from tagship.base.visible import visible, visible_json
from tagship.cli.addressed import addressed


def say(text: str = "") -> None:
    """Talk: progress and results for a person, to stderr."""
    _show(visible(text), err=True)


def ask(question: str) -> None:
    """A question to a person, to stderr; the answer is typed behind it."""
    click.echo(question, nl=False, err=True)


def data(text: str) -> None:
    """What was asked for, to stdout."""
    _show(visible(text))


def as_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """What was asked for, to stdout, for a script."""
    _show(visible_json(json.dumps(value, indent=2, default=str, ensure_ascii=False)))


def as_json_line(value: Mapping[str, Any]) -> None:
    """One of many, to stdout, one line each."""
    _show(visible_json(json.dumps(value, default=str, ensure_ascii=False)))


def next_step(command: str) -> None:
    """The next thing to type."""
    _show(f"Next: {click.style(visible(addressed(command)), bold=True)}", err=True)


def outage(text: str) -> None:
    """Users are not served: loud, to stderr."""
    _show(f"{click.style('!!', fg='red', bold=True)} {click.style(visible(text), bold=True)}", err=True)


def error(problem: TagshipError) -> None:
    """What happened and why, and what to type next, to stderr."""
    with suppress(TagshipError):  # where even that cannot be written, the exit code says it
        _show(f"{click.style('Error:', fg='red', bold=True)} {visible(problem.message)}", err=True)
        if problem.hint:
            _show(f"Next: {visible(addressed(problem.hint))}", err=True)


def table(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> None:
    """Columns as wide as their widest cell, to stdout; a row is one line."""
    cells = [[visible(cell).replace("\n", "\\n") for cell in row] for row in (heads, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        _show("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def is_terminal() -> bool:
    """Whether a person is watching stderr."""
    return sys.stderr.isatty()


def _show(text: str, *, err: bool = False) -> None:
    """Write a line.

    Raises:
        TagshipError: it cannot be written: the disk is full, for one.
        BrokenPipeError: nobody reads any more; click ends the command quietly.
    """
    try:
        click.echo(text, err=err)
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise unwritable(problem, err=err) from problem


def unwritable(problem: OSError, *, err: bool = False) -> TagshipError:
    """The error for what cannot be shown; the stream is given up, or Python would fail with the rest at the end."""
    _give_up(sys.stderr.fileno() if err else sys.stdout.fileno())
    where = "stderr" if err else "stdout"
    return TagshipError(f"Cannot write the output to {where}: {problem.strerror}.")


def _give_up(stream: int) -> None:
    """Python would write the rest when it ends, and fail again (documentation of ``signal``, "Note on SIGPIPE")."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream)
    os.close(nothing)
