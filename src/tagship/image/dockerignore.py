"""Which files of a build context an ignore file leaves out, by the rules of ``docker build``. Pure.

The rules are those of moby/patternmatcher, which Docker's command line and BuildKit share; the documentation tells
them at docs.docker.com, "Build context", ".dockerignore files".
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

NAME: Final = ".dockerignore"

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_LITERAL: Final = frozenset(".+()|{}$^")
"""Characters that mean something in a regular expression, and nothing in a pattern."""


@dataclass(frozen=True)
class Rule:
    """One line: what it names, and whether that is to be kept after all."""

    pattern: re.Pattern[str]
    keeps: bool

    def names(self, path: str) -> bool:
        """Whether it names the path, or a folder around it."""
        return any(self.pattern.fullmatch(each) for each in _with_parents(path))


@dataclass(frozen=True)
class Rules:
    """The lines of one ignore file, of which the last that names a path decides."""

    rules: tuple[Rule, ...] = ()

    @property
    def keeps_some(self) -> bool:
        """Whether a folder that is left out may hold something that is kept."""
        return any(rule.keeps for rule in self.rules)

    def leave_out(self, path: str) -> bool:
        """Whether a path, relative to the context and with ``/``, stays out of it."""
        out = False
        for rule in self.rules:
            # A line can only change what is so far; so the others need not be looked at.
            if rule.keeps == out and rule.names(path):
                out = not rule.keeps
        return out


def parse(content: bytes) -> Rules:
    """Read an ignore file; bytes that are no UTF-8 are as they are in file names.

    Raises:
        ValueError: a pattern means nothing; its text is the argument.
    """
    text = content.removeprefix(_UTF8_MARK).decode("utf-8", "surrogateescape")
    return Rules(tuple(_rules(text)))


def escaped(path: str) -> str:
    """The pattern that names this path and no other."""
    return re.sub(r"([\\*?\[\]!#])", r"\\\1", path)


def _rules(text: str) -> Iterator[Rule]:
    for line in text.split("\n"):
        if line.startswith("#"):
            continue
        written = line.strip()
        keeps = written.startswith("!")
        pattern = written.removeprefix("!").strip()
        if keeps and not pattern:
            raise ValueError(written)
        if pattern:
            yield Rule(_compiled(posixpath.normpath(pattern).lstrip("/")), keeps)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile("".join(_translated(pattern)), re.DOTALL)
    except re.error as error:
        raise ValueError(pattern) from error


def _translated(pattern: str) -> Iterator[str]:
    """The regular expression, piece by piece."""
    at = 0
    while at < len(pattern):
        rest = pattern[at:]
        step = 1
        if rest.startswith("**"):
            step = 3 if rest.startswith("**/") else 2
            yield ".*" if step == len(rest) else "(.*/)?"
        elif rest[0] == "*":
            yield "[^/]*"
        elif rest[0] == "?":
            yield "[^/]"
        elif rest[0] == "\\" and len(rest) > 1:
            step = 2
            yield re.escape(rest[1])
        elif rest[0] == "^" and at and pattern[at - 1] == "[":
            yield "^"  # every character but those that follow
        elif rest[0] in _LITERAL or rest[0] == "\\":
            yield re.escape(rest[0])
        else:
            yield rest[0]  # brackets among them: a class of characters is written alike
        at += step


def _with_parents(path: str) -> Iterator[str]:
    while path:
        yield path
        path = posixpath.dirname(path)
