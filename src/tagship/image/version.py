"""Which tags are versions, and which of two is newer. Pure.

A version tag is ``v`` and a semantic version: ``v1.4.0``, ``v2.0.0-rc.1``. Build metadata (``+abc``) is not
allowed, because a container image's tag cannot hold a ``+``.
"""

import difflib
import re
from collections.abc import Iterable
from shlex import quote

from semver import Version

from tagship.base.errors import Refused

IMAGE_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
"""What a registry accepts as a tag (OCI distribution specification 1.1, "Pulling manifests")."""

_LATEST = 5
"""Tags that an error lists."""


def parse(tag: str) -> Version | None:
    """The version that a tag names, or None where it names none."""
    if not tag.startswith("v") or "+" in tag or not Version.is_valid(tag[1:]):
        return None
    return Version.parse(tag[1:])


def in_order(tags: Iterable[str]) -> list[str]:
    """The version tags among these, oldest first."""
    versions = [(version, tag) for tag in tags if (version := parse(tag)) is not None]
    return [tag for _, tag in sorted(versions)]


def next_patch(tags: Iterable[str]) -> str:
    """The tag that would follow these: the next patch of the newest, or ``v0.1.0`` where there is none."""
    known = in_order(tags)
    newest = parse(known[-1]) if known else None
    return f"v{newest.bump_patch()}" if newest else "v0.1.0"


def require_version(tag: str, tags: Iterable[str]) -> None:
    """Refuse a tag that is no version; ``tags`` are all that there are.

    Raises:
        Refused: it is not spelled ``vMAJOR.MINOR.PATCH[-pre]``.
    """
    if parse(tag) is None:
        insist = (
            f", or ship it anyway: `tagship deploy {quote(tag)} --allow-any-tag`" if IMAGE_TAG.fullmatch(tag) else ""
        )
        raise Refused(
            f"The tag `{tag}` is not a semantic version: versions look like `v1.2.3` or `v1.2.3-rc.1`.",
            hint=f"Tag the commit with a version, such as `git tag {next_patch(tags)} {quote(tag)}`{insist}.",
        )


def require_image_tag(tag: str, tags: Iterable[str]) -> None:
    """Refuse a tag that no registry accepts; ``tags`` are all that there are.

    Raises:
        Refused: it has another character than letters, digits, ``_``, ``.``, ``-``, or is longer than 128.
    """
    if not IMAGE_TAG.fullmatch(tag):
        raise Refused(
            f"The tag `{tag}` cannot name an image: only letters, digits, `_`, `.` and `-`, at most 128, are allowed.",
            hint=f"Tag the commit with a version: `git tag {next_patch(tags)} {quote(tag)}`.",
        )


def no_commit(tag: str) -> Refused:
    """The error for a tag of a tree or a file, which has no history and no date."""
    return Refused(
        f"The tag `{tag}` does not point at a commit.",
        hint=f"`git tag --force {quote(tag)} HEAD` moves it to the current commit.",
    )


def unknown_tag(tag: str, tags: Iterable[str]) -> Refused:
    """The error for a tag that does not exist: the nearest spelling, the latest tags, what to type."""
    known = in_order(tags)
    sentences = [f"There is no tag `{tag}`."]
    if near := difflib.get_close_matches(tag, known, n=1):
        sentences.append(f"Did you mean `{near[0]}`?")
    if known:
        sentences.append(f"The latest are {_listed(known[: -_LATEST - 1 : -1])}.")
    else:
        sentences.append("There is no version tag yet.")
    wanted = tag if parse(tag) is not None else next_patch(known)  # so it needs no quotes
    return Refused(" ".join(sentences), hint=f"`git tag {wanted}` tags the current commit.")


def untagged(commit: str, tags: Iterable[str]) -> Refused:
    """The error for a HEAD that no version tag points at."""
    known = in_order(tags)
    sentences = [f"No version tag points at the current commit `{commit[:7]}`."]
    if known:
        sentences.append(f"The latest are {_listed(known[: -_LATEST - 1 : -1])}.")
    command = f"git tag {next_patch(known)}"
    instead = f", or deploy an existing one: `tagship deploy {known[-1]}`" if known else ""
    return Refused(" ".join(sentences), hint=f"`{command}` tags it{instead}.")


def _listed(tags: list[str]) -> str:
    return ", ".join(f"`{tag}`" for tag in tags)
