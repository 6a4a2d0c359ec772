"""The image that the embedded AWS runs a database from: had before anything is made, or told why not.

Without it a cluster's instances end as ``failed`` after minutes, and RDS says no cause.
"""

from collections.abc import Callable
from typing import Final, Protocol

from seatrial.core.engine import ENGINE_ERRORS
from seatrial.ground.errors import NotReady

PATIENCE: Final = 20
"""Seconds without a word after which a registry does not answer."""

_OFFERED: Final = {15: "15.15", 16: "16.11", 17: "17.7"}
"""By major version, one that Aurora offers (RDS API, ``DescribeDBEngineVersions``)."""


class ImageMissing(NotReady):
    """The image is not on this machine, and cannot be fetched.

    Args:
        message: what happened.
        image: its name.
        instead: another version that can be run from what is here; None where there is none.
    """

    def __init__(self, message: str, *, image: str, instead: str | None) -> None:
        other = f" Or use version {instead}, whose image is on this machine." if instead else ""
        super().__init__(message, hint=f"docker pull {image}, with access to a registry, then try again.{other}")
        self.image = image
        self.instead = instead


class Images(Protocol):
    """Docker's images, as far as this needs them."""

    def get(self, name: str, /) -> object:
        """An image that is on this machine; raises one of ``ENGINE_ERRORS``."""
        ...

    def pull(self, repository: str, tag: str, /) -> object:
        """Fetch one; raises one of ``ENGINE_ERRORS``."""
        ...


def image_of(version: str) -> str:
    """Which image MiniStack runs a version of Aurora PostgreSQL from."""
    return f"postgres:{version.partition('.')[0]}-alpine"


def is_here(images: Images, name: str) -> bool:
    """Whether an image is on this machine."""
    try:
        images.get(name)
    except ENGINE_ERRORS:
        return False
    return True


def have(images: Images, version: str, say: Callable[[str], None]) -> None:
    """Have the image of a version: here, or fetched.

    Args:
        images: Docker's.
        version: of Aurora PostgreSQL, such as ``16.11``.
        say: hears that something is fetched.

    Raises:
        ImageMissing: no registry gives it; names another version whose image is here.
    """
    name = image_of(version)
    if is_here(images, name):
        return
    say(f"-> Pulling the image `{name}`, for the database.")
    try:
        images.pull(*name.split(":"))
    except ENGINE_ERRORS as error:
        offered = [each for each in _OFFERED.values() if is_here(images, image_of(each))]
        raise ImageMissing(
            f"The embedded AWS runs a database of version {version} from the image `{name}`. It is not on this "
            f"machine, and cannot be pulled: {error}.",
            image=name,
            instead=offered[-1] if offered else None,
        ) from error
