"""YAML with positions: plain data, and where each key and value of it was written.

YAML 1.2, so that ``yes`` and ``on`` are text; dates are text too, as in YAML's core schema.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tagship.manifest.problems import Place, Problem, dotted

_MOST: Final = 10_000
"""Values that a manifest may hold: aliases of aliases can make millions out of a few lines."""

_TAG: Final = "tag:yaml.org,2002:"
_SCALARS: Final = frozenset(f"{_TAG}{kind}" for kind in ("bool", "int", "float", "null", "str"))
_TEXT: Final = frozenset(f"{_TAG}{kind}" for kind in ("str", "timestamp"))

_UNCLOSED: Final = ("while scanning a quoted scalar", "while parsing a flow")
"""What is told of the place where it began: it is noticed at the end of the file."""

_IN_WORDS: Final = (
    ("'\\t'", "a tab; YAML is indented with spaces"),
    (
        "mapping values are not allowed",
        "a `:` that is not allowed here: indented too far, no `:` in the line before, or a value that needs quotes",
    ),
    ("could not find expected ':'", "a key without `:` after it"),
    ("while scanning a quoted scalar", "a quotation mark that is not closed"),
    ("expected <block end>", "indented differently from the lines around it"),
    ("undefined alias", "an alias (`*name`) without its anchor (`&name`)"),
    ("expected a single document", "a second document (`---`); tagship.yaml is one"),
    ("while parsing a flow", "a bracket that is not closed, or a comma that is missing"),
    ("cannot start any token", "a character that cannot begin a value; put the value in quotes"),
    ("special characters are not allowed", "a control character"),
)
"""What the YAML parser says, and what we say."""


@dataclass
class Document:
    """What was written.

    Attributes:
        data: dicts, lists and scalars; None where there is nothing.
        lines: the line of each path, counted from 1; a mapping's key, or a list's entry.
        raw: the text of each scalar as written, without its quotes.
        problems: what is wrong with the YAML itself.
    """

    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    raw: dict[Place, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, path: Place) -> int:
        """The line of a path, or of the nearest thing around it that was written."""
        return next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), 1)


def parse(text: str) -> Document:
    """Read YAML; never raises: what is wrong with it stands in ``problems``."""
    document = Document()
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        if node is not None:
            document.data = _Reader(yaml, document).value(node, ())
    except YAMLError as error:
        document.problems.append(_translated(error))
    except _TooMany:
        document.problems.append(Problem(1, "", f"has more than {_MOST} values; nested aliases multiply them"))
    except RecursionError:
        document.problems.append(Problem(1, "", "nested too deeply"))
    return document


class _TooMany(Exception):
    """The document holds more than ``_MOST`` values; never leaves this file."""


class _Reader:
    """Walks the nodes of one document."""

    def __init__(self, yaml: YAML, document: Document) -> None:
        self._yaml = yaml
        self._document = document
        self._around: list[Node] = []
        self._left = [_MOST]

    def value(self, node: Node, path: Place) -> Any:  # noqa: ANN401 - YAML can hold anything
        """The plain value of a node."""
        self._document.lines.setdefault(path, _line(node))
        self._left[0] -= 1
        if self._left[0] < 0:
            raise _TooMany
        if node in self._around:
            self._problem(node, path, "an alias that contains itself")
            return None
        self._around.append(node)
        try:
            if isinstance(node, MappingNode):
                return self._mapping(node, path)
            if isinstance(node, SequenceNode):
                return [self.value(each, (*path, index)) for index, each in enumerate(node.value)]
            return self._scalar(node, path)
        finally:
            self._around.pop()

    def _mapping(self, node: MappingNode, path: Place) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key, value in node.value:
            if key.tag == f"{_TAG}merge":
                merged |= self._merged(value, path)
            elif (name := self._key(key, path)) is None:
                continue
            elif name in own:
                first = self._document.lines[*path, name]
                self._problem(key, (*path, name), f"duplicate key; the first is in line {first}")
            else:
                self._document.lines[*path, name] = _line(key)
                own[name] = self.value(value, (*path, name))
        return {**merged, **own}

    def _merged(self, node: Node, path: Place) -> dict[str, Any]:
        """What ``<<`` brings; of several, the first wins."""
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        found: dict[str, Any] = {}
        for each in nodes:
            if isinstance(each, MappingNode) and each not in self._around:
                found = {**self._quietly(each, path), **found}
            else:
                self._problem(node, (*path, "<<"), "must be an alias of a mapping, such as `*defaults`")
        return found

    def _quietly(self, node: MappingNode, path: Place) -> dict[str, Any]:
        """The mapping, without claiming that its keys were written here."""
        elsewhere = _Reader(self._yaml, Document())
        elsewhere._around = [*self._around]
        elsewhere._left = self._left
        found: dict[str, Any] = elsewhere.value(node, path)
        return found

    def _key(self, node: Node, path: Place) -> str | None:
        if isinstance(node, ScalarNode) and node.tag in _TEXT:
            return str(node.value)
        shown = f"`{node.value}`" if isinstance(node, ScalarNode) else "a list or mapping"
        fix = f'; write `"{node.value}":`' if isinstance(node, ScalarNode) and node.value else ""
        self._problem(node, path, f"a key must be text, not {shown}{fix}")
        return None

    def _scalar(self, node: Node, path: Place) -> Any:  # noqa: ANN401 - a bool, number, text or None
        self._document.raw[path] = str(node.value)
        if node.tag in _TEXT:
            return str(node.value)
        if node.tag not in _SCALARS:
            self._problem(node, path, f"the YAML tag `{node.tag}` is not supported here")
            return None
        try:
            plain: Hashable = self._yaml.constructor.construct_object(node)
        except (ValueError, OverflowError):
            return str(node.value)
        return plain

    def _problem(self, node: Node, path: Place, says: str) -> None:
        self._document.problems.append(Problem(_line(node), dotted(path), says))


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _translated(error: YAMLError) -> Problem:
    said = " ".join(str(error).split())
    ours = next((words for theirs, words in _IN_WORDS if theirs in said), None)
    if not isinstance(error, MarkedYAMLError):
        return Problem(1, "", ours or f"cannot be read as YAML: {said}")
    marks = (error.problem_mark, error.context_mark)
    first, second = reversed(marks) if any(unclosed in said for unclosed in _UNCLOSED) else marks
    mark = first or second
    return Problem(mark.line + 1 if mark else 1, "", ours or f"cannot be read as YAML: {error.problem}")
