"""One environment of one app, on Amazon's AWS or the embedded one: every object of it, joined."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tagship.aws.cloudfront import AwsCloudFront
from tagship.aws.cognito import AwsUserPools
from tagship.aws.ecr import AwsEcr
from tagship.aws.ecs import AwsEcs
from tagship.aws.ecs_shapes import Task
from tagship.aws.elb import AwsElb
from tagship.aws.leftovers import AwsLeftovers
from tagship.aws.logs import AwsLogs
from tagship.aws.rds import AwsDatabases
from tagship.aws.rds_data import AwsRdsData
from tagship.aws.roles import AwsServiceRoles
from tagship.aws.s3 import S3
from tagship.aws.scaling import AwsAutoScaling
from tagship.aws.session import Aws, AwsAccess
from tagship.aws.standing import AwsStanding
from tagship.aws.terminal import Window, converse
from tagship.base.clock import SystemClock
from tagship.base.errors import Refused, TagshipError
from tagship.base.events import Events
from tagship.base.process import SystemProcesses
from tagship.database.user import DatabaseFacts, ensure_user
from tagship.image.build import DockerBuilder
from tagship.image.engine import DockerEngine
from tagship.image.git import Git
from tagship.image.registry import OciRegistry
from tagship.image.source import GitSources
from tagship.infra import outputs
from tagship.infra.asking import Asker
from tagship.infra.doors import InfraDoors
from tagship.infra.environment import Access
from tagship.infra.mirror import Surroundings
from tagship.infra.outputs import Infrastructure
from tagship.infra.tools import InfraTools
from tagship.manifest.load import load
from tagship.manifest.model import LOCAL, EnvironmentManifest
from tagship.manifest.names import Names
from tagship.manifest.system_names import SystemNames
from tagship.probe import HttpProbe, Probe, status_of
from tagship.release.deploy import Deployer
from tagship.release.expiry import tell_expiry
from tagship.release.hands import Hands
from tagship.release.ledger import Ledger
from tagship.release.next_release import next_release
from tagship.release.recovery import Recoverer
from tagship.release.rehearsal import Rehearser
from tagship.release.rollback import Rollbacker
from tagship.release.status import StatusReader
from tagship.release.verify import Grounds, Report, verify
from tagship.release.work import Doors, Manner
from tagship.site.build import SiteBuilder
from tagship.site.doors import SiteDoors
from tagship.wiring.local import LocalAws, LocalFaults, LocalStatus
from tagship.wiring.person import who
from tagship.wiring.root_files import root_files

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
        return S3(self.aws)

    @cached_property
    def logs(self) -> AwsLogs:
        """The door to CloudWatch Logs."""
        return AwsLogs(self.aws, self.clock)

    @cached_property
    def ledger(self) -> Ledger:
        """The release records."""
        return Ledger(self.s3, self.bucket, self.clock, self.events)

    def infrastructure(self) -> Infrastructure:
        """What Terraform built, with the front door at the address at which it answers; read once.

        Raises:
            NotReady: nothing was applied yet.
        """
        return self._built

    @cached_property
    def _built(self) -> Infrastructure:
        found = self.s3.get(self.bucket, outputs.KEY) if self.s3.bucket_exists(self.bucket) else None
        built = outputs.parse(found.body if found else None, environment=self.manifest.environment)
        return replace(built, url=self._front_door(built.url))

    def next_release(self) -> str:
        """What to type next, where the infrastructure stands."""
        try:
            tags = Git(self.processes, self.folder).tags()
        except TagshipError:  # in no git repository, or there is no git: deploy says what is wrong
            return f"tagship deploy --env {self.manifest.environment}"
        records = self.ledger.records(limit=_NEWEST)
        return next_release(tags, records, environment=self.manifest.environment, local=self.local is not None)

    def deployer(self) -> Deployer:
        """What ships a tag."""
        return Deployer(
            self._doors(),
            self.ledger,
            infrastructure=self.infrastructure,
            sources=GitSources(self.processes, self.folder),
            manifest_in=self._manifest_in,
        )

    def rollbacker(self) -> Rollbacker:
        """What puts an earlier release back."""
        return Rollbacker(self._doors(), self.ledger, infrastructure=self.infrastructure, manifest=self.manifest)

    def recoverer(self, manner: Manner) -> Recoverer:
        """What brings the last version that was live back."""
        return Recoverer(
            self._doors(),
            self.ledger,
            self.infrastructure,
            self.manifest,
            GitSources(self.processes, self.folder),
            self._manifest_in,
            replace(manner, undo=False),
        )

    def verified(self) -> Report:
        """What a release would find before it touches anything."""
        doors, infrastructure = self._doors(), self.infrastructure()
        return verify(Grounds(doors.ecs, doors.ecr, doors.standing, self.manifest, infrastructure), {})

    def tell_expiry(self, patience: float) -> None:
        """Say where the credentials may not last as long as a release; ``patience`` is seconds."""
        tell_expiry(self.aws.expires(), self.ledger.now(), patience, self.events)

    def hands(self) -> Hands:
        """What people do by hand."""
        return Hands(self._doors(), self.ledger, self.infrastructure, self.manifest, who())

    def terminal(self, task: Task, cluster: str, container: str, command: str) -> Callable[[Window], str]:
        """Joins a window to a command at a terminal in a container; gives the session's last words."""
        grant = AwsEcs(self.aws).open_terminal(cluster, task.arn, container, command)
        return lambda window: converse(grant, window, self.clock)

    def probe(self, asked: str | None) -> Probe | None:
        """What asks the front door through a rollout.

        Args:
            asked: a URL; ``off`` for none; None for the usual: on the embedded AWS the front door, elsewhere none,
                for a production's users are not to be counted without being asked.
        """
        if asked == "off" or (asked is None and self.local is None):
            return None
        return HttpProbe(asked or self._entrance(), self.clock)

    def _entrance(self) -> str:
        """A URL of the front door that the first service answers."""
        first = next(iter(self.manifest.services.values()))
        return self.infrastructure().url + first.paths[0].replace("*", "").replace("?", "x")

    def rehearser(self) -> Rehearser:
        """What lets a release meet every failure; refuses another environment than ``local``."""
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
        return InfraTools(
            manifest=self.manifest,
            names=self.names,
            account=self.account,
            access=Access(self.access.region, self.access.endpoint_url, self.access.as_variables()),
            checkout=self.folder,
            around=Surroundings(os.environ, Path.home()),
            s3=self.s3,
            task_definitions=AwsEcs(self.aws),
            doors=InfraDoors(
                registries=AwsEcr(self.aws),
                databases=AwsDatabases(self.aws),
                leftovers=AwsLeftovers(self.aws),
                user_pools=AwsUserPools(self.aws),
                tasks=AwsEcs(self.aws),
                asker=Asker(AwsElb(self.aws), status_of, self.manifest, self._way_to_tasks),
                roles=AwsServiceRoles(self.aws),
            ),
            files=root_files(self.manifest, SystemNames(self.names, self.account, self.manifest.region)),
            processes=self.processes,
            clock=self.clock,
            events=self.events,
        )

    def _way_to_tasks(self) -> str | None:
        """The front door, or None where this machine reaches containers by their own addresses."""
        if self.local and LocalAws().reaches_containers():
            return None
        return self.infrastructure().url

    def have_database_image(self, say: Callable[[str], None]) -> None:
        """On the embedded AWS, have the image that the database runs from; nothing to do elsewhere.

        Raises:
            NotReady: no registry gives it.
        """
        if self.local and self.local.docker and self.manifest.database:
            LocalAws(say).have_database_image(self.manifest.database.version)

    def database_user(self, built: Infrastructure) -> bool:
        """Has the application's own database user as its secret says; returns whether anything was changed."""
        found = built.systems.get("database")
        if found is None:
            return False
        facts = DatabaseFacts(found["cluster_arn"], found["master_secret_arn"], found["secret_arn"])
        return ensure_user(AwsRdsData(self.aws, self.clock), facts)

    def status(self) -> StatusReader:
        """What says how things are."""
        return StatusReader(self._doors(), self.ledger, self.infrastructure, self.manifest)

    def _doors(self) -> Doors:
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

    def _manifest_in(self, folder: Path) -> EnvironmentManifest:
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
    manifest = load(manifest_path).for_environment(environment)
    if environment != LOCAL:
        return Environment(manifest_path, manifest, AwsAccess(manifest.region), events, local=None)
    embedded = LocalAws()
    running = embedded.running()
    access = embedded.access(running.endpoint, manifest.region)
    return Environment(manifest_path, manifest, access, events, local=running)
