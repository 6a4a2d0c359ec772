"""What a push to the remote asks for. Pure.

Git gives a post-receive hook one line per reference on its standard input: old id, new id, name
(githooks(5), "pre-receive" and "post-receive").
"""

from collections.abc import Iterable

from semver import Version

STILL_DRAINING = 10
"""The one exit code beside 0 that is a success."""

_OUTAGES = (17, 18)
"""Users are not served, or with too little: trying the same tag again is not what helps."""

_TAG = "refs/tags/"
_VERSION = f"{_TAG}v"

MEANINGS = {
    0: "released",
    1: "an error that has no name of its own",
    2: "wrong command line",
    3: "`tagship.yaml` is missing or invalid",
    4: "something that tagship needs is not there",
    5: "refused",
    6: "a program failed",
    7: "an error from AWS",
    10: "released, still draining",
    11: "rolled back by ECS",
    12: "superseded",
    13: "stopped by a person",
    14: "failed before the update",
    15: "timed out, still going",
    16: "put back",
    17: "down",
    18: "degraded",
    130: "interrupted",
}
"""What the exit codes of ``tagship deploy`` mean; a test holds them to the errors and verdicts they come from."""


def tags_to_deploy(lines: Iterable[str]) -> list[str]:
    """The tags ``v*`` that were created or moved, oldest version first; what is no version comes before."""
    references = (line.split() for line in lines)
    pushed = [name for _, new, name in references if name.startswith(_VERSION) and new.strip("0")]
    return sorted((name.removeprefix(_TAG) for name in pushed), key=_by_version)


def ending(tag: str, exit_code: int) -> str:
    """What the pusher is told when a deploy has ended."""
    if exit_code == 0:
        return f"`{tag}`: released."
    meaning = MEANINGS.get(exit_code, "ended by a signal" if exit_code < 0 else "unknown")
    ended = f"`{tag}`: `tagship deploy` ended with exit code {exit_code}: {meaning}."
    if exit_code in _OUTAGES:
        return f"{ended} To bring the last version that was live back: tagship recover"
    return ended if exit_code == STILL_DRAINING else f"{ended} The tag was taken; to try again: tagship deploy {tag}"


def _by_version(tag: str) -> tuple[bool, Version, str]:
    known = Version.is_valid(tag[1:])
    return known, Version.parse(tag[1:]) if known else Version(0), tag
