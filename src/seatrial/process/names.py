"""The names that have HTTPS, as programs of this machine ask by them: which, and with which options of a browser."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from seatrial.core.settings import InstanceSettings
from seatrial.ground.errors import NotReady, ProgramMissing
from seatrial.ground.process import Command
from seatrial.http.certificates import fingerprint

BROWSERS: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "brave-browser",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
"""Programs that take Chromium's options."""

_CLOUDFRONT: Final = ".cloudfront.net"


@dataclass(frozen=True)
class Named:
    """What is known of the names.

    Args:
        names: all of them; one may begin with ``*.``.
        port: the port on loopback, which stands for 443 of each; 0 where there is no name.
        authority: the file with the certificate of whom to trust, in PEM.
    """

    names: tuple[str, ...]
    port: int
    authority: Path

    @classmethod
    def of(cls, page: Mapping[str, Any]) -> "Named":
        """From what the embedded AWS says at ``NAMES_PATH``."""
        return cls(tuple(page["names"]), int(page["port"]), Path(page["authority"]))

    def front_door(self) -> str:
        """The URL of a distribution, by an alias where it has one.

        Raises:
            NotReady: there is none.
        """
        pages = [name for name in self.names if "*" not in name and not name.endswith((".amazonaws.com", _COGNITO))]
        chosen = sorted(pages, key=lambda name: name.endswith(_CLOUDFRONT))
        if not chosen:
            raise NotReady("There is no distribution yet, so that no page has a name.")
        return f"https://{chosen[0]}/"


_COGNITO: Final = ".amazoncognito.com"


def browser_options(named: Named, profile: Path, certificate: bytes) -> list[str]:
    """Chromium's options with which the names lead to the embedded AWS, in a profile of its own.

    The rules are for port 443 of these names alone, and the authority is trusted by this one run of the browser: no
    other profile and no store of the system knows of it.

    Args:
        named: the names.
        profile: the profile's directory.
        certificate: the authority's, in PEM.
    """
    rules = ",".join(f"MAP {name}:443 127.0.0.1:{named.port}" for name in named.names)
    return [
        f"--user-data-dir={profile}",
        f"--host-resolver-rules={rules}",
        f"--ignore-certificate-errors-spki-list={fingerprint(certificate)}",
        "--no-first-run",
        "--no-default-browser-check",
    ]


def browser(
    settings: InstanceSettings, named: Named, url: str | None, found: Callable[[str], str | None] = shutil.which
) -> Command:
    """How a browser is started in which the names lead to the embedded AWS.

    Args:
        settings: the settings of the embedded AWS.
        named: its names.
        url: the first page; None for the front door.
        found: gives where a program is.

    Raises:
        NotReady: no page has a name.
        ProgramMissing: there is no such browser.
    """
    page = url or named.front_door()
    program = next(filter(None, map(found, BROWSERS)), None)
    if program is None:
        raise ProgramMissing(
            "No browser was found that takes Chromium's options.", hint="Install Chromium, Google Chrome or Edge."
        )
    options = browser_options(named, settings.directory / "browser", named.authority.read_bytes())
    return Command.of(program, *options, page)
