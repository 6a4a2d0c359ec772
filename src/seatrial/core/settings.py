"""What one embedded AWS is told: where its files are, which ports, which account."""

import hashlib
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from seatrial.ground.errors import VariableInvalid

DEFAULT_PORT = 4566
DEFAULT_FRONT_DOOR_PORT = 8080
ACCOUNT_ID = "000000000000"
LAST_PORT = 65535
SHORTEST_MINUTE = 0.001
"""Seconds that AWS's minute may take at least."""


@dataclass(frozen=True)
class InstanceSettings:
    """One embedded AWS.

    Args:
        home: the user's directory; the embedded AWS keeps its files in ``home/local``.
        port: where the AWS API answers.
        front_door_port: the first port that is tried for a load balancer's listener.
        region: answers requests that name none.
        account_id: twelve digits.
        minute: how many seconds AWS's minute takes here: whatever AWS does by the minute (metric periods, alarms,
            cooldowns, schedules) is that much faster, so that a rehearsal of scaling does not take an hour.
        record: the file in which is written down which rights each call asks for; None: in none.
    """

    home: Path
    port: int = DEFAULT_PORT
    front_door_port: int = DEFAULT_FRONT_DOOR_PORT
    region: str = "us-east-1"
    account_id: str = ACCOUNT_ID
    minute: float = 60.0
    record: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "InstanceSettings":
        """Read ``SEATRIAL_HOME``, ``…_PORT``, ``…_MINUTE``, ``…_FRONT_DOOR_PORT`` and ``…_RECORD``.

        Raises:
            VariableInvalid: one of them is no such number.
        """
        return cls(
            home=home_directory(environment),
            port=port_of(environment, "SEATRIAL_PORT", DEFAULT_PORT),
            front_door_port=port_of(environment, "SEATRIAL_FRONT_DOOR_PORT", DEFAULT_FRONT_DOOR_PORT),
            minute=seconds_of(environment, "SEATRIAL_MINUTE", cls.minute, least=SHORTEST_MINUTE),
            record=Path(named).absolute() if (named := environment.get("SEATRIAL_RECORD")) else None,
        )

    def at(self, port: int | None) -> "InstanceSettings":
        """The same with its API at another port; None for the same port."""
        return replace(self, port=port) if port else self

    def scaled(self, seconds: float) -> float:
        """How long here what takes so many seconds on AWS, of the things that AWS does by the minute."""
        return seconds * self.minute / 60

    @property
    def directory(self) -> Path:
        """Where the embedded AWS keeps its files."""
        return self.home / "local"

    @property
    def certificates(self) -> Path:
        """The directory of the authority of this machine, and of what it has signed."""
        return self.directory / "tls"

    @property
    def authority(self) -> Path:
        """The authority's certificate, in PEM; there once something speaks HTTPS."""
        return self.certificates / "ca.pem"

    @property
    def endpoint(self) -> str:
        """Where the AWS API answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def registry(self) -> str:
        """The account's image registry; Docker takes 127.0.0.0/8 to be insecure, so it speaks plain HTTP to it."""
        return f"127.0.0.1:{self.port}"

    @property
    def instance_id(self) -> str:
        """Eight hexadecimal digits in the labels and names of everything this instance makes in Docker.

        Derived from the directory, so that it outlives restarts and no two instances share one.
        """
        return hashlib.sha256(str(self.home.resolve()).encode()).hexdigest()[:8]


def home_directory(environment: Mapping[str, str]) -> Path:
    """``SEATRIAL_HOME``, else ``XDG_STATE_HOME/seatrial``, else ``~/.local/state/seatrial``."""
    if named := environment.get("SEATRIAL_HOME"):
        return Path(named).expanduser().absolute()
    state = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "seatrial"


def port_of(environment: Mapping[str, str], name: str, default: int) -> int:
    """A port that a variable names; raises ``VariableInvalid``."""
    said = environment.get(name, "") or str(default)
    if not said.isascii() or not said.isdecimal() or not 1 <= int(said[:6]) <= LAST_PORT:
        raise VariableInvalid(f"`{name}` is `{said}`, which is not a port: 1 to {LAST_PORT}.", hint=f"unset {name}")
    return int(said)


def seconds_of(environment: Mapping[str, str], name: str, default: float, *, least: float = 0) -> float:
    """Seconds that a variable names; raises ``VariableInvalid``."""
    said = environment.get(name, "") or str(default)
    try:
        seconds = float(said)
    except ValueError:
        seconds = math.nan
    if not least <= seconds < math.inf:
        raise VariableInvalid(f"`{name}` is `{said}`, which is not a number of seconds.", hint=f"unset {name}")
    return seconds
