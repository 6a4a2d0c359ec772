r"""Regular expressions as AWS writes them, for Java, understood by Python. Pure.

Java's ``\w``, ``\d`` and ``\s`` are of ASCII, its ``\p{L}`` of Unicode (Java, ``java.util.regex.Pattern``);
Python's ``re`` has no ``\p``. Where a class of Unicode has no counterpart, a larger one stands in: what is refused
here, AWS refuses too.
"""

import re
import warnings
from functools import cache
from typing import Final

_BEYOND: Final = "\u00a1-\ud7ff\ue000-\uffff\U00010000-\U0010ffff"
_CLASSES: Final = {
    r"\w": "A-Za-z0-9_",
    r"\d": "0-9",
    r"\s": r" \t\n\x0b\f\r",
    r"\p{L}": r"\w",
    r"\p{N}": "0-9\u00b2\u00b3\u00b9\u00bc-\u00be\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u2070-\u2189\u2460-\u249b",
    r"\p{Z}": " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
    r"\p{M}": "\u0300-\u036f" + _BEYOND,
    r"\p{S}": r"$+<=>\^`|~" + _BEYOND,
    r"\p{P}": r"!-#%-*,-/:;?@\[-\]_{}" + _BEYOND,
    r"\p{Print}": r"\x20-\x7e",
    r"\p{Graph}": "!-~",
    r"\p{Alnum}": "A-Za-z0-9",
    r"\p{Alpha}": "A-Za-z",
    r"\p{ASCII}": r"\x00-\x7f",
}
_PAIRS: Final = re.compile(r"\\uD800\\uDC00-\\uDBFF\\uDFFF", re.IGNORECASE)
"""All characters beyond 16 bits, as Java spells their range."""

_PIECE: Final = re.compile(r"\\p\{\w+\}|\\.|.", re.DOTALL)


@cache
def understood(pattern: str) -> "re.Pattern[str] | None":
    """AWS's pattern, compiled; None where Python cannot say it, so that nothing is refused by it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # nested classes, which Java joins and Python does not
            return re.compile(translated(pattern))
    except (re.error, FutureWarning):
        return None


def translated(pattern: str) -> str:
    """AWS's pattern in Python's spelling."""
    written, inside = [], False
    pieces = _PIECE.findall(_PAIRS.sub(lambda _: "\U00010000-\U0010ffff", pattern))
    for position, piece in enumerate(pieces):
        if piece in _CLASSES:
            members = _CLASSES[piece]
            written.append(members if inside else f"[{members}]")
        elif piece == "-" and inside and pieces[position - 1] in _CLASSES:
            written.append(r"\-")
        else:
            inside = (inside or piece == "[") and piece != "]"
            written.append(piece)
    return "".join(written)
