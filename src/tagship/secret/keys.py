"""The names of a JSON secret's keys as a tag of it: a release sees what is there without reading a value. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

TAG: Final = "tagship:keys"
"""Only ``tagship secret set`` and ``copy`` write it; whoever changes the value by other means leaves it behind."""

_LONGEST: Final = 256
"""Secrets Manager API reference, ``Tag``: Value."""

_KEY: Final = re.compile(r"[A-Za-z0-9_.@/+=-]+")
"""What AWS takes in a tag's value, without the space between two keys; ``:`` is no part of a key in ``valueFrom``."""


def object_of(text: str) -> dict[str, object] | None:
    """The value as a JSON object; None where it is none."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def tag_of(text: str) -> str | None:
    """The tag for a value: its keys with a space between; None where it is no JSON object, or they do not fit."""
    found = object_of(text)
    return None if found is None else tag_of_keys(found)


def tag_of_keys(keys: Iterable[str]) -> str | None:
    """As ``tag_of``."""
    names = sorted(keys)
    tag = " ".join(names)
    return tag if names and len(tag) <= _LONGEST and all(map(_KEY.fullmatch, names)) else None


def keys_of(tags: Mapping[str, str]) -> frozenset[str] | None:
    """The keys that the tag names; None where nothing is known of them."""
    return frozenset(tags[TAG].split()) if TAG in tags else None
