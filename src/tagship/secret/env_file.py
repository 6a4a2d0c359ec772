"""Values from a file of ``NAME=value`` lines, as ``docker run --env-file`` and dotenv know it. Pure.

Nothing of a value is in an error: a line is named by its number.
"""

import re
from collections.abc import Mapping
from typing import Final

from tagship.base.errors import Refused

_LINE: Final = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(?P<value>.*?)\s*", re.DOTALL)
_QUOTES: Final = "'\""


def parse(text: str) -> Mapping[str, str]:
    """Names and values; empty lines and those that begin with ``#`` are passed over.

    A value in quotes is what stands between them, as it is.

    Raises:
        Refused: a line is something else, a quote is not closed, a value is empty, or there is none at all.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if not match:
            raise Refused(f"Line {number} is not `NAME=value`.", hint="Correct the file, then try again")
        found[match["name"]] = _unquoted(match["value"], number)
    if not found:
        raise Refused("The file has no line `NAME=value`.", hint="Correct the file, then try again")
    return found


def _unquoted(value: str, number: int) -> str:
    quote = value[:1] if value[:1] and value[:1] in _QUOTES else ""
    if quote and (len(value) == 1 or not value.endswith(quote)):
        raise Refused(f"The quote in line {number} is not closed.", hint="Correct the file, then try again")
    inner = value[1:-1] if quote else value
    if not inner:
        raise Refused(f"The value in line {number} is empty.", hint="Correct the file, then try again")
    return inner
