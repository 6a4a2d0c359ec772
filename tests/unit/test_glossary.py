"""Pages and programs keep to the glossary: words that were given up stay away; both languages name every term."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from seatrial.cli.group import seatrial
from tagship.cli.main import cli
from tests.support import spoken

ROOT: Final = Path(__file__).parents[2]
GLOSSARY: Final = ROOT / "docs" / "glossary.md"
TERMS, _, REST = GLOSSARY.read_text(encoding="utf-8").partition("\n## Words that were given up\n")
GIVEN_UP, _, NOT_PRINTED = REST.partition("\n## Words that programs do not print\n")
PAGES: Final = [
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page != GLOSSARY),
    *ROOT.glob("README*.md"),
    *ROOT.glob("*/*/README.md"),
]
QUOTED: Final = re.compile(r"^```.*?^```|`[^`]*`|\"[^\"]*\"", re.MULTILINE | re.DOTALL)
"""What is quoted is a program's output, a command or a name: samples, code and quotation marks."""


def table(text: str) -> list[list[str]]:
    lines = (line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| "))
    return [[cell.strip() for cell in line] for line in lines][1:]


WORDS: Final = [word for row in table(GIVEN_UP) for word in row[0].split(", ")]
UNPRINTED: Final = [*WORDS, *(word for row in table(NOT_PRINTED) for word in row[0].split(", "))]
UNSEEN: Final = (
    "tagship/release/records/verdict.py",  # the verdicts of old records, which are shown in today's words
    "tagship/release/diagnosis/fatal.py",  # patterns of what other programs print
    "tagship/release/diagnosis/log_lines.py",
)
"""Sources whose texts nobody reads as they are."""
WITH_METAPHORS: Final = {"architecture.md", "benchmarks.md", "failure-matrix.md"}
"""Pages that tell why, or are written by a program that measures."""


def given_up(text: str) -> list[str]:
    """The words of the list that a page uses, with the lines around them."""
    return used(WORDS, QUOTED.sub("CODE", text))


def used(words: list[str], text: str) -> list[str]:
    """Those of these words that a text uses, with what is around them; what is filled into a message is no part."""
    prose = re.sub(r"\s+", " ", re.sub(r"\{\w*\}|`[^`]*`", "CODE", text))
    return [
        prose[max(found.start() - 40, 0) : found.end() + 20]
        for word in words
        for found in re.finditer(rf"\b{re.escape(word)}\b", prose, re.IGNORECASE if word.islower() else 0)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_uses_no_word_that_was_given_up(page: Path) -> None:
    assert given_up(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in WITH_METAPHORS], ids=lambda page: page.name
)
def test_a_page_for_users_uses_no_word_that_is_not_printed(page: Path) -> None:
    assert used(UNPRINTED, QUOTED.sub("CODE", page.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("word", WORDS)
def test_a_word_that_was_given_up_is_found_in_prose_and_not_in_a_quotation(word: str) -> None:
    assert given_up(f"So {word}, then.") != []
    assert given_up(f'So it says "{word}", or `{word}`.\n```\n{word}\n```\n') == []


@pytest.mark.parametrize("row", table(GIVEN_UP), ids=lambda row: row[0])
def test_what_to_say_instead_was_not_given_up_itself(row: list[str]) -> None:
    assert given_up(row[1]) == []


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(spoken.golden(), id="golden files"),
        pytest.param(spoken.helps(cli, "tagship"), id="tagship --help"),
        pytest.param(spoken.helps(seatrial, "seatrial"), id="seatrial --help"),
        pytest.param(spoken.messages(), id="messages"),
        pytest.param(spoken.described(), id="Terraform"),
    ],
)
def test_programs_print_no_word_that_was_given_up(texts: Iterator[tuple[str, str]]) -> None:
    said = [(where, text) for where, text in texts if not where.startswith(UNSEEN)]
    assert len(said) > 10
    assert [f"{where}: {found}" for where, text in said for found in used(UNPRINTED, text)] == []


@pytest.mark.parametrize("word", UNPRINTED)
def test_a_word_that_is_not_printed_is_found_where_it_is(word: str) -> None:
    assert used(UNPRINTED, f"ECS, {word} it.\n") != []
    assert used(UNPRINTED, f"ECS `{word}`, {{told}}") == []


@pytest.mark.parametrize("row", table(TERMS), ids=lambda row: row[0])
def test_a_term_has_a_korean_word_and_a_sentence(row: list[str]) -> None:
    _, korean, meaning = row
    assert re.search(r"[가-힣]", korean)
    assert meaning.endswith(".")


def test_both_readmes_use_the_terms_of_their_language() -> None:
    english = (ROOT / "README.md").read_text(encoding="utf-8")
    korean = (ROOT / "README.ko.md").read_text(encoding="utf-8")
    terms: dict[str, str] = {}
    for names, words, _ in table(TERMS):
        terms |= dict(zip(names.split(", "), words.split(", "), strict=True))
    for term in ("embedded AWS", "infrastructure", "manifest", "environment", "release record", "last log lines"):
        assert term in english
        assert terms[term] in korean
