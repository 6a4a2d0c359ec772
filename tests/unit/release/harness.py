"""One small app for the tests of the release engine: two services, everything outside in memory."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp
from typing import TypeVar

from tagship.aws.ecs_shapes import Container, Task
from tagship.aws.fakes import FakeEcr, FakeEcs, FakeElb, FakeLogs, FakeStanding
from tagship.aws.fakes_scaling import FakeAutoScaling
from tagship.aws.fakes_secrets import FakeParameters, FakeSecrets
from tagship.aws.fakes_site import FakeCloudFront, FakeS3
from tagship.base.events import Event, Events
from tagship.base.fakes import ManualClock
from tagship.base.process import SystemProcesses
from tagship.image.builder import BuildRequest, FakeBuilder
from tagship.image.registry import FakeRegistry
from tagship.image.source import Source, SourceRequest
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
from tagship.manifest.load import loads
from tagship.manifest.model import EnvironmentManifest
from tagship.release.context import ReleaseOptions
from tagship.release.deploy import Deployer, DeployRequest
from tagship.release.doors import Doors
from tagship.release.records.ledger import Ledger
from tagship.release.rollback import Rollbacker
from tagship.release.status import StatusReader
from tagship.secret.doors import SecretDoors
from tagship.site.build import SiteBuilder
from tagship.site.doors import SiteDoors

T = TypeVar("T", bound=Event)

MANIFEST = """\
app: shop
region: eu-central-1
services:
  api:
    port: 8000
    paths: [/api/*]
    count: {desired: 2, min: 1, max: 4}
  worker:
    port: 9000
    paths: [/work/*]
    count: {desired: 1, min: 1, max: 2}
"""
COMMIT = "0123456789abcdef0123456789abcdef01234567"
REGISTRY = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
WHO = "ann@desk"


def environment_manifest(text: str = MANIFEST) -> EnvironmentManifest:
    return loads(text).for_environment("local")


def place(name: str, port: int) -> ServiceInfrastructure:
    return ServiceInfrastructure(
        service=name,
        task_family=f"shop-local-{name}",
        container=name,
        repository_url=f"{REGISTRY}/shop-local/{name}",
        execution_role_arn=f"arn:aws:iam::111122223333:role/{name}-execution",
        task_role_arn=f"arn:aws:iam::111122223333:role/{name}-task",
        log_group=f"/ecs/shop-local/{name}",
        target_group_arn=f"arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/{name}/1",
        port=port,
    )


INFRASTRUCTURE = Infrastructure(
    region="eu-central-1",
    account_id="111122223333",
    url="http://shop.example",
    cluster="shop-local",
    services={"api": place("api", 8000), "worker": place("worker", 9000)},
)


def source_of(version: str) -> Source:
    return Source(
        tag=version,
        version=version,
        commit=COMMIT,
        tree=COMMIT,
        committed_at=datetime(2026, 1, 1, tzinfo=UTC),
        remote="",
    )


@dataclass
class FakeSources:
    """Every tag exists, and is an empty folder, or a copy of one: each release has its own, as from git.

    Where a run is cut off, its build may still write while the next one begins.
    """

    folder: Path = Path("/nowhere")

    def resolve(self, request: SourceRequest) -> Source:
        return source_of(request.tag or "v1.0.0")

    @contextmanager
    def tree(self, source: Source) -> Iterator[Path]:
        del source
        if not self.folder.exists():
            yield self.folder
            return
        copy = Path(mkdtemp(prefix=f"{self.folder.name}-", dir=self.folder.parent))
        yield copytree(self.folder, copy, dirs_exist_ok=True)


def dead_task(service: str, revision: str, *, exit_code: int | None = 1, reason: str = "") -> Task:
    return Task(
        arn=f"arn:aws:ecs:eu-central-1:111122223333:task/shop-local/{service}dead",
        task_definition=revision,
        started_by="",
        status="STOPPED",
        stop_code="EssentialContainerExited",
        stopped_reason=reason or "Essential container in task exited",
        health="UNKNOWN",
        containers=(Container(service, "STOPPED", exit_code, "", "", "UNKNOWN"),),
        created_at=None,
        started_at=None,
        stopped_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@dataclass
class Shop:
    """The app, its AWS, and what was told."""

    ecs: FakeEcs = field(default_factory=FakeEcs)
    ecr: FakeEcr = field(default_factory=FakeEcr)
    registry: FakeRegistry = field(default_factory=FakeRegistry)
    elb: FakeElb = field(default_factory=FakeElb)
    logs: FakeLogs = field(default_factory=FakeLogs)
    standing: FakeStanding = field(default_factory=FakeStanding)
    scaling: FakeAutoScaling = field(default_factory=FakeAutoScaling)
    secrets: FakeSecrets = field(default_factory=FakeSecrets)
    parameters: FakeParameters = field(default_factory=FakeParameters)
    s3: FakeS3 = field(default_factory=FakeS3)
    edge: FakeCloudFront = field(default_factory=FakeCloudFront)
    sources: FakeSources = field(default_factory=FakeSources)
    clock: ManualClock = field(default_factory=ManualClock)
    told: list[Event] = field(default_factory=list)
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    infrastructure: Infrastructure = INFRASTRUCTURE
    manifest: EnvironmentManifest = field(default_factory=environment_manifest)

    def __post_init__(self) -> None:
        for name, found in INFRASTRUCTURE.services.items():
            bootstrap = {"family": found.task_family, "containerDefinitions": [{"name": name, "image": "bootstrap"}]}
            self.ecs.create_service("shop-local", name, bootstrap)
        self.elb.ecs = self.ecs
        self.builder = FakeBuilder(self._push)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.s3, "bucket", self.clock)

    @property
    def doors(self) -> Doors:
        return Doors(
            ecs=self.ecs,
            ecr=self.ecr,
            elb=self.elb,
            logs=self.logs,
            standing=self.standing,
            scaling=self.scaling,
            secrets=SecretDoors(self.secrets, self.parameters),
            builder=self.builder,
            registry=self.registry,
            site=SiteDoors(self.s3, self.edge, SiteBuilder(SystemProcesses(), Events(self.told.append))),
            clock=self.clock,
            events=Events(self.told.append, *self.listeners),
        )

    def deployer(self) -> Deployer:
        return Deployer(
            self.doors,
            self.ledger,
            infrastructure=lambda: self.infrastructure,
            sources=self.sources,
            manifest_in=lambda _, __: self.manifest,
        )

    def rollbacker(self) -> Rollbacker:
        return Rollbacker(self.doors, self.ledger, infrastructure=lambda: self.infrastructure, manifest=self.manifest)

    def status_reader(self, ledger: Ledger | None = None) -> StatusReader:
        return StatusReader(
            ledger or self.ledger,
            lambda: self.infrastructure,
            self.manifest,
            ecs=self.ecs,
            elb=self.elb,
            objects=self.s3,
        )

    def heard(self, kind: type[T]) -> list[T]:
        return [event for event in self.told if isinstance(event, kind)]

    def revision_of(self, service: str) -> str:
        return self.ecs.service("shop-local", service).task_definition

    def with_services(self, services: Mapping[str, ServiceInfrastructure]) -> None:
        self.infrastructure = replace(self.infrastructure, services=services)

    def _push(self, request: BuildRequest) -> str:
        digest = f"sha256:{request.service}-{request.version}"
        self.ecr.images[f"shop-local/{request.service}", request.version] = digest
        self.registry.commits[request.repository_url, request.version] = request.revision
        return digest


def asking(version: str, *, dry_run: bool = False, allow_older: bool = False, patience: float = 60) -> DeployRequest:
    return DeployRequest(
        SourceRequest(version), WHO, dry_run=dry_run, allow_older=allow_older, options=ReleaseOptions(patience)
    )
