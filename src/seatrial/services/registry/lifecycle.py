"""Which images a repository's lifecycle policy expires. Pure.

Source: ECR user guide, "Automate the cleanup of images by using lifecycle policies" and "Lifecycle policy properties".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class StoredImage:
    """An image of a repository: its digest, its tags, when it was pushed (UTC)."""

    digest: str
    tags: frozenset[str]
    pushed: datetime


def expired(policy: Mapping[str, Any], images: Sequence[StoredImage], now: datetime) -> set[str]:
    """The digests of the images that go.

    Each rule sees every image as if no other rule had expired any; but an image that a rule of a lower number selects
    is that rule's alone, whether it expires it or not.
    """
    gone, taken = set[str](), set[str]()
    for rule in sorted(policy.get("rules", ()), key=lambda rule: int(rule["rulePriority"])):
        selection = rule["selection"]
        selected = [image for image in images if _selects(selection, image)]
        gone |= {image.digest for image in _beyond(selection, selected, now)} - taken
        taken |= {image.digest for image in selected}
    return gone


def _selects(selection: Mapping[str, Any], image: StoredImage) -> bool:
    """Of several patterns or prefixes, an image must have a tag for each of them."""
    status = selection["tagStatus"]
    if status == "any":
        return True
    if status == "untagged":
        return not image.tags
    wanted = [_pattern(each) for each in selection.get("tagPatternList", ())]
    wanted += [f"{re.escape(each)}.*" for each in selection.get("tagPrefixList", ())]
    return bool(image.tags) and all(any(re.fullmatch(each, tag) for tag in image.tags) for each in wanted)


def _pattern(text: str) -> str:
    return ".*".join(re.escape(part) for part in text.split("*"))


def _beyond(selection: Mapping[str, Any], images: Sequence[StoredImage], now: datetime) -> Sequence[StoredImage]:
    number = int(selection["countNumber"])
    if selection["countType"] == "imageCountMoreThan":
        return sorted(images, key=lambda image: image.pushed, reverse=True)[number:]
    return [image for image in images if now - image.pushed > timedelta(days=number)]
