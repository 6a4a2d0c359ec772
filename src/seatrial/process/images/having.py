"""Have an image: it is here, or a registry gives it, or it is built; or told why none of these, before anything waits.

Without it a cluster's instances end as ``failed`` after minutes, and RDS says no cause.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from os import environ
from typing import Final, Protocol

from seatrial.core.engine import ENGINE_ERRORS
from seatrial.process.images.catalogue import RECIPES, Recipe
from seatrial.process.images.debian import INSTALL, Imports
from seatrial.process.images.missing import cannot_be_built, lacks_tools

PATIENCE: Final = 10
"""Seconds without a word after which a registry does not answer."""

NO_PULL: Final = "SEATRIAL_NO_PULL"
"""The variable that has images built rather than fetched."""


class Images(Protocol):
    """Docker's images, as far as this needs them."""

    def get(self, name: str, /) -> object:
        """An image that is on this machine; raises one of ``ENGINE_ERRORS``."""
        ...

    def pull(self, repository: str, tag: str, /) -> object:
        """Fetch one; raises one of ``ENGINE_ERRORS``."""
        ...


class Builder(Protocol):
    """What builds images: ``debian.Debian``."""

    def can_build(self) -> bool:
        """Whether what it needs is here."""
        ...

    def build(self, name: str, recipe: Recipe, imports: Imports) -> None:
        """Build one."""
        ...


@dataclass(frozen=True)
class Having:
    """Has images.

    Args:
        images: Docker's.
        imports: Docker's, too.
        builder: builds those that no registry gives.
        say: hears what takes more than a moment.
        environment: the environment of this process.
    """

    images: Images
    imports: Imports
    builder: Builder
    say: Callable[[str], None]
    environment: Mapping[str, str] = field(default_factory=lambda: environ)

    def have(self, name: str) -> bool:
        """Have an image; returns whether anything had to be done.

        Raises:
            ImageMissing: no registry gives it, and it cannot be built.
            SeatrialError: building it failed.
        """
        if is_here(self.images, name):
            return False
        why = self._fetched(name)
        if not why:
            return True
        if (recipe := RECIPES.get(name)) is None:
            raise cannot_be_built(name, why)
        if not self.builder.can_build():
            raise lacks_tools(name, why, install=INSTALL)
        self.say(f"-> No registry gives `{name}`: building it from Debian's packages, about half a minute.")
        self.builder.build(name, recipe, self.imports)
        return True

    def _fetched(self, name: str) -> str:
        """Fetch it; why that did not work, or nothing where it did."""
        if self.environment.get(NO_PULL):
            return f"{NO_PULL} is set"
        self.say(f"-> Fetching the image `{name}`.")
        repository, _, tag = name.rpartition(":")
        try:
            self.images.pull(repository, tag)
        except ENGINE_ERRORS as error:
            return str(error).rstrip(".")
        return ""


def is_here(images: Images, name: str) -> bool:
    """Whether an image is on this machine."""
    try:
        images.get(name)
    except ENGINE_ERRORS:
        return False
    return True


def missing(images: Images, names: Iterable[str]) -> tuple[str, ...]:
    """Of these images, those that are not on this machine."""
    return tuple(name for name in names if not is_here(images, name))
