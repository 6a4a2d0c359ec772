"""Every command that tagship tells a person to type exists, with the options that it names.

A hint is a command, which may go on as a sentence behind it; or it is a sentence, with commands in backticks.
"""

import ast
import re
import shlex
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final

import click
import pytest

from tagship.cli.main import cli

SOURCE: Final = Path(__file__).parents[2] / "src" / "tagship"

GAP: Final = "\N{SYMBOL FOR SUBSTITUTE}"
"""Where a value is filled in when the program runs."""

VALUES: Final = ("1", "", "2048", "plan", "kill", "v1.2.3", "--yes")
"""What may stand in a gap: a number, nothing, a port, a command, a scenario, a version, an option."""

PROSE: Final = {"builds", "came", "from", "have", "itself", "makes", "may", "needs", "reads", "ships", "was", "says"}
"""Words after the program's name that make a sentence of it, and no command."""

_WORD: Final = r"[^\s`,;:)']+"
_SENTENCE_GOES_ON: Final = r"(?<!\.) (?!(?:and|or|to|then|where|with|if) )"
COMMAND: Final = re.compile(rf"(?:(?<=[`\s(,])|^)tagship ({_WORD}(?:{_SENTENCE_GOES_ON}{_WORD})*)")

FOREIGN: Final = re.compile(r"(?:aws|docker|git|pipx|terraform) (?!does )")
"""How a hint begins that is a command of another program; `git does nothing` is a message."""

_GOES_ON: Final = re.compile(r"[,;] (?=(?:in|or|then|where) )|: (?=tagship )")
_SENTENCE: Final = {"a", "and", "another", "away", "in", "it", "of", "or", "out", "the", "then", "to", "which", "with"}
"""Words that no command line has."""


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of every string that can be shown: docstrings are not, and what is filled in is a gap."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in silent | parts:
            continue
        if isinstance(node, ast.JoinedStr):
            yield (
                node.lineno,
                "".join(
                    str(getattr(part, "value", "")) if isinstance(part, ast.Constant) else GAP for part in node.values
                ),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def told(text: str) -> Iterator[str]:
    """What follows the program's name in a text, where that is a command."""
    for found in COMMAND.finditer(text):
        line = found[1].strip("'\"").rstrip(".")
        if line and line.split()[0] not in PROSE:
            yield line


def everything_told() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for line, text in texts(ast.parse(path.read_text(encoding="utf-8"))):
            yield from ((f"{path.relative_to(SOURCE)}:{line}", command) for command in told(text))


def problem(line: str) -> str:
    """What is wrong with a command, with the best values in its gaps; empty where it can be typed."""
    problems = []
    for values in product(VALUES, repeat=line.count(GAP)):
        filled = iter(values)
        wrong = _problem(re.sub(GAP, lambda _: next(filled), line))  # noqa: B023 - called before the next turn
        if not wrong:
            return ""
        problems.append(wrong)
    return problems[0]


def _problem(line: str) -> str:
    try:
        words = shlex.split(line)
    except ValueError:
        words = line.split()
    command: click.Command = cli
    context = click.Context(cli)
    rest = [word for word in words if word != "--help"]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, rest[0])
        if found is None:
            return f"there is no `tagship {line}`"
        command, context, rest = found, click.Context(found, parent=context), rest[1:]
    if isinstance(command, click.Group):
        return ""
    try:
        command.make_context(command.name, rest, parent=context.parent)
    except click.MissingParameter:
        return ""  # a command that is only named
    except click.UsageError as error:
        return f"`tagship {line}`: {error.format_message()}"
    return ""


@pytest.mark.parametrize(("where", "command"), sorted(set(everything_told())))
def test_what_a_person_is_told_to_type_can_be_typed(where: str, command: str) -> None:
    assert problem(command) == "", where


def foreign_commands() -> Iterator[tuple[str, str]]:
    """Every text that begins as a command of another program, with where it is."""
    for path in sorted(SOURCE.rglob("*.py")):
        for line, text in texts(ast.parse(path.read_text(encoding="utf-8"))):
            if FOREIGN.match(text):
                yield f"{path.relative_to(SOURCE)}:{line}", text


def in_sentence(text: str) -> set[str]:
    """The words that make a sentence of what begins as a command."""
    return _SENTENCE & set(_GOES_ON.split(text)[0].replace(",", " ").split())


@pytest.mark.parametrize(("where", "text"), sorted(set(foreign_commands())))
def test_what_begins_as_a_command_of_another_program_is_one_up_to_where_the_sentence_goes_on(
    where: str, text: str
) -> None:
    assert in_sentence(text) == set(), where
    assert not re.search(r"[,;]", _GOES_ON.split(text)[0]), where


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"git mv '{GAP}' to another name, or ship from elsewhere", {"to", "another"}),
        (f"git rm --cached {GAP}, take {GAP}/.git away, and git add {GAP}", {"away", "and"}),
        ("git lfs fetch --all, then run the command again; in GitHub Actions: `lfs: true`", set()),
    ],
)
def test_a_sentence_that_begins_as_a_command_is_found(text: str, words: set[str]) -> None:
    assert in_sentence(text) == words


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("vanish", "there is no `tagship vanish`"),
        ("local vanish", "there is no `tagship local vanish`"),
        ("deploy v1.2.3 --force", "No such option"),
        ("local up --port 1", "is not in the range"),
    ],
)
def test_a_command_that_cannot_be_typed_is_found(line: str, says: str) -> None:
    assert says in problem(line)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("tagship local up", ["local up"]),
        ("Next: tagship deploy v1 --allow-older, or `tagship rollback`.", ["deploy v1 --allow-older", "rollback"]),
        ("tagship needs Terraform 1.11.", []),
        ("another tagship-like tool", []),
    ],
)
def test_commands_are_read_out_of_texts(text: str, commands: list[str]) -> None:
    assert list(told(text)) == commands
