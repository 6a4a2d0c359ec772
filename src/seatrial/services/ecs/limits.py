"""Characters and lengths that AWS documents in words only, so that its SDK does not check them. Pure.

Sources, each in the API reference: ``RunTask``, ``StartTask``, ``TaskOverride``, ``Tag``, ``CreateService``,
``CreateCluster``.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from seatrial.services.ecs.errors import invalid

_OVERRIDES: Final = 8192
_TAG_WORDS: Final = re.compile(r"[\w +\-=.:/@]*")
_TAG_KEY, _TAG_VALUE, _TAGS = 128, 256, 50


@dataclass(frozen=True)
class Limit:
    """What a text may be.

    Args:
        operations: the operations that it is a parameter of.
        name: the parameter.
        characters: the characters that it is made of, as a class of a regular expression.
        longest: how many of them.
    """

    operations: frozenset[str]
    name: str
    characters: str
    longest: int

    def problem(self, text: str) -> str:
        """AWS's words where it is broken; empty where not."""
        if len(text) > self.longest:
            return f"{self.name} longer than {self.longest}."
        return "" if re.fullmatch(f"{self.characters}*", text) else f"{self.name} contains invalid characters."


_NAME, _VISIBLE = r"[A-Za-z0-9_-]", "[!-~]"

LIMITS: Final = (
    Limit(frozenset({"RunTask"}), "startedBy", "[A-Za-z0-9_/-]", 128),
    Limit(frozenset({"StartTask"}), "startedBy", "[A-Za-z0-9_/-]", 36),
    Limit(frozenset({"RunTask"}), "clientToken", _VISIBLE, 64),
    Limit(frozenset({"CreateService"}), "clientToken", _VISIBLE, 36),
    Limit(frozenset({"CreateService"}), "serviceName", _NAME, 255),
    Limit(frozenset({"CreateCluster"}), "clusterName", _NAME, 255),
)


def check(operation: str, params: Mapping[str, Any]) -> None:
    """Hold a request against all of them.

    Raises:
        AwsCallError: ``InvalidParameterException`` with the first that is broken.
    """
    for limit in LIMITS:
        if operation in limit.operations and (problem := limit.problem(str(params.get(limit.name, "")))):
            raise invalid(problem)
    for special in _SPECIAL:
        for problem in special(params):
            raise invalid(problem)


def _tags(params: Mapping[str, Any]) -> Iterator[str]:
    tags = params.get("tags", ())
    if len(tags) > _TAGS:
        yield f"The number of tags cannot be more than {_TAGS}."
    for tag in tags:
        key, value = tag.get("key", ""), tag.get("value", "")
        if not 1 <= len(key) <= _TAG_KEY or len(value) > _TAG_VALUE:
            yield f"Tag keys have 1 to {_TAG_KEY} characters, values at most {_TAG_VALUE}."
        if not (_TAG_WORDS.fullmatch(key) and _TAG_WORDS.fullmatch(value)):
            valid = "UTF-8 letters, spaces, numbers and _ . / = + - : @."
            yield f"Some tags contain invalid characters. Valid characters: {valid}"
        if key.lower().startswith("aws:"):
            yield "Tag keys cannot begin with aws:."


def _overrides(params: Mapping[str, Any]) -> Iterator[str]:
    length = len(json.dumps(params.get("overrides", {}), separators=(",", ":"), ensure_ascii=False))
    if length > _OVERRIDES:
        yield f"Container Overrides length must be at most {_OVERRIDES}"


_SPECIAL: Final[tuple[Callable[[Mapping[str, Any]], Iterator[str]], ...]] = (_tags, _overrides)
