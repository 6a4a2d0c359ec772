"""EC2's filters. Pure."""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any


def matches(filters: Sequence[dict[str, Any]], facts: Callable[[str], list[str]]) -> bool:
    """Whether a resource passes all filters: of each filter one value, with ``*`` and ``?``, is one of its facts.

    Args:
        filters: the filters as in a request: ``[{"Name": "public-ip", "Value": ["192.0.2.1"]}]``.
        facts: the resource's values under a filter's name.
    """
    return all(
        any(fnmatchcase(fact, pattern) for fact in facts(each["Name"]) for pattern in each.get("Value", ()))
        for each in filters
    )
