"""The embedded AWS of this user. The only file that knows `seatrial`, which is a package of its own.

tagship's variables decide where it is, and what it says is said as a person types it here: ``tagship local up``.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from seatrial.cli.program import Program
from seatrial.core.settings import LocalSettings
from seatrial.ground import errors as theirs
from seatrial.process import instance
from seatrial.process.control import Control
from tagship.aws.session import AwsAccess
from tagship.base import errors
from tagship.base.process import SystemProcesses
from tagship.pipeline import remote

LocalStatus = instance.LocalStatus
"""How the embedded AWS is."""

_AS_OURS: Final[Mapping[type[theirs.SeatrialError], type[errors.TagshipError]]] = {
    theirs.VariableInvalid: errors.VariableInvalid,
    theirs.EngineUnavailable: errors.EngineUnavailable,
    theirs.ProgramMissing: errors.ProgramMissing,
    theirs.LocalAwsUnavailable: errors.LocalAwsUnavailable,
    theirs.NotReady: errors.NotReady,
    theirs.Refused: errors.Refused,
    theirs.SeatrialError: errors.TagshipError,
}
"""Which error of ours one of theirs is: the first that fits."""


def settings() -> LocalSettings:
    """Of this user's embedded AWS: ``TAGSHIP_HOME`` says where its files are, ``SEATRIAL_…`` the rest."""
    return LocalSettings.from_environment({**os.environ, "SEATRIAL_HOME": str(home_directory(os.environ))})


def home_directory(environment: Mapping[str, str]) -> Path:
    """``TAGSHIP_HOME``, else ``XDG_STATE_HOME/tagship``, else ``~/.local/state/tagship``."""
    if named := environment.get("TAGSHIP_HOME"):
        return Path(named).expanduser().absolute()
    state = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "tagship"


PROGRAM: Final = Program("tagship local", settings)
"""How its commands are typed here."""


@contextmanager
def as_ours() -> Iterator[None]:
    """Within, an error of theirs is one of ours, with the same exit code."""
    try:
        yield
    except theirs.SeatrialError as error:
        ours = next((ours for kind, ours in _AS_OURS.items() if isinstance(error, kind)), errors.TagshipError)
        hint = PROGRAM.spelled(error.hint) if error.hint else None
        raise ours(PROGRAM.spelled(error.message), hint=hint) from error


def command(name: str) -> click.Command:
    """One of its own commands, to stand below ``tagship local``, which runs it within ``mounted``."""
    from seatrial.cli.group import seatrial

    return seatrial.commands[name]


@contextmanager
def mounted(context: click.Context) -> Iterator[None]:
    """Within, its commands are typed as ours, handle this user's embedded AWS, and fail as ours."""
    context.obj = PROGRAM
    with as_ours():
        yield


@dataclass(frozen=True)
class LocalAws:
    """The embedded AWS of this user.

    Args:
        say: hears what takes more than a moment.
        port: of its API; None for the usual one.
    """

    say: Callable[[str], None] = lambda _: None
    port: int | None = None

    def status(self) -> LocalStatus:
        """How it is."""
        with as_ours():
            return self._control.status()

    def running(self) -> LocalStatus:
        """How it is.

        Raises:
            LocalAwsUnavailable: it is not running.
        """
        with as_ours():
            return self._control.running()

    def access(self, endpoint: str, region: str) -> AwsAccess:
        """The way to it, with its own credentials: whatever the person's are, they are never sent there.

        Raises:
            LocalAwsUnavailable: it was never started.
        """
        with as_ours():
            keys = instance.keys_of(self._control.settings)
        return AwsAccess(region, endpoint, keys.access_key, keys.secret_key)

    def variables(self, region: str | None) -> dict[str, str]:
        """What other programs find it by; see ``Control.variables``."""
        with as_ours():
            return self._control.variables(region)

    def up(self) -> LocalStatus:
        """Start it.

        Raises:
            LocalAwsUnavailable: the extra ``local`` is not installed, or it did not come up.
        """
        from tagship.wiring.installed import missing_packages, require_embedded_aws

        require_embedded_aws(missing_packages("local"))
        with as_ours():
            return self._control.up()

    def kill(self) -> LocalStatus:
        """Kill it with SIGKILL, and start it again."""
        with as_ours():
            return self._control.kill()

    def set_fault(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Set a fault; see ``Control.set_fault``."""
        with as_ours():
            return self._control.set_fault(order)

    def faults(self) -> list[dict[str, Any]]:
        """The faults that are set."""
        with as_ours():
            return self._control.faults()

    def clear_faults(self, identity: str | None) -> int:
        """Clear one fault, or all; returns how many."""
        with as_ours():
            return self._control.clear_faults(identity)

    def reaches_containers(self) -> bool:
        """Whether a program of this machine reaches containers by their own addresses."""
        with as_ours():
            return self._control.reaches_containers()

    def have_database_image(self, version: str) -> None:
        """Have the image that a database of this version runs from.

        Raises:
            NotReady: no registry gives it.
        """
        from seatrial.process.database_image import ImageMissing

        with as_ours():
            try:
                self._control.have_database_image(version)
            except ImageMissing as error:
                raise errors.NotReady(error.message, hint=database_hint(error.image, error.instead)) from error

    def ensure_remote(self, checkout: Path) -> bool:
        """Make the git remote that ships pushed tags; returns whether anything had to be done.

        Raises:
            NotReady: the checkout is in no git repository.
            Refused: another remote has the name.
        """
        return remote.ensure(SystemProcesses(), remote.Remote.of(checkout, Path(sys.executable), os.environ))

    @property
    def _control(self) -> Control:
        return Control(settings().at(self.port), lambda text: self.say(PROGRAM.spelled(text)))


def database_hint(image: str, instead: str | None) -> str:
    """What to do where the image of a database is missing; ``instead`` is a version that can be had at once."""
    hint = f"docker pull {image}, where a registry answers, then tagship infra apply"
    if instead is None:
        return f"{hint}."
    return (
        f"{hint}. Or use another version locally: "
        f'`environments: {{local: {{database: {{version: "{instead}"}}}}}}` in tagship.yaml.'
    )


@dataclass(frozen=True)
class LocalFaults:
    """The faults of this user's embedded AWS; see ``release/rehearsal/rehearse.py``."""

    aws: LocalAws

    def set(self, order: Mapping[str, Any]) -> str:
        """See ``FaultBox.set``."""
        return str(self.aws.set_fault(order)["id"])

    def clear(self, identity: str) -> None:
        """See ``FaultBox.clear``."""
        if any(fault["id"] == identity for fault in self.aws.faults()):
            self.aws.clear_faults(identity)

    def count(self) -> int:
        """See ``FaultBox.count``."""
        return len(self.aws.faults())

    def kill(self) -> None:
        """See ``FaultBox.kill``."""
        self.aws.kill()
