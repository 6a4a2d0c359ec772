"""One environment of one app, on Amazon's AWS or the embedded one: every object of it, joined."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tagship.aws.session import Aws, AwsAccess
from tagship.base.clock import SystemClock
from tagship.base.errors import AwsNotFound, Refused, TagshipError
from tagship.base.events import Events
from tagship.base.process import SystemProcesses
from tagship.manifest.model import EnvironmentManifest
from tagship.wiring.person import who

if TYPE_CHECKING:
    from tagship.aws.ecs_shapes import Task
    from tagship.aws.logs import AwsLogs
    from tagship.aws.s3 import S3
    from tagship.aws.terminal import Window
    from tagship.infra.outputs import Infrastructure
    from tagship.infra.tools import InfraTools
    from tagship.manifest.names import Names
    from tagship.probe import Probe
    from tagship.release.context import ReleaseOptions
    from tagship.release.deploy import Deployer
    from tagship.release.doors import Doors
    from tagship.release.manual import ManualOperations
    from tagship.release.planning.verify import Report
    from tagship.release.records.ledger import Ledger
    from tagship.release.recover import Recoverer
    from tagship.release.rehearsal.rehearse import Rehearser
    from tagship.release.rollback import Rollbacker
    from tagship.release.status import StatusReader
    from tagship.wiring.local import LocalStatus

_NEWEST: Final = 20
"""Records that are read to say what comes next."""


@dataclass(frozen=True)
class Environment:
    """One environment of one app; what is costly to make is made when it is first asked for."""

    manifest_path: Path
    manifest: EnvironmentManifest
    access: AwsAccess
    events: Events
    local: LocalStatus | None
    clock: SystemClock = field(default_factory=SystemClock)
    processes: SystemProcesses = field(default_factory=SystemProcesses)

    @property
    def folder(self) -> Path:
        """The folder that holds the manifest."""
        return self.manifest_path.parent.absolute()

    @property
    def names(self) -> Names:
        """Every AWS name."""
        from tagship.manifest.names import Names

        return Names(self.manifest.app, self.manifest.environment)

    @cached_property
    def aws(self) -> Aws:
        """The session."""
        return Aws(self.access)

    @cached_property
    def account(self) -> str:
        """The account that the credentials belong to.

        Raises:
            Refused: it is not the one that the manifest names for this environment.
        """
        account = self.aws.account()
        if self.manifest.account and account != self.manifest.account:
            raise Refused(
                f"These credentials belong to the account {account}, "
                f"but `{self.manifest.environment}` is in {self.manifest.account}.",
                hint="Choose the right profile with AWS_PROFILE.",
            )
        return account

    @property
    def bucket(self) -> str:
        """The environment's bucket."""
        return self.names.bucket(self.account, self.manifest.region)

    @cached_property
    def s3(self) -> S3:
        """The door to S3."""
        from tagship.aws.s3 import S3

        return S3(self.aws)

    @cached_property
    def logs(self) -> AwsLogs:
        """The door to CloudWatch Logs."""
        from tagship.aws.logs import AwsLogs

        return AwsLogs(self.aws, self.clock)

    @cached_property
    def ledger(self) -> Ledger:
        """The release records."""
        from tagship.release.records.ledger import Ledger

        return Ledger(self.s3, self.bucket, self.clock, self.events)

    def infrastructure(self) -> Infrastructure:
        """What Terraform built, with the front door at the address at which it answers; read once.

        Raises:
            NotReady: nothing was applied yet.
        """
        return self._built

    @cached_property
    def _built(self) -> Infrastructure:
        from tagship.infra import outputs

        try:
            found = self.s3.get(self.bucket, outputs.KEY)
        except AwsNotFound:  # nothing was applied yet, so there is no bucket
            found = None
        built = outputs.parse(found.body if found else None, environment=self.manifest.environment)
        return replace(built, url=self._front_door(built.url))

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

        doors, infrastructure = self._doors(), self.infrastructure()
        return verify(VerifyContext(doors.ecs, doors.ecr, doors.standing, self.manifest, infrastructure), {})

    def tell_expiry(self, patience: float) -> None:
        """Say where the credentials may not last as long as a release; ``patience`` is seconds."""
        from tagship.release.planning.expiry import tell_expiry

        tell_expiry(self.aws.expires(), self.ledger.now(), patience, self.events)

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
        """What lets a release meet every failure; refuses another environment than ``local``."""
        from tagship.probe import HttpProbe
        from tagship.release.rehearsal.rehearse import Rehearser
        from tagship.wiring.local import LocalAws, LocalFaults

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
        from tagship.aws.cognito import AwsUserPools
        from tagship.aws.ecr import AwsEcr
        from tagship.aws.ecs import AwsEcs
        from tagship.aws.elb import AwsElb
        from tagship.aws.leftovers import AwsLeftovers
        from tagship.aws.rds import AwsDatabases
        from tagship.aws.roles import AwsServiceRoles
        from tagship.infra.asking import Asker
        from tagship.infra.clients import InfraClients
        from tagship.infra.environment import Access
        from tagship.infra.mirror import Surroundings
        from tagship.infra.tools import InfraTools
        from tagship.manifest.system_names import SystemNames
        from tagship.probe import status_of
        from tagship.wiring.root_files import root_files

        return InfraTools(
            manifest=self.manifest,
            names=self.names,
            account=self.account,
            access=Access(self.access.region, self.access.endpoint_url, self.access.as_variables()),
            checkout=self.folder,
            around=Surroundings(os.environ, Path.home()),
            s3=self.s3,
            task_definitions=AwsEcs(self.aws),
            clients=InfraClients(
                registries=AwsEcr(self.aws),
                databases=AwsDatabases(self.aws),
                leftovers=AwsLeftovers(self.aws),
                user_pools=AwsUserPools(self.aws),
                tasks=AwsEcs(self.aws),
                asker=Asker(AwsElb(self.aws), status_of, self.manifest, self._way_to_tasks, self._published),
                roles=AwsServiceRoles(self.aws),
            ),
            files=root_files(self.manifest, SystemNames(self.names, self.account, self.manifest.region)),
            processes=self.processes,
            clock=self.clock,
            events=self.events,
        )

    def _published(self) -> tuple[str, ...]:
        """The paths of the live front end's files."""
        from tagship.site.bucket import LIVE

        bucket = self.names.site_bucket(self.account, self.manifest.region)
        return tuple(key.removeprefix(LIVE) for key in self.s3.etags(bucket, LIVE))

    def _way_to_tasks(self) -> str | None:
        """The front door, or None where this machine reaches containers by their own addresses."""
        from tagship.wiring.local import LocalAws

        if self.local and LocalAws().reaches_containers():
            return None
        return self.infrastructure().url

    def have_database_image(self, say: Callable[[str], None]) -> None:
        """On the embedded AWS, have the image that the database runs from; nothing to do elsewhere.

        Raises:
            NotReady: no registry gives it.
        """
        from tagship.wiring.local import LocalAws

        if self.local and self.local.docker and self.manifest.database:
            LocalAws(say).have_database_image(self.manifest.database.version)

    def database_user(self, built: Infrastructure) -> bool:
        """Has the application's own database user as its secret says; returns whether anything was changed."""
        from tagship.aws.rds_data import AwsRdsData
        from tagship.database.user import DatabaseFacts, ensure_user

        found = built.systems.get("database")
        if found is None:
            return False
        facts = DatabaseFacts(found["cluster_arn"], found["master_secret_arn"], found["secret_arn"])
        return ensure_user(AwsRdsData(self.aws, self.clock), facts)

    def status(self) -> StatusReader:
        """What says how things are."""
        from tagship.release.status import StatusReader

        return StatusReader(self._doors(), self.ledger, self.infrastructure, self.manifest)

    def _doors(self) -> Doors:
        from tagship.aws.cloudfront import AwsCloudFront
        from tagship.aws.ecr import AwsEcr
        from tagship.aws.ecs import AwsEcs
        from tagship.aws.elb import AwsElb
        from tagship.aws.scaling import AwsAutoScaling
        from tagship.aws.standing import AwsStanding
        from tagship.image.build import DockerBuilder
        from tagship.image.engine import DockerEngine
        from tagship.image.registry import OciRegistry
        from tagship.release.doors import Doors
        from tagship.site.build import SiteBuilder
        from tagship.site.doors import SiteDoors

        return Doors(
            ecs=AwsEcs(self.aws),
            ecr=AwsEcr(self.aws),
            elb=AwsElb(self.aws),
            logs=self.logs,
            standing=AwsStanding(self.aws),
            scaling=AwsAutoScaling(self.aws),
            builder=DockerBuilder(DockerEngine(), self.events),
            registry=OciRegistry(),
            site=SiteDoors(self.s3, AwsCloudFront(self.aws), SiteBuilder(self.processes, self.events)),
            clock=self.clock,
            events=self.events,
        )

    def _manifest_in(self, folder: Path, top: Path) -> EnvironmentManifest:
        from tagship.manifest.load import load, require_inside

        require_inside(folder / self.manifest_path.name, top)
        found = load(folder / self.manifest_path.name).for_environment(self.manifest.environment)
        if (found.app, found.region) != (self.manifest.app, self.manifest.region):
            raise Refused(
                f"The tag's {self.manifest_path.name} says app `{found.app}` in {found.region}; "
                f"here it is `{self.manifest.app}` in {self.manifest.region}.",
                hint="Check the tag out, and deploy from there.",
            )
        return found

    def _front_door(self, url: str) -> str:
        """Amazon's name of the front door, or where the embedded AWS serves it."""
        doors = (self.local.front_doors if self.local else None) or {}
        parts = urlsplit(url)
        return doors.get(parts.hostname or "", {}).get(str(parts.port or (443 if parts.scheme == "https" else 80)), url)


def connect(manifest_path: Path, environment: str, events: Events) -> Environment:
    """Join everything for one environment.

    Raises:
        ManifestInvalid: the manifest does not hold together, or has no such environment.
        LocalAwsUnavailable: the environment is the embedded AWS, and it is not running.
    """
    from tagship.manifest.load import load
    from tagship.manifest.model import LOCAL

    manifest = load(manifest_path).for_environment(environment)
    if environment != LOCAL:
        return Environment(manifest_path, manifest, AwsAccess(manifest.region), events, local=None)
    from tagship.wiring.local import LocalAws

    embedded = LocalAws()
    running = embedded.running()
    access = embedded.access(running.endpoint, manifest.region)
    return Environment(manifest_path, manifest, access, events, local=running)
