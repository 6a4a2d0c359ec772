"""A package of more than eight files has a map in its face: a question, and the file that answers it.

The map is in the docstring of the package's ``__init__.py``; its lines are those that hold a question mark.
"""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.house_rules import FULLEST_FOLDER

SOURCE = Path(__file__).parents[2] / "src"
MOST_WITHOUT = 8


def packages() -> list[str]:
    found = sorted(path.parent for path in SOURCE.rglob("__init__.py"))
    large = [path for path in found if len(list(path.glob("*.py"))) > MOST_WITHOUT]
    return [path.relative_to(SOURCE).as_posix() for path in large]


def named(docstring: str) -> Counter[str]:
    """What the map names, and how often: ``deploy.py`` is a file, ``local/`` a folder."""
    lines = [line.rpartition("?")[2] for line in docstring.splitlines() if "?" in line]
    return Counter(name for line in lines for name in re.findall(r"(?<![\w/])\w+(?:\.\w+|/)(?!\w)", line))


def against_its_map(package: Path) -> list[str]:
    """What is in the package and not on its map, there twice, or on the map alone."""
    map_ = named(ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or "")
    files = {path.name for path in package.glob("*.py")} - {"__init__.py"}
    folders = {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}
    return [
        *(f"{name} is on no line" for name in sorted((files | folders) - set(map_))),
        *(f"{name} is on {count} lines" for name, count in sorted(map_.items()) if count > 1),
        *(f"{name} is not there" for name in sorted(map_) if not (package / name).exists()),
    ]


@pytest.mark.parametrize("package", packages())
def test_every_file_of_a_large_package_is_once_on_its_map(package: str) -> None:
    assert against_its_map(SOURCE / package) == []


def test_a_small_package_that_has_a_map_names_nothing_that_is_gone() -> None:
    found = {
        path.parent.relative_to(SOURCE).as_posix(): [
            each for each in against_its_map(path.parent) if each.endswith("is not there")
        ]
        for path in SOURCE.rglob("__init__.py")
    }
    assert {package: gone for package, gone in found.items() if gone} == {}


def test_no_package_is_fuller_than_a_newcomer_can_look_over() -> None:
    assert [each for each in packages() if len(list((SOURCE / each).glob("*.py"))) > FULLEST_FOLDER] == []


def test_there_are_large_packages() -> None:
    assert {"tagship/infra", "tagship/aws", "tagship/cli"} <= set(packages())


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("Where is it?  a.py\n    Where are others?  inner/", ["b.py is on no line"]),
        ("Where is it?  a.py\n    And again?  a.py\n    Others?  b.py, inner/", ["a.py is on 2 lines"]),
        ("Where is it?  a.py\n    Others?  b.py, inner/\n    More?  c.py", ["c.py is not there"]),
        ("Where is it?  a.py\n    Others?  b.py", ["inner/ is on no line"]),
        (
            "See ``a.py``, ``b.py`` and ``inner/``.",
            ["a.py is on no line", "b.py is on no line", "inner/ is on no line"],
        ),
        ("Where is it?  a.py\n    Others? ``b.py`` → ``inner/``", []),
    ],
)
def test_a_map_that_is_not_true_is_found(tmp_path: Path, lines: str, says: list[str]) -> None:
    for name in ("a.py", "b.py", "inner/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "__init__.py").write_text(f'"""A package.\n\n    {lines}\n"""\n', encoding="utf-8")

    assert against_its_map(tmp_path) == says
