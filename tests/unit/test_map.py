"""The maps are the docstrings of ``src/tagship/__init__.py``, ``src/seatrial/__init__.py`` and its ``services``."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
MARK = ".. code-block:: text"


def drawn(docstring: str) -> dict[str, int]:
    """Each part of the drawing, and the line that it stands on, counted from the top."""
    lines = docstring.partition(MARK)[2].lstrip("\n").splitlines()
    block = [line for line in lines[: lines.index("", 1) if "" in lines[1:] else None] if line.strip()]
    return {part: level for level, line in enumerate(block) for part in line.strip().split("  ")[0].split()}


def existing(package: Path) -> set[str]:
    """Each folder and file that is a part."""
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    return folders | {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}


def module_name(path: Path, source: Path) -> str:
    words = path.relative_to(source).with_suffix("").parts
    return ".".join(words[:-1] if words[-1] == "__init__" else words)


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules that are imported, wherever in the file; ``from a import b`` may mean ``a.b``, so both."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names if not node.level)


def imports(source: Path) -> dict[str, set[str]]:
    """Each module below ``source``, and the modules of ours that it imports."""
    files = {module_name(path, source): path for path in sorted(source.rglob("*.py"))}
    found = {}
    for name, path in files.items():
        named = set(imported(ast.parse(path.read_text(encoding="utf-8"))))
        # `from tagship.a import b`: where b is a module, that import is of b and not of the package around it.
        packages = {each.rpartition(".")[0] for each in named if each in files}
        found[name] = {each for each in named if each.startswith(".") or (each in files and each not in packages)}
    return found


def against_the_map(graph: Mapping[str, set[str]], levels: Mapping[str, int]) -> list[str]:
    """Each import that does not go down."""
    wrong = []
    for module, targets in graph.items():
        for target in sorted(targets):
            if target.startswith("."):
                wrong.append(f"{module} imports `{target}`: write it absolutely")
                continue
            here, there = part_of(module), part_of(target)
            if here in {"", "__main__", there} or not there:
                continue
            if levels[there] <= levels[here]:
                way = "sideways" if levels[there] == levels[here] else "up"
                wrong.append(f"{module} imports {target}: that is {way}")
    return wrong


def part_of(module: str) -> str:
    return module.partition(".")[2].partition(".")[0]


def within(graph: Mapping[str, set[str]], package: str) -> dict[str, set[str]]:
    """The imports inside one package, without what stands before its last word: ``services.ecs.runner``."""
    before = package.rpartition(".")[0]

    def inside(names: Iterable[str]) -> set[str]:
        return {name.removeprefix(f"{before}.") for name in names if name.startswith((f"{package}.", "."))}

    return {
        module.removeprefix(f"{before}."): inside(targets)
        for module, targets in graph.items()
        if module == package or module.startswith(f"{package}.")
    }


def reaches(graph: Mapping[str, set[str]], of: str, into: str) -> set[str]:
    """The modules of one package that import the other, or something in it."""
    return {
        module
        for module, targets in graph.items()
        if module.split(".")[0] == of and any(target.split(".")[0] == into for target in targets)
    }


def cycles(graph: Mapping[str, set[str]]) -> list[str]:
    """One line for each import that closes a circle."""
    done: set[str] = set()
    found: list[str] = []

    def visit(module: str, way: tuple[str, ...]) -> None:
        if module in way:
            found.append(" -> ".join([*way[way.index(module) :], module]))
        elif module not in done:
            for target in sorted(graph.get(module, ())):
                visit(target, (*way, module))
            done.add(module)

    for module in graph:
        visit(module, ())
    return found


MAPS = ("tagship", "seatrial", "seatrial/services")


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    return imports(SOURCE)


@pytest.fixture(params=MAPS)
def package(request: pytest.FixtureRequest) -> Path:
    return SOURCE / str(request.param)


@pytest.fixture
def levels(package: Path) -> dict[str, int]:
    docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8")))
    assert docstring
    return drawn(docstring)


def test_every_part_has_a_line_and_every_line_its_part(package: Path, levels: dict[str, int]) -> None:
    assert existing(package) == set(levels)


def test_imports_go_down_only(package: Path, levels: dict[str, int], graph: dict[str, set[str]]) -> None:
    assert against_the_map(within(graph, module_name(package / "__init__.py", SOURCE)), levels) == []


def test_no_import_goes_in_a_circle(graph: dict[str, set[str]]) -> None:
    assert cycles(graph) == []


def test_the_embedded_aws_imports_nothing_of_tagship(graph: dict[str, set[str]]) -> None:
    assert reaches(graph, "seatrial", "tagship") == set()


def test_tagship_reaches_the_embedded_aws_in_one_file(graph: dict[str, set[str]]) -> None:
    assert reaches(graph, "tagship", "seatrial") == {"tagship.wiring.local"}


DRAWING = f"""A small one.

{MARK}

    top                the terminal
    left right         two that do not know each other
    bottom             below

After it.
"""


def test_the_drawing_is_read_from_top_to_bottom() -> None:
    assert drawn(DRAWING) == {"top": 0, "left": 1, "right": 1, "bottom": 2}


@pytest.mark.parametrize(
    ("module", "text", "says"),
    [
        ("bottom", "from shop.top import x", "shop.bottom imports shop.top: that is up"),
        ("left", "import shop.right", "shop.left imports shop.right: that is sideways"),
        ("left", "def f():\n    from shop import right", "shop.left imports shop.right: that is sideways"),
        ("top", "from . import left", "shop.top imports `.`: write it absolutely"),
    ],
)
def test_an_import_that_breaks_the_map_is_found(tmp_path: Path, module: str, text: str, says: str) -> None:
    write_shop(tmp_path, **{module: text})
    assert against_the_map(imports(tmp_path), drawn(DRAWING)) == [says]


def test_an_import_down_or_of_the_package_itself_is_fine(tmp_path: Path) -> None:
    write_shop(tmp_path, top="from shop import bottom, __version__\nfrom shop.left import x", left="import shop.bottom")
    assert against_the_map(imports(tmp_path), drawn(DRAWING)) == []


def test_a_circle_is_found_and_shown(tmp_path: Path) -> None:
    write_shop(tmp_path, left="from shop import bottom", bottom="import shop.right", right="from shop.left import x")
    assert cycles(imports(tmp_path)) == ["shop.bottom -> shop.right -> shop.left -> shop.bottom"]


def test_a_part_without_a_line_is_seen(tmp_path: Path) -> None:
    write_shop(tmp_path, extra="")
    assert existing(tmp_path / "shop") - set(drawn(DRAWING)) == {"extra"}


def write_shop(folder: Path, **texts: str) -> None:
    (folder / "shop").mkdir()
    for name in ("__init__", "top", "left", "right", "bottom", *texts):
        (folder / "shop" / f"{name}.py").write_text(f"{texts.get(name, '')}\n", encoding="utf-8")
