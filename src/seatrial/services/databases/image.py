"""The image that the embedded AWS runs a database from: had before anything is made, or told why not.

Without it a cluster's instances end as ``failed`` after minutes, and RDS says no cause.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from seatrial.core.engine import ENGINE_ERRORS
from seatrial.ground.errors import NotReady

PATIENCE: Final = 20
"""Seconds without a word after which a registry does not answer."""

_OFFERED: Final = {15: "15.15", 16: "16.11", 17: "17.7"}
"""By major version, one that Aurora offers (RDS API, ``DescribeDBEngineVersions``)."""


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
        NotReady: no registry gives it; names another version whose image is here.
    """
    name = image_of(version)
    if is_here(images, name):
        return
    say(f"-> Fetching the image `{name}`, from which the embedded AWS runs the database.")
    try:
        images.pull(*name.split(":"))
    except ENGINE_ERRORS as error:
        raise NotReady(
            f"The embedded AWS runs a database of version {version} from the image `{name}`. "
            f"It is not on this machine, and no registry gives it: {error}.",
            hint=_instead(name, [offered for offered in _OFFERED.values() if is_here(images, image_of(offered))]),
        ) from error


def _instead(name: str, versions: Sequence[str]) -> str:
    hint = f"docker pull {name}, where a registry answers, then tagship infra apply"
    if not versions:
        return f"{hint}."
    return (
        f"{hint}. Or have another version on this machine: "
        f'`environments: {{local: {{database: {{version: "{versions[-1]}"}}}}}}` in tagship.yaml.'
    )
