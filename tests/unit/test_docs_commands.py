"""The pages on commands, variables and files are held to the program: nothing is missing, nothing is made up."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from tagship.base import errors
from tagship.base.errors import TagshipError
from tagship.cli.main import INTERRUPTED, cli
from tagship.release.records.verdict import Verdict

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
PAGE: Final = (DOCS / "cli.md").read_text(encoding="utf-8")
SHARED: Final = {"--env", "--on", "--manifest", "--json"}
VARIABLE: Final = re.compile(r"\b(?:TAGSHIP|SEATRIAL)_[A-Z_]*[A-Z]\b")


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name)), command


assert isinstance(cli, click.Group)
COMMANDS: Final = dict(commands(cli))
FAULTS: Final = {name.rpartition(" ")[2] for name in COMMANDS if name.startswith("local fault ")}
PLAIN: Final = {name: command for name, command in COMMANDS.items() if not name.startswith("local fault ")}


def section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    lines = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `") or "| -" in line]
    return [[cell.strip() for cell in line] for line in lines]


def options(command: click.Command) -> set[str]:
    found = (parameter for parameter in command.params if isinstance(parameter, click.Option))
    return {name for option in found for name in option.opts}


def test_every_command_has_a_row_and_every_row_is_a_command() -> None:
    written = [re.match(r"`tagship ([a-z ]*[a-z])", row[0]) for row in rows(PAGE.partition("\n## ")[0])]
    assert {found[1] for found in written if found} == {*PLAIN, "local fault"}


def test_every_option_has_a_row_that_names_its_commands_and_no_others() -> None:
    documented: dict[str, set[str]] = {}
    for option, of, *_ in rows(section("Options")):
        for name in re.findall(r"`(-[-a-z]+)", option):
            documented[name] = set(re.findall(r"`([a-z ]+)`", of))
    real: dict[str, set[str]] = {}
    for name, command in PLAIN.items():
        for option in options(command):
            real.setdefault(option, set()).add(name)
    assert documented.keys() == real.keys()
    assert {name: documented[name] for name in real.keys() - SHARED} == {
        name: of for name, of in real.items() if name not in SHARED
    }


def test_every_kind_of_fault_has_a_row_and_its_options_are_explained() -> None:
    text = section("Faults")
    assert {re.findall(r"[a-z0-9-]+", row[0])[0] for row in rows(text)} == FAULTS
    known = {option for name in COMMANDS.keys() - PLAIN.keys() for option in options(COMMANDS[name])}
    assert [option for option in known - SHARED if option not in text] == []


def test_every_exit_code_has_a_row() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, TagshipError)]
    real = {0, 2, INTERRUPTED, *(kind.exit_code for kind in kinds), *(verdict.exit_code for verdict in Verdict)}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)} == real


def test_every_variable_that_is_read_is_documented_and_no_other_is() -> None:
    read = {
        name
        for folder in ("src", "scripts")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".sh"}
        for name in VARIABLE.findall(path.read_text(encoding="utf-8"))
    }
    pages = (DOCS / "operations.md", ROOT / "src/seatrial/README.md")
    assert {name for page in pages for name in VARIABLE.findall(page.read_text(encoding="utf-8"))} == read


def test_a_variable_of_the_embedded_aws_has_its_row_in_its_own_readme_only() -> None:
    pages = (DOCS / "operations.md", ROOT / "src/seatrial/README.md")
    tagships, its = (
        set(re.findall(r"^\| `([A-Z_]+)`", page.read_text(encoding="utf-8"), re.MULTILINE)) for page in pages
    )
    assert {name for name in its if name.startswith("SEATRIAL_")}
    assert tagships & its == set()


@pytest.mark.parametrize(
    "page", [DOCS / "architecture.md", *sorted((DOCS / "seatrial").glob("*.md"))], ids=lambda page: page.name
)
def test_a_file_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|md|json|yaml))`", page.read_text(encoding="utf-8"))
    places = (ROOT, ROOT / "src", ROOT / "src/tagship", ROOT / "src/seatrial")
    made = {"infra/outputs.json", "infra/destroying.json"}
    assert [path for path in named if path not in made and not any((place / path).exists() for place in places)] == []


def test_the_korean_readme_has_the_headings_rows_samples_and_links_of_the_english_one() -> None:
    def bones(name: str) -> list[object]:
        text = (ROOT / name).read_text(encoding="utf-8")
        shown = re.findall(r"^(?:\$ [^#\n]*[^#\n ]|[a-z ]+:.*)", text, re.MULTILINE)
        links = [target for target in re.findall(r"\]\(([^)]+)\)", text) if not target.startswith(("README", "#"))]
        shape = [re.sub(r"[^#|`-].*", "", line)[:1] for line in text.splitlines()]
        return [sorted(links), [line.split(" <")[0] for line in shown], shape]

    assert bones("README.ko.md") == bones("README.md")
