"""Builds an image from Debian's packages, with mmdebstrap; Debian's own signatures are checked by it."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

from seatrial.ground.process import Command
from seatrial.process.images.catalogue import Recipe

INSTALL: Final = "sudo apt-get install mmdebstrap debian-archive-keyring"
"""What has the machine able to build."""

BUILT_LABEL: Final = "seatrial.built-image"
"""On every image that is built here; its value is the image's name."""

_KEYRING: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_MIRROR: Final = "http://deb.debian.org/debian"
_STAGE: Final = re.compile(r"I: ((?:running apt|downloading|extracting|installing|creating).+)\.\.\.")
"""A line of mmdebstrap that says what takes long now."""

_LEAST: Final = (
    "--variant=minbase",
    '--aptopt=Acquire::Languages "none"',
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
)


class Programs(Protocol):
    """What starts programs."""

    def lines(self, command: Command, /) -> Iterator[str]:
        """See ``SystemProcesses.lines``."""
        ...


class Imports(Protocol):
    """Docker's ``import``."""

    def import_image_from_file(self, filename: str, repository: str, tag: str, changes: list[str]) -> object:
        """Make an image of a tar archive."""
        ...


@dataclass(frozen=True)
class Debian:
    """Builds images.

    Args:
        programs: starts mmdebstrap.
        say: hears each stage.
        may_install: whether it may install what it needs, by apt, as root.
        has_tools: whether mmdebstrap and the keys of Debian's archive are here.
        environment: the environment of this process; ``DEBIAN_MIRROR`` is where packages come from.
    """

    programs: Programs
    say: Callable[[str], None]
    may_install: bool = False
    has_tools: Callable[[], bool] = lambda: shutil.which("mmdebstrap") is not None and _KEYRING.exists()
    environment: Mapping[str, str] = field(default_factory=lambda: environ)

    def can_build(self) -> bool:
        """Whether what is needed is here, or may be installed."""
        return self.may_install or self.has_tools()

    def _install(self) -> None:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        self.say("-> Installing mmdebstrap.")
        words = ("install", "--yes", "--no-install-recommends", "mmdebstrap", "debian-archive-keyring")
        for each in (("update",), words):
            for _ in self.programs.lines(Command.of("apt-get", "-qq", *each, env=quiet)):
                pass

    def build(self, name: str, recipe: Recipe, imports: Imports) -> None:
        """Build an image, and have Docker know it by this name.

        Raises:
            SeatrialError: apt or mmdebstrap failed; its last words are quoted.
        """
        if not self.has_tools():
            self._install()
        repository, _, tag = name.rpartition(":")
        with TemporaryDirectory(prefix="seatrial-image-") as folder:
            archive = Path(folder, "root.tar")
            for line in self.programs.lines(Command(words(recipe, archive, self._mirror))):
                if stage := _STAGE.fullmatch(line):
                    self.say(f"   {stage[1]}")
            changes = [*recipe.changes, f"LABEL {BUILT_LABEL}={name}"]
            imports.import_image_from_file(str(archive), repository, tag, changes)

    @property
    def _mirror(self) -> str:
        return self.environment.get("DEBIAN_MIRROR") or _MIRROR


def words(recipe: Recipe, archive: Path, mirror: str) -> tuple[str, ...]:
    """The command line that packs a recipe into an archive. Pure."""
    include = f"--include={','.join(recipe.packages)}"
    return ("mmdebstrap", *_LEAST, include, *recipe.hooks, recipe.suite, str(archive), mirror)
