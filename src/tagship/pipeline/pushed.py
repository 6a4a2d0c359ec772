"""What a push to the remote asks for. Pure.

Git gives a pre-receive hook one line per reference on its standard input: old id, new id, name
(githooks(5), "pre-receive").
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from semver import Version

STILL_DRAINING: Final = 10

GOOD: Final = frozenset({0, STILL_DRAINING})
"""The exit codes of ``tagship deploy`` after which the version serves."""

FIRST_VERDICT: Final = 10
"""Exit codes from here on are verdicts: the deploy itself has said what comes next."""

INTERRUPTED: Final = 130

MANIFEST: Final = 3

REFUSED: Final = 5

NOT_AGAIN: Final = frozenset({MANIFEST, REFUSED})
"""Exit codes of what lies in the tag itself or in who else releases: the same push alone changes nothing."""

_TAG: Final = "refs/tags/"
_BRANCH: Final = "refs/heads/"
_MEANT: Final = re.compile(r"v\d")
"""How a tag begins that is meant to be a version."""

_IMAGE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
"""What a registry takes as a tag (OCI distribution specification 1.1, "Pulling manifests")."""

_SHOWN: Final = 5
"""Tags that a sentence names."""

MEANINGS: Final[Mapping[int, str]] = {
    0: "released",
    1: "an unexpected error",
    2: "wrong command line",
    MANIFEST: "`tagship.yaml` is missing or invalid",
    4: "a prerequisite is missing",
    REFUSED: "refused",
    6: "a program failed",
    7: "an error from AWS",
    STILL_DRAINING: "released, still draining",
    11: "rolled back by ECS",
    12: "superseded",
    13: "cancelled",
    14: "failed before the update",
    15: "timed out, still in progress",
    16: "reverted by tagship",
    17: "down",
    18: "degraded",
    INTERRUPTED: "interrupted",
}
"""What the exit codes of ``tagship deploy`` mean; a test holds them to the errors and verdicts they come from."""


@dataclass(frozen=True)
class Push:
    """What was pushed.

    Args:
        tags: the id of each tag that was made or moved, whatever its name.
        ships: the tag that is deployed; None where there is none.
        refused: whether the push is to be refused without a deploy: a tag was meant as a version and is none.
        words: what the pusher is told of everything else, a sentence each.
    """

    tags: Mapping[str, str]
    ships: str | None
    refused: bool
    words: tuple[str, ...]


def read(lines: Iterable[str]) -> Push:
    """What a push asks for: of several versions the newest ships, and everything else is answered in words."""
    updates = [line.split(maxsplit=2) for line in lines]
    made = {name.rstrip("\n"): new for _, new, name in updates if new.strip("0")}
    tags = {name.removeprefix(_TAG): new for name, new in made.items() if name.startswith(_TAG)}
    versions = sorted((tag for tag in tags if is_version(tag)), key=lambda tag: Version.parse(tag[1:]))
    others = [tag for tag in tags if not is_version(tag)]
    words = (
        *_of_branches([name.removeprefix(_BRANCH) for name in made if name.startswith(_BRANCH)], tags),
        *(_of_other(tag) for tag in others[:_SHOWN]),
        *_of_older(versions[:-1][::-1]),
    )
    meant = any(_MEANT.match(tag) for tag in others)
    return Push(tags, versions[-1] if versions else None, refused=meant and not versions, words=words)


def is_version(tag: str) -> bool:
    """Whether a tag is spelled ``v1.2.3`` or ``v1.2.3-rc.1``; build metadata cannot name an image."""
    return tag.startswith("v") and "+" not in tag and Version.is_valid(tag[1:])


def ending(tag: str, exit_code: int) -> str:
    """What the pusher is told when a deploy has ended."""
    if exit_code == 0:
        return f"`{tag}`: released."
    meaning = MEANINGS.get(exit_code, "ended by a signal" if exit_code < 0 else "unknown")
    ended = f"`{tag}`: `tagship deploy` ended with exit code {exit_code}: {meaning}."
    if exit_code in GOOD:
        return ended
    refused = f"{ended} NOT RELEASED, so the push is refused"
    if exit_code in NOT_AGAIN or (exit_code >= FIRST_VERDICT and exit_code != INTERRUPTED):
        return f"{refused}; the next step is printed above."
    return f"{refused}; to try again: git push local {shlex.quote(tag)}"


def _of_branches(branches: list[str], tags: Mapping[str, str]) -> Iterator[str]:
    if branches and not tags:
        ships = "git tag v1.2.3 && git push local v1.2.3"
        yield f"{_listed(branches)}: pushing a branch ships nothing; push a version tag: {ships}"


def _of_other(tag: str) -> str:
    said = f"`{tag}` is not a semantic version, so it was not shipped: versions look like `v1.2.3` or `v1.2.3-rc.1`."
    return f"{said} To ship it anyway: {deploy(tag)} --allow-any-tag" if _IMAGE.fullmatch(tag) else said


def _of_older(versions: list[str]) -> Iterator[str]:
    if versions:
        yield (
            f"{_listed(versions)}: accepted but not shipped, because only the newest version of a push ships. To "
            f"ship one of them anyway: {deploy(versions[0])} --allow-older"
        )


def deploy(tag: str) -> str:
    """The command that ships a tag from the checkout, ready to paste."""
    return f"tagship deploy {shlex.quote(tag)}"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(f"`{name}`" for name in names[:_SHOWN]) + more
