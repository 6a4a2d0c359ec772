"""Prints the longest functions, classes and files of ``src``, and its fullest folders, with the bounds of the house.

    PYTHONPATH=. python scripts/sizes.py [HOW MANY OF EACH]

``tests/house_rules.py`` has the bounds, and measures; the tests hold them.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests import house_rules as rules
from tests.house_rules import File

ROOT = Path(__file__).parents[1]
WRITTEN = {".py", ".tf", ".tftpl"}

Sizes = Iterable[tuple[int, str]]


def main(most: int) -> None:
    """Print the four lists."""
    paths = [path for path in sorted((ROOT / "src").rglob("*")) if path.is_file() and path.suffix in WRITTEN]
    files = [File.read(ROOT, path) for path in paths]
    python = [file for file in files if file.path.endswith(".py")]
    for title, bound, sizes in (
        ("functions, lines without the docstring", rules.LONGEST_FUNCTION, functions(python)),
        ("classes, lines", rules.LONGEST_CLASS, classes(python)),
        ("files, lines", rules.LONGEST_FILE, ((len(file.lines), file.path) for file in files)),
        ("folders, files of Python", rules.FULLEST_FOLDER, folders(python)),
    ):
        sys.stdout.write(f"\n{title} (at most {bound})\n")
        sys.stdout.writelines(f"{size:6}  {name}\n" for size, name in sorted(sizes, reverse=True)[:most])


def functions(files: Iterable[File]) -> Iterator[tuple[int, str]]:
    """Each function, by its lines."""
    for file in files:
        for function in file.functions():
            yield rules.function_length(function), f"{file.path}:{function.lineno} {function.name}"


def classes(files: Iterable[File]) -> Iterator[tuple[int, str]]:
    """Each class, by its lines."""
    for file in files:
        for node in file.classes():
            yield rules.class_length(node), f"{file.path}:{node.lineno} {node.name}"


def folders(files: Iterable[File]) -> Sizes:
    """Each folder, by its files."""
    return ((count, name) for name, count in Counter(file.path.rpartition("/")[0] for file in files).items())


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10)
