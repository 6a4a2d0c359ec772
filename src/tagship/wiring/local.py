"""The embedded AWS of this user. The only file that knows `seatrial`, which is a package of its own.

tagship's variables decide where it is, and what it says is said as a person types it here: ``tagship local up``.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from seatrial.cli.program import Program
from seatrial.core.settings import ACCOUNT_ID, InstanceSettings
from seatrial.ground import errors as theirs
from seatrial.process import instance
from seatrial.process.control import Control
from seatrial.process.images import catalogue
from seatrial.process.images.missing import ImageMissing, how_to_have
from tagship.aws.session import AwsAccess, take_role
from tagship.base import errors
from tagship.base.process import SystemProcesses
from tagship.notify.package import RUNTIME
from tagship.pipeline import remote

if TYPE_CHECKING:
    from tagship.manifest.model import EnvironmentManifest

InstanceStatus = instance.InstanceStatus
"""How the embedded AWS is."""

_AS_OURS: Final[Mapping[type[theirs.SeatrialError], type[errors.TagshipError]]] = {
    theirs.VariableInvalid: errors.VariableInvalid,
    theirs.EngineUnavailable: errors.EngineUnavailable,
    theirs.ProgramMissing: errors.ProgramMissing,
    theirs.EmbeddedAwsUnavailable: errors.LocalAwsUnavailable,
    theirs.NotReady: errors.NotReady,
    theirs.Refused: errors.Refused,
    theirs.SeatrialError: errors.TagshipError,
}
"""Which error of ours one of theirs is: the first that fits."""


def settings() -> InstanceSettings:
    """Of this user's embedded AWS: ``TAGSHIP_HOME`` says where its files are, ``SEATRIAL_…`` the rest."""
    return InstanceSettings.from_environment({**os.environ, "SEATRIAL_HOME": str(home_directory(os.environ))})


def home_directory(environment: Mapping[str, str]) -> Path:
    """``TAGSHIP_HOME``, else ``XDG_STATE_HOME/tagship``, else ``~/.local/state/tagship``."""
    if named := environment.get("TAGSHIP_HOME"):
        return Path(named).expanduser().absolute()
    state = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "tagship"


LOCAL: Final = "local"
"""The environment that is the embedded AWS; see ``manifest/model.py``, which takes long to import."""

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
        port: the port of its API; None for the usual one.
    """

    say: Callable[[str], None] = lambda _: None
    port: int | None = None

    def status(self) -> InstanceStatus:
        """How it is."""
        with as_ours():
            return self._control.status()

    def running(self) -> InstanceStatus:
        """How it is.

        Raises:
            LocalAwsUnavailable: it is not running.
        """
        with as_ours():
            return self._control.running()

    def access(self, endpoint: str, region: str) -> AwsAccess:
        """The way to it, with its own credentials: whatever the person's are, they are never sent there.

        Where ``TAGSHIP_LOCAL_ROLE`` names a role, it is taken, and what the role may not do is refused.

        Raises:
            LocalAwsUnavailable: it was never started.
            AwsError: the role is not there.
        """
        with as_ours():
            keys = instance.keys_of(self._control.settings)
        own = AwsAccess(region, endpoint, keys.access_key, keys.secret_key)
        role = os.environ.get("TAGSHIP_LOCAL_ROLE", "")
        return take_role(own, f"arn:aws:iam::{ACCOUNT_ID}:role/{role}", "tagship") if role else own

    def variables(self, region: str | None) -> dict[str, str]:
        """What other programs find it by; see ``Control.variables``."""
        with as_ours():
            return self._control.variables(region)

    def up(self) -> InstanceStatus:
        """Start it.

        Raises:
            LocalAwsUnavailable: the extra ``local`` is not installed, or it did not come up.
        """
        from tagship.wiring.installed import missing_packages, require_embedded_aws

        require_embedded_aws(missing_packages("local"))
        with as_ours():
            return self._control.up()

    def kill(self) -> InstanceStatus:
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

    def images_that_are_missing(self, manifest: EnvironmentManifest) -> Iterator[str]:
        """What of an environment cannot run on this machine yet, in words, and what to type; no registry is asked."""
        wanted = images_of(manifest)
        if not wanted:
            return
        try:
            missing = self._control.missing_images(wanted)
        except theirs.EngineUnavailable:
            yield f"No Docker engine answers: on this machine, {' and '.join(wanted.values())} cannot run."
            return
        for name in missing:
            how = PROGRAM.spelled(how_to_have(name))
            yield f"Not on this machine yet: `{name}`, which {wanted[name]} runs from. {how}."

    def have_images(self, manifest: EnvironmentManifest) -> None:
        """Have the images that an environment runs from: those that are not here are fetched, or built.

        The one of a service that ECS starts may be missing: said, and ECS tries again and again, as on an account.

        Raises:
            NotReady: one without which nothing can be applied can neither be fetched nor built.
        """
        of_tasks = {manifest.dashboards.image} if manifest.dashboards else set()
        with as_ours():
            have_each(images_of(manifest), of_tasks, lambda name: self._control.have_images([name]), self.say)

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


def images_of(manifest: EnvironmentManifest) -> dict[str, str]:
    """The images that an environment runs from on this machine beside its own, and what runs from each. Pure."""
    found = {}
    if manifest.database:
        found[catalogue.image_of_database(manifest.database.version)] = "the database"
    if manifest.alerts:
        found[catalogue.image_of_function(RUNTIME)] = "the function that sends messages to Slack"
    if manifest.dashboards:
        found[manifest.dashboards.image] = "Grafana"
    return found


def have_each(
    images: Mapping[str, str], of_tasks: Collection[str], have: Callable[[str], object], say: Callable[[str], None]
) -> None:
    """Have each image, by its name and what runs from it; ``have`` raises ``ImageMissing``.

    Raises:
        NotReady: one cannot be had that is not among those of tasks.
    """
    for name, what in images.items():
        try:
            have(name)
        except ImageMissing as error:
            if name not in of_tasks:
                raise errors.NotReady(PROGRAM.spelled(error.message), hint=image_hint(error)) from error
            say(f"!! {PROGRAM.spelled(error.message)} {what} starts when it is here: docker pull {name}")


def image_hint(missing: ImageMissing) -> str:
    """What to do where an image cannot be had: another version of the database that can, as the manifest writes it."""
    then = f"{PROGRAM.spelled(missing.hint or '').partition(', then try again')[0]}, then tagship infra apply."
    if missing.instead is None:
        return then
    return (
        f"{then} Or use another version locally: "
        f'`environments: {{local: {{database: {{version: "{missing.instead}"}}}}}}` in tagship.yaml.'
    )


def forget_working_files(checkout: Path) -> tuple[str, ...]:
    """Remove what a checkout has of the environment that is gone: Terraform's folder, and the remote's repository.

    A tag that was pushed to the one before would not be pushed again: git would say "Everything up-to-date".

    Returns:
        What stays, in sentences.
    """
    own = checkout / remote.FOLDER
    for gone in (own / LOCAL, checkout / remote.REPOSITORY):
        shutil.rmtree(gone, ignore_errors=True)
    plugins = own / "plugins"
    return (f"`{plugins}` stays: Terraform's AWS provider, for every environment.",) if plugins.is_dir() else ()


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
