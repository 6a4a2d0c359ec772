"""What the programs print, gathered for tests of its words: golden files, helps, messages, and Terraform's texts."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

ROOT: Final = Path(__file__).parents[2]
SRC: Final = ROOT / "src"
MESSAGES: Final = ("tagship", "seatrial/cli", "seatrial/process", "seatrial/core/faults")
"""Folders of ``src`` whose texts a person reads; elsewhere in ``seatrial`` they are AWS's own."""

GOLDEN: Final = ("tests/unit/cli/*.txt", "tests/unit/notify/*.txt")
PROBLEMS: Final = "tests/unit/manifest/cases/*.yaml"

_DESCRIBED: Final = re.compile(
    r'^\s*(?:description|error_message|alarm_description|says|comment)\s*=\s*"(.*)"', re.MULTILINE
)
_DOCUMENTED: Final = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def golden() -> Iterator[tuple[str, str]]:
    """Of each golden file its name and what it says, without the names of its cases."""
    for pattern in GOLDEN:
        for path in ROOT.glob(pattern):
            lines = path.read_text(encoding="utf-8").splitlines()
            yield path.name, "\n".join(line for line in lines if not line.startswith("# "))
    for path in ROOT.glob(PROBLEMS):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield path.name, "\n".join(line for line in lines if line.startswith("#!"))


def helps(group: click.Group, *words: str) -> Iterator[tuple[str, str]]:
    """The help of a group and of every command in it, as a terminal of any width shows it."""
    context = click.Context(group, info_name=" ".join(words), max_content_width=10_000, terminal_width=10_000)
    yield " ".join(words), group.get_help(context)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from helps(command, *words, name)
        else:
            inner = click.Context(command, info_name=name, max_content_width=10_000, terminal_width=10_000)
            yield " ".join((*words, name)), command.get_help(inner)


def messages() -> Iterator[tuple[str, str]]:
    """Every text of more than one word in the source but docstrings, with its file and line."""
    for folder in MESSAGES:
        for path in sorted((SRC / folder).rglob("*.py")):
            for line, text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
                yield f"{path.relative_to(SRC)}:{line}", text


def described() -> Iterator[tuple[str, str]]:
    """Every description and error message of the Terraform modules, with its file."""
    for path in sorted(SRC.rglob("*.tf")):
        for found in _DESCRIBED.finditer(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(SRC)), found[1]


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=parts):
                said = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
                yield node.lineno, "".join(said)
                bare.update(id(part) for part in parts)
            case ast.Constant(value=str(text)) if id(node) not in bare and " " in text.strip():
                yield node.lineno, text
