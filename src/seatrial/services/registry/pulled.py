"""The copies of this registry's images that Docker has: the newest stay, and what a container runs from.

Each release leaves one a service, by the build and by the tasks that pull it. Nothing is lost with a copy: the registry
has the image for as long as its repository's lifecycle policy says, and the next task pulls it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol

from seatrial.core.engine import ENGINE_ERRORS

KEPT: Final = 5
"""Copies of each repository that stay: the newest."""

Json = Mapping[str, Any]


class Engine(Protocol):
    """What is asked of Docker: ``docker.APIClient``."""

    def images(self) -> list[dict[str, Any]]:
        """Every image."""
        ...

    def containers(self, *, all: bool) -> list[dict[str, Any]]:  # noqa: A002 - Docker SDK's word
        """Every container; ``all``: those that do not run, too."""
        ...

    def remove_image(self, image: str) -> object:
        """Take a name from an image, and with its last name the image itself."""
        ...


def remove_surplus(engine: Engine, registry: str) -> list[str]:
    """Remove the copies that are too many; returns the names that are gone.

    Args:
        engine: Docker.
        registry: ``HOST:PORT`` of this embedded AWS.
    """
    used = {each["ImageID"] for each in engine.containers(all=True)}
    gone = []
    for name in surplus(engine.images(), used, registry):
        try:
            engine.remove_image(name)
        except ENGINE_ERRORS:  # it went with another of its names, or a container has been made of it
            continue
        gone.append(name)
    return gone


def surplus(images: Iterable[Json], used: Iterable[str], registry: str) -> list[str]:
    """The names of the copies that are too many, the oldest first. Pure."""
    used = set(used)
    names: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    made = {}
    for image in images:
        made[image["Id"]] = image.get("Created", 0)
        for name in (*(image.get("RepoTags") or ()), *(image.get("RepoDigests") or ())):
            if name.startswith(f"{registry}/"):
                names[_repository(name)][image["Id"]].append(name)
    found = []
    for repository in names.values():
        newest = sorted(repository, key=lambda identity: made[identity], reverse=True)
        for identity in reversed(newest[KEPT:]):
            found += [] if identity in used else repository[identity]
    return found


def _repository(name: str) -> str:
    """Without tag or digest; the port of the registry has a colon, too."""
    before, _, _ = name.partition("@") if "@" in name else name.rpartition(":")
    return before
