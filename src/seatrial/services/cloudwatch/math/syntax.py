"""The syntax of metric math: Python's, after AWS's own operators are written as Python's. Nothing is executed."""

import ast
import re
from functools import lru_cache

_OPERATORS = {"&&": " and ", "||": " or ", "AND": " and ", "OR": " or ", "^": "**"}
_TOKEN = re.compile(r'"[^"]*"|\'[^\']*\'|&&|\|\||\^|\*\*|//|[A-Za-z_]\w*|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|[“”]')
_MOST_LETTERS = 2048
# Ids begin with a small letter, and some are words of Python's, such as "is".
_MARK = "id_"


# inside: the calls that take expressions, which answer it as AWS's ValidationError
class MathError(Exception):
    """An expression that CloudWatch does not take, or cannot work out; the message is for whoever wrote it."""


@lru_cache(maxsize=256)
def parsed(expression: str) -> ast.expr:
    """The tree of an expression: numbers, texts, lists, operators, and calls of functions by name.

    Raises:
        MathError: it is none.
    """
    if len(expression) > _MOST_LETTERS:
        raise MathError(f"The expression is longer than {_MOST_LETTERS} letters")
    try:
        return ast.parse(_as_python(" ".join(expression.split())), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise MathError(f"Error in expression: syntax error in '{expression}'") from error


def identifier(node: ast.expr) -> str | None:
    """The id that a node names, or None; functions' names are not ids."""
    return node.id.removeprefix(_MARK) if isinstance(node, ast.Name) and node.id.startswith(_MARK) else None


def names(expression: str) -> set[str]:
    """The ids in an expression.

    Raises:
        MathError: it is none.
    """
    # ast.walk goes by a queue: no expression is too deep for it.
    found = (identifier(node) for node in ast.walk(parsed(expression)) if isinstance(node, ast.Name))
    return {name for name in found if name}


def _as_python(expression: str) -> str:
    return _TOKEN.sub(_word, expression)


def _word(match: re.Match[str]) -> str:
    word = match[0]
    if word in {"**", "//"}:
        raise MathError(f"Error in expression: unknown operator {word}")
    if word in "“”":
        return '"'
    if word in _OPERATORS:
        return _OPERATORS[word]
    return f"{_MARK}{word}" if word[0].islower() else word
