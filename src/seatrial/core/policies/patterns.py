"""How names and ARNs match what a policy says, and what stands in for ``${…}``. Pure.

Sources: IAM user guide, "IAM JSON policy elements: Resource" and "IAM policy elements: Variables and tags".
"""

import re
from collections.abc import Mapping
from functools import lru_cache

ARN_PARTS = 6

Context = Mapping[str, tuple[str, ...]]
"""The values of a request's condition keys, by their names in lower case; a key that the request lacks is absent."""

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_WITH_DEFAULT = re.compile(r"\s*([^,\s]+)\s*,\s*'([^']*)'\s*")
_ESCAPED = {"*": "\ue000", "?": "\ue001", "$": "$"}
"""``${*}`` is a star and no wildcard; until it is compared it is a letter that nobody uses."""


# inside: the evaluator, to which nothing matches then
class NoValue(Exception):
    """A variable has no value in this request, so that nothing matches what names it."""


def matches(pattern: str, text: str, *, any_case: bool = False) -> bool:
    """Whether a text is what a pattern with ``*`` (any letters) and ``?`` (one letter) says."""
    if "*" not in pattern and "?" not in pattern and not any_case:
        return _plain(pattern) == text
    return _compiled(pattern, any_case).fullmatch(text) is not None


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN is what a pattern says: each part for itself, so that no wildcard goes over a colon.

    What is no ARN, such as ``*``, stands for whole texts.
    """
    if pattern == "*":
        return True
    wanted, found = pattern.split(":", ARN_PARTS - 1), arn.split(":", ARN_PARTS - 1)
    if len(wanted) < ARN_PARTS or len(found) < ARN_PARTS:
        return matches(pattern, arn)
    return all(matches(part, given) for part, given in zip(wanted, found, strict=True))


def filled(text: str, context: Context) -> str:
    """A text with the values of its variables, as part of a pattern.

    Raises:
        NoValue: a variable has no value here, or several, and no default is given.
    """
    return _VARIABLE.sub(lambda found: _value(found[1], context), text) if "${" in text else text


def _value(name: str, context: Context) -> str:
    if name in _ESCAPED:
        return _ESCAPED[name]
    defaulted = _WITH_DEFAULT.fullmatch(name)
    key, default = (defaulted[1], defaulted[2]) if defaulted else (name.strip(), None)
    values = context.get(key.lower(), ())
    if len(values) == 1:
        # What a request says is never a wildcard.
        return values[0].replace("*", _ESCAPED["*"]).replace("?", _ESCAPED["?"])
    if default is None:
        raise NoValue(name)
    return default


def _plain(pattern: str) -> str:
    return pattern.replace(_ESCAPED["*"], "*").replace(_ESCAPED["?"], "?")


@lru_cache(maxsize=4096)
def _compiled(pattern: str, any_case: bool) -> "re.Pattern[str]":  # noqa: FBT001 - cached
    wild = {"*": ".*", "?": "."}
    text = "".join(wild.get(letter) or re.escape(_plain(letter)) for letter in pattern)
    return re.compile(text, re.DOTALL | (re.IGNORECASE if any_case else 0))
