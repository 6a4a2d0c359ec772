"""The map of the release engine is in the faces of its folders; each names every file of its folder, and no other."""

import ast
from pathlib import Path

import pytest

RELEASE = Path(__file__).parents[3] / "src/tagship/release"
FOLDERS = sorted(path.parent for path in RELEASE.rglob("__init__.py"))


def named(folder: Path) -> list[str]:
    """What the drawing names, from the last two spaces of each line on."""
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    rows = docstring.partition(".. code-block:: text\n\n")[2].splitlines()
    return [word.strip() for row in rows for word in row.strip().split("  ")[1:] if word.strip()]


def there(folder: Path) -> list[str]:
    files = [path.name for path in folder.iterdir() if path.is_file() and path.name != "__init__.py"]
    return sorted([*files, *(f"{path.parent.name}/" for path in folder.glob("*/__init__.py"))])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_newcomer_finds_every_file_by_a_question(folder: Path) -> None:
    assert sorted(named(folder)) == there(folder)


def test_the_map_tells_a_file_that_it_does_not_name(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text(
        '"""A map.\n\n.. code-block:: text\n\n    Who?   who.py\n"""\n', encoding="utf-8"
    )
    (tmp_path / "who.py").touch()
    assert named(tmp_path) == there(tmp_path) == ["who.py"]
    (tmp_path / "what.py").touch()
    assert named(tmp_path) != there(tmp_path)
