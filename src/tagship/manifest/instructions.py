"""A Dockerfile as its readers take it apart: instructions with their lines. Pure; it never fails.

The rules are those of BuildKit's parser (``frontend/dockerfile/parser``), told in Docker's "Dockerfile reference",
"Format", "Parser directives", "Escape" and "Here-documents".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_DIRECTIVE: Final = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*$")
_HEREDOC: Final = re.compile(r"\d*<<(-?)([^<]+)")
_WITH_HEREDOCS: Final = frozenset({"ADD", "COPY", "RUN"})
_WORD: Final = re.compile(r"(?:\"(?:\\.|[^\"\\])*\"|'[^']*'|\\.|[^\s\"'\\]|[\"'\\])+")


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Args:
        line: where it begins, counted from 1.
        word: which it is, in upper case: ``RUN``.
        rest: what follows, on one line.
        heredoc: whether lines after it are its here-documents.
    """

    line: int
    word: str
    rest: str
    heredoc: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """The options before everything else: ``--mount=type=cache,target=/x``."""
        found = []
        for word in words_of(self.rest):
            if not word.startswith("--"):
                break
            found.append(word)
        return tuple(found)

    @property
    def triggered(self) -> "Instruction":
        """What ``ONBUILD`` leaves for the image that is built on this one; the instruction itself where it is none."""
        if self.word != "ONBUILD":
            return self
        word, _, rest = self.rest.partition(" ")
        return Instruction(self.line, word.upper(), rest.strip(), self.heredoc)


def words_of(text: str) -> list[str]:
    """The words of a line, quotes kept."""
    return _WORD.findall(text)


def directives(text: str) -> Mapping[str, str]:
    """The parser directives at the top, such as ``syntax`` and ``escape``; names in lower case, the first counts."""
    found: dict[str, str] = {}
    for line in _lines(text):
        said = _DIRECTIVE.match(line)
        if said is None:
            break
        found.setdefault(said[1].lower(), said[2])
    return found


def instructions(text: str) -> list[Instruction]:
    """All instructions, in order."""
    escape = "`" if directives(text).get("escape") == "`" else "\\"
    lines = list(enumerate(_lines(text), start=1))
    return list(_read(lines, re.compile(re.escape(escape) + r"[ \t]*$")))


def _lines(text: str) -> list[str]:
    """A mark of UTF-8 and carriage returns mean nothing; other breaks that Python knows are no line ends."""
    return [line.removesuffix("\r") for line in text.removeprefix("\ufeff").split("\n")]


def _read(lines: list[tuple[int, str]], goes_on: re.Pattern[str]) -> Iterator[Instruction]:
    at = 0
    while at < len(lines):
        begins = lines[at][0]
        parts: list[str] = []
        more = True
        while more and at < len(lines):
            line = lines[at][1]
            at += 1
            # Comments and empty lines do not end an instruction that goes on.
            if line.strip() and not line.lstrip().startswith("#"):
                more = goes_on.search(line) is not None
                parts.append(goes_on.sub("", line))
            elif not parts:
                break
        word, _, rest = " ".join(part.strip() for part in parts).replace("\t", " ").strip().partition(" ")
        if word:
            plain = Instruction(begins, word.upper(), rest.strip())
            after = _after_heredocs(plain.triggered, [each for _, each in lines], at)
            yield Instruction(begins, plain.word, plain.rest, heredoc=after > at)
            at = after


def _after_heredocs(instruction: Instruction, lines: list[str], at: int) -> int:
    """Where the next instruction may begin. One whose end is missing is none: then a shell is meant to read it."""
    if instruction.word not in _WITH_HEREDOCS:
        return at
    for word in words_of(instruction.rest):
        if found := _HEREDOC.fullmatch(word):
            name = found[2].strip("\"'")
            ends = (place for place, line in enumerate(lines[at:], at) if _bare(line, tabs=bool(found[1])) == name)
            end = next(ends, None)
            if end is None:
                return at
            at = end + 1
    return at


def _bare(line: str, *, tabs: bool) -> str:
    return line.lstrip("\t") if tabs else line
