"""The rules of the house, each a function from one file to what breaks it there.

``tests/unit/test_house_rules.py`` applies them, and proves that each can fail.
"""

import ast
import builtins
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

LONGEST_FILE: Final = 400
LONGEST_FUNCTION: Final = 40
LONGEST_CLASS: Final = 250
FULLEST_FOLDER: Final = 32
MOST_POSITIONAL: Final = 4

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class File:
    """One file: its path from the root of the repository, and its text."""

    path: str
    text: str

    @classmethod
    def read(cls, root: Path, path: Path) -> "File":
        return cls(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def lies_in(self, *places: str) -> bool:
        """Whether it is one of these files, or below one of these folders (``aws/``), of the package."""
        here = self.path.removeprefix("src/tagship/").removeprefix("src/")
        return any(here == place or (place.endswith("/") and here.startswith(place)) for place in places)

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and full name of everything imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def dotted(self) -> Iterator[tuple[int, str]]:
        """Line and text of every name with dots, such as ``os.path.join``, and of every called name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute):
                yield node.lineno, ast.unparse(node)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.lineno, node.func.id

    def functions(self) -> Iterator[Function]:
        yield from (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def classes(self) -> Iterator[ast.ClassDef]:
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))


Rule = Callable[[File], Iterator[str]]

PROCESS: Final = ("base/process.py", "seatrial/ground/process.py")
CLOCK: Final = ("base/clock.py", "seatrial/ground/clock.py")
OUTPUT: Final = ("cli/output.py", "seatrial/cli/output.py")
"""The doors of both packages."""

IN_AN_IMAGE: Final = "seatrial/process/images/lambda_runtime.py"
"""A program of its own, which runs in a container that has nothing of ours."""


def _only(name: str, *places: str) -> Rule:
    """A package that is imported in these places only."""

    def rule(file: File) -> Iterator[str]:
        for line, imported in file.imports():
            if f"{imported}.".startswith(f"{name}.") and not file.lies_in(*places):
                yield f"{file.path}:{line}: imports `{name}`, which belongs in {', '.join(places)}"

    return rule


def _uses(pattern: str, *places: str) -> Rule:
    """A call or attribute that is used in these places only."""

    def rule(file: File) -> Iterator[str]:
        for line, used in sorted(set(file.dotted())):
            if re.fullmatch(pattern, used) and not file.lies_in(*places):
                yield f"{file.path}:{line}: uses `{used}`, which belongs in {', '.join(places) or 'no file'}"

    return rule


def _all(*rules: Rule) -> Rule:
    def rule(file: File) -> Iterator[str]:
        for each in rules:
            yield from each(file)

    return rule


boto3_in_aws_only = _only("boto3", "aws/")
botocore_in_aws_and_seatrial_only = _only("botocore", "aws/", "seatrial/")
docker_at_its_doors_only = _only(
    "docker",
    "seatrial/core/engine.py",
    "seatrial/ministack/lent_engine.py",
    "seatrial/services/ecs/containers/docker.py",
    "image/",
)
programs_in_process_only = _all(
    _only("subprocess", *PROCESS),
    _only("pty", *PROCESS),
    _uses(r"os\.(system|popen|exec\w+|spawn\w+|posix_spawn\w*|fork\w*)", *PROCESS),
    _uses(r"asyncio\.(subprocess|create_subprocess_\w+)(\..*)?", *PROCESS),
    # A Python of ours is started by `Command.module`, which keeps an app's modules out; the hook does it by itself.
    _uses(r"sys\.executable", *PROCESS, "wiring/local.py"),
)
printing_in_output_only = _all(
    _uses(r"print|click\.(echo|secho)", *OUTPUT, IN_AN_IMAGE),
    _only("rich", "cli/"),
    # The hook is a program of its own: what it writes, git passes on to the pusher.
    _uses(r"sys\.(stdout|stderr)\.write", *OUTPUT, "pipeline/receive.py"),
)
time_in_clock_only = _all(
    _only("time", *CLOCK, IN_AN_IMAGE),
    _uses(r"(datetime\.)?(datetime|date)\.(now|utcnow|today)", *CLOCK),
)


def base_is_standard_library(file: File) -> Iterator[str]:
    ours = "tagship.base" if file.lies_in("base/") else "seatrial.ground" if file.lies_in("seatrial/ground/") else ""
    for line, name in file.imports() if ours else ():
        first = name.partition(".")[0]
        if first not in sys.stdlib_module_names and not name.startswith(ours):
            yield f"{file.path}:{line}: base imports `{name}`"


PATCHES: Final = re.compile(
    r"(^|\.)(mock\.patch|mocker\.\w+|monkeypatch\.(setattr|delattr|setitem|delitem)|setattr|delattr)$"
)


def nothing_is_patched(file: File) -> Iterator[str]:
    """No mock and no ``setattr``, and nothing assigned to a module, a class, a method, or a private attribute."""
    for line, name in file.imports():
        if re.match(r"(unittest\.)?mock(\.|$)", name):
            yield f"{file.path}:{line}: imports `{name}`; pass a fake in"
    for line, used in sorted(set(file.dotted())):
        if PATCHES.search(used):
            yield f"{file.path}:{line}: uses `{used}`; pass a fake in"
    # mypy knows what is a method, and asks for this wherever one is assigned.
    for line, text in enumerate(file.lines, 1):
        if re.search(r"# type: ignore\[[^]]*\bmethod-assign\b[^]]*\]$", text):
            yield f"{file.path}:{line}: assigns a method; let the fake be told, as by `Hooked.on`"
    yield from _assigned(file)


def _assigned(file: File) -> Iterator[str]:
    """Attributes of what is imported, and private ones of anything but ``self``."""
    given = {arg.arg for arg in ast.walk(file.tree) if isinstance(arg, ast.arg)}
    imported = {name.rpartition(".")[2] for _, name in file.imports()} - given
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            owner = ast.unparse(node.value)
            private = node.attr.startswith("_") and owner not in ("self", "cls")
            if private or owner.partition(".")[0] in imported:
                yield f"{file.path}:{node.lineno}: assigns `{ast.unparse(node)}`; pass a fake in"


def files_are_short(file: File) -> Iterator[str]:
    if len(file.lines) > LONGEST_FILE:
        yield f"{file.path}: {len(file.lines)} lines, of {LONGEST_FILE}"


def functions_are_short(file: File) -> Iterator[str]:
    for function in file.functions():
        length = function_length(function)
        if length > LONGEST_FUNCTION and not _reason(file, function):
            yield f"{file.path}:{function.lineno}: `{function.name}` has {length} lines, of {LONGEST_FUNCTION}"


def function_length(function: Function) -> int:
    """Lines from ``def`` to the end, without the docstring."""
    first = function.body[0]
    spoken = 0
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        spoken = (first.end_lineno or first.lineno) - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - spoken


def _reason(file: File, function: Function) -> bool:
    """``# long: why``, between the line above ``def`` and the first statement."""
    head = file.lines[max(function.lineno - 2, 0) : max(function.lineno, function.body[0].lineno - 1)]
    return any(re.search(r"# long: \w", line) for line in head)


def classes_are_short(file: File) -> Iterator[str]:
    for node in file.classes():
        length = class_length(node)
        if length > LONGEST_CLASS:
            yield f"{file.path}:{node.lineno}: `{node.name}` has {length} lines, of {LONGEST_CLASS}"


def class_length(node: ast.ClassDef) -> int:
    """Lines from ``class`` to the end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def few_positional_parameters(file: File) -> Iterator[str]:
    for function in file.functions():
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        own = names[1:] if names[:1] in (["self"], ["cls"]) else names
        if len(own) > MOST_POSITIONAL and not file.path.startswith("tests/"):
            yield f"{file.path}:{function.lineno}: `{function.name}` takes {len(own)} positional parameters"


def shell_has_its_own_files(file: File) -> Iterator[str]:
    """Shell inside a string of Terraform's is read by nobody: no editor, no shellcheck."""
    for number, line in enumerate(file.lines, 1):
        if re.search(r"#!/|<<-?(SH|BASH|SCRIPT)\b|\bset -eu?|\bexport \w+=|\$\(\w+ ", line):
            yield f"{file.path}:{number}: holds shell, which belongs in a template: {line.strip()}"


def lock_files_name_no_registry(file: File) -> Iterator[str]:
    for number, line in enumerate(file.lines, 1):
        if re.search(r"https?://|git\+|(^|\s)(-i|-f|--index-url|--extra-index-url|--find-links)\b", line):
            yield f"{file.path}:{number}: names an address: {line.strip()}"


MACHINE_PATH: Final = re.compile(r"(?<![\w.\-/~}])(/(home|root|Users|work|mnt)/[\w.-]+|/opt/tf-\w+)|[A-Z]:\\\\?Users")


def no_path_of_a_machine(file: File) -> Iterator[str]:
    for number, line in enumerate(file.lines, 1):
        if found := MACHINE_PATH.search(line):
            yield f"{file.path}:{number}: names `{found[0]}`"


ROOTS: Final = frozenset({"TagshipError", "SeatrialError"})


@dataclass(frozen=True)
class _Class:
    where: str
    name: str
    bases: tuple[str, ...]
    inside: bool


def exceptions_are_ours(files: Iterable[File]) -> Iterator[str]:
    """Every exception class derives from ``TagshipError``, in seatrial from ``SeatrialError``.

    One that never reaches a person, and says so, may be another: its name begins with an underscore, or the line
    above it or its own line holds ``# inside: who catches it``.
    """
    classes = [found for file in files for found in _classes(file)]
    bases = {each.name: each.bases for each in classes}
    for each in classes:
        ancestors = _ancestors(each.name, bases)
        if (
            each.name not in ROOTS
            and ROOTS.isdisjoint(ancestors)
            and not each.inside
            and any(map(_is_builtin_exception, ancestors))
        ):
            yield f"{each.where}: `{each.name}` does not derive from `TagshipError` or `SeatrialError`"


def _classes(file: File) -> Iterator[_Class]:
    for node in file.classes():
        bases = tuple(ast.unparse(base).rpartition(".")[2] for base in node.bases)
        above = "\n".join(file.lines[max(node.lineno - 2, 0) : node.lineno])
        inside = node.name.startswith("_") or bool(re.search(r"# inside: \w", above))
        yield _Class(f"{file.path}:{node.lineno}", node.name, bases, inside)


def _ancestors(name: str, bases: dict[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += bases.get(each, ())
    return found


def _is_builtin_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)
