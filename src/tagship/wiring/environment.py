"""One environment of one app, on Amazon's AWS or the embedded one: every object of it, joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tagship.aws.session import AwsAccess
from tagship.base.errors import Refused, TagshipError
from tagship.base.events import Events
from tagship.manifest.address import Address
from tagship.manifest.model import EnvironmentManifest
from tagship.wiring.connection import Connection
from tagship.wiring.person import who

if TYPE_CHECKING:
    from tagship.aws.ecs_shapes import Task
    from tagship.aws.terminal import Window
    from tagship.infra.outputs import Infrastructure
    from tagship.infra.tools import InfraTools
    from tagship.probe import Probe
    from tagship.release.context import ReleaseOptions
    from tagship.release.deploy import Deployer
    from tagship.release.doors import Doors
    from tagship.release.manual import ManualOperations
    from tagship.release.planning.verify import Report
    from tagship.release.recover import Recoverer
    from tagship.release.rehearsal.rehearse import Rehearser
    from tagship.release.rollback import Rollbacker
    from tagship.release.status import StatusReader

_NEWEST: Final = 20
"""Records that are read to say what comes next."""


@dataclass(frozen=True)
class Environment(Connection):
    """One environment of one app, and what does things to it."""

    def next_release(self) -> str:
        """What to type next, where the infrastructure stands."""
        from tagship.image.git import Git
        from tagship.release.planning.next_release import next_release

        try:
            tags = Git(self.processes, self.folder).tags()
        except TagshipError:  # in no git repository, or there is no git: deploy says what is wrong
            return f"tagship deploy --env {self.manifest.environment}"
        records = self.ledger.records(limit=_NEWEST)
        return next_release(tags, records, environment=self.manifest.environment, local=self.local is not None)

    def deployer(self) -> Deployer:
        """What ships a tag."""
        from tagship.image.source import GitSources
        from tagship.release.deploy import Deployer

        return Deployer(
            self._doors(),
            self.ledger,
            infrastructure=self.infrastructure,
            sources=GitSources(self.processes, self.folder),
            manifest_in=self._manifest_in,
        )

    def rollbacker(self) -> Rollbacker:
        """What puts an earlier release back."""
        from tagship.release.rollback import Rollbacker

        return Rollbacker(self._doors(), self.ledger, infrastructure=self.infrastructure, manifest=self.manifest)

    def recoverer(self, options: ReleaseOptions) -> Recoverer:
        """What brings the last version that was live back."""
        from tagship.image.source import GitSources
        from tagship.release.recover import Recoverer

        return Recoverer(
            self._doors(),
            self.ledger,
            self.infrastructure,
            self.manifest,
            GitSources(self.processes, self.folder),
            self._manifest_in,
            replace(options, undo=False),
        )

    def verified(self) -> Report:
        """What a release would find before it touches anything."""
        from tagship.release.planning.verify import VerifyContext, verify
        from tagship.secret.resolve import resolve

        doors, infrastructure = self._doors(), self.infrastructure()
        secrets = resolve(self.manifest, self.names.prefix, doors.secrets)
        return verify(VerifyContext(doors.ecs, doors.ecr, doors.standing, self.manifest, infrastructure, secrets), {})

    def warn_of_expiry(self, patience: float) -> None:
        """Say where the credentials may not last as long as a release; ``patience`` is seconds."""
        from tagship.release.planning.expiry import warn_of_expiry

        warn_of_expiry(self.aws.expires(), self.ledger.now(), patience, self.events)

    def manual(self) -> ManualOperations:
        """What people do by hand."""
        from tagship.release.manual import ManualOperations

        return ManualOperations(self._doors(), self.ledger, self.infrastructure, self.manifest, who())

    def terminal(self, task: Task, cluster: str, container: str, command: str) -> Callable[[Window], str]:
        """Joins a window to a command at a terminal in a container; gives the session's last words."""
        from tagship.aws.ecs import AwsEcs
        from tagship.aws.terminal import converse

        grant = AwsEcs(self.aws).open_terminal(cluster, task.arn, container, command)
        return lambda window: converse(grant, window, self.clock)

    def probe(self, asked: str | None) -> Probe | None:
        """What asks the front door through a rollout.

        Args:
            asked: a URL; ``off`` for none; None for the usual: on the embedded AWS the front door, elsewhere none,
                for a production's users are not to be counted without being asked.
        """
        from tagship.probe import HttpProbe

        if asked == "off" or (asked is None and self.local is None):
            return None
        return HttpProbe(asked or self._entrance(), self.clock)

    def _entrance(self) -> str:
        """A URL of the front door that the first service answers."""
        first = next(iter(self.manifest.services.values()))
        return self.infrastructure().url + first.paths[0].replace("*", "").replace("?", "x")

    def rehearser(self) -> Rehearser:
        """What lets a release meet every failure.

        Raises:
            Refused: the environment is on an account, where nobody sets faults.
        """
        from tagship.probe import HttpProbe
        from tagship.release.rehearsal.rehearse import Rehearser
        from tagship.wiring.local import LocalAws, LocalFaults

        if self.local is None:
            raise Refused(
                "Failures are rehearsed on the embedded AWS, never on an account.",
                hint=f"tagship rehearse --env {self.manifest.environment} --on local",
            )
        return Rehearser(
            self._doors(),
            self.ledger,
            infrastructure=self.infrastructure,
            manifest=self.manifest,
            faults=LocalFaults(LocalAws()),
            probe=lambda: HttpProbe(self._entrance(), self.clock),
        )

    def infra(self) -> InfraTools:
        """What plans, applies and destroys the infrastructure."""
        from tagship.wiring.infrastructure import infra_tools

        return infra_tools(self)

    def have_images(self, say: Callable[[str], None]) -> None:
        """On the embedded AWS, have the images that databases and functions run from; nothing to do elsewhere.

        Raises:
            NotReady: one can neither be fetched nor built.
        """
        from tagship.wiring.local import LocalAws

        if self.local and self.local.docker:
            LocalAws(say).have_images(self.manifest)

    def images_that_are_missing(self) -> Iterator[str]:
        """What cannot run on the embedded AWS yet, and what to type; nothing elsewhere."""
        from tagship.wiring.local import LocalAws

        return LocalAws().images_that_are_missing(self.manifest) if self.local else iter(())

    def have_hosted_zone(self, say: Callable[[str], None]) -> None:
        """On the embedded AWS, have the hosted zone of the domain, as an account has it; nothing to do elsewhere."""
        from tagship.aws.route53 import AwsHostedZones

        domain = self.manifest.domain
        if self.local and domain and AwsHostedZones(self.aws).ensure(domain.zone):
            say(f"Created the hosted zone `{domain.zone}` in the embedded AWS; on AWS you have it already.")

    def database_user(self, built: Infrastructure) -> bool:
        """Make the application's own database user be as its secret says; returns whether anything was changed."""
        from tagship.aws.rds_data import AwsRdsData
        from tagship.database.user import DatabaseFacts, ensure_user

        found = built.systems.get("database")
        if found is None:
            return False
        facts = DatabaseFacts(found["cluster_arn"], found["master_secret_arn"], found["secret_arn"])
        return ensure_user(AwsRdsData(self.aws, self.clock), facts)

    def status(self) -> StatusReader:
        """What says how things are."""
        from tagship.aws.ecs import AwsEcs
        from tagship.aws.elb import AwsElb
        from tagship.release.status import StatusReader

        # Not all doors: those that build take longer to import than they are asked.
        ecs, elb = AwsEcs(self.aws), AwsElb(self.aws)
        return StatusReader(self.ledger, self.infrastructure, self.manifest, ecs=ecs, elb=elb, objects=self.s3)

    def _doors(self) -> Doors:
        from tagship.wiring.doors import release_doors

        return release_doors(self)

    def _manifest_in(self, folder: Path, top: Path) -> EnvironmentManifest:
        from tagship.manifest.embedded import manifest_at
        from tagship.manifest.load import load, require_inside

        require_inside(folder / self.manifest_path.name, top)
        found = manifest_at(load(folder / self.manifest_path.name), self.address)
        if (found.app, found.region) != (self.manifest.app, self.manifest.region):
            raise Refused(
                f"The tag's {self.manifest_path.name} has app `{found.app}` in {found.region}; the working copy has "
                f"`{self.manifest.app}` in {self.manifest.region}.",
                hint="Check the tag out, and deploy from there.",
            )
        return found


def connect(manifest_path: Path, address: Address, events: Events) -> Environment:
    """Join everything for one environment.

    Raises:
        ManifestInvalid: the manifest does not hold together, or has no such environment.
        LocalAwsUnavailable: the environment is the embedded AWS, and it is not running.
    """
    from tagship.manifest.embedded import manifest_at
    from tagship.manifest.load import load

    manifest = manifest_at(load(manifest_path), address)
    if not address.embedded:
        return Environment(manifest_path, address, manifest, AwsAccess(manifest.region), events, local=None)
    from tagship.wiring.local import LocalAws

    embedded = LocalAws()
    running = embedded.running()
    access = embedded.access(running.endpoint, manifest.region)
    return Environment(manifest_path, address, manifest, access, events, local=running)
