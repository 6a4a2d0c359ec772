"""A filter pattern, whichever of its three kinds it is. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from seatrial.services.logs import documents, fields, terms
from seatrial.services.logs.values import InvalidPattern

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_LONGEST = 1024
_MOST_REGEXES = 2


class Pattern(Protocol):
    """What an event is held against."""

    def match(self, message: str) -> Mapping[str, str] | None:
        """What the pattern extracts from an event that matches (``extractedValues``); None where it does not."""
        ...

    def value(self, message: str, selector: str) -> str | None:
        """What ``$.name`` or ``$name`` stands for in an event that matches; None where it has none."""
        ...


@lru_cache(maxsize=512)
def parse(text: str) -> Pattern:
    """Read a filter pattern; an empty one matches everything.

    Raises:
        InvalidPattern: CloudWatch Logs would refuse it.
    """
    if len(text) > _LONGEST:
        raise InvalidPattern(f"A filter pattern has at most {_LONGEST} characters")
    stripped = text.strip()
    if stripped.startswith("{"):
        kind: Pattern = documents.parse(stripped)
    elif stripped.startswith("["):
        kind = fields.parse(stripped)
    else:
        return terms.parse(stripped)
    # "There is a limit of 2 regex for each filter pattern when creating a delimited or JSON filter pattern."
    if _QUOTED.sub("", stripped).count("%") > 2 * _MOST_REGEXES:
        raise InvalidPattern(f"A filter pattern has at most {_MOST_REGEXES} regular expressions")
    return kind
