"""An environment's tools, all of them fakes but the working folder; shared by the tests of what infra does."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tagship.aws.fakes_infra import (
    FakeDatabases,
    FakeImages,
    FakeLeftovers,
    FakeRunningTasks,
    FakeServiceRoles,
    FakeUserPools,
)
from tagship.base.errors import AwsConflict, AwsNotFound
from tagship.base.events import Event, Events
from tagship.base.fakes import ManualClock, ScriptedProcesses, says
from tagship.base.process import Command, Completed
from tagship.infra.asking import Asker
from tagship.infra.clients import InfraClients
from tagship.infra.environment import Access
from tagship.infra.mirror import Surroundings
from tagship.infra.tools import InfraTools
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names
from tagship.manifest.service import Service
from tagship.manifest.systems import Network

TERRAFORM = "/bin/terraform"
VERSION = says(TERRAFORM, "version", stdout=json.dumps({"terraform_version": "1.11.4", "platform": "linux_amd64"}))
INIT = says(TERRAFORM, "init")


def complaint(summary: str, detail: str = "") -> str:
    return json.dumps({"type": "diagnostic", "diagnostic": {"severity": "error", "summary": summary, "detail": detail}})


def planned(*changes: dict[str, Any]) -> str:
    """Terraform's lines about these resource changes of the plan."""
    return "\n".join(
        json.dumps(
            {
                "type": "planned_change",
                "change": {
                    "resource": {"addr": each["address"], "resource_type": each["type"]},
                    "action": "replace" if "create" in each["change"]["actions"] else each["change"]["actions"][0],
                },
            }
        )
        for each in changes
    )


def taken(address: str, *, replaced: bool = False, **before: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A resource change as ``terraform show -json`` has it."""
    kind = address.split(".")[-2]
    actions = ["delete", "create"] if replaced else ["delete"]
    return {"address": address, "type": kind, "mode": "managed", "change": {"actions": actions, "before": before}}


def shown(*changes: dict[str, Any]) -> Callable[[Command], Completed | None]:
    return says(TERRAFORM, "show", stdout=json.dumps({"resource_changes": list(changes)}))


def one_after_the_other(*words: str, stdouts: Iterator[Completed]) -> Callable[[Command], Completed | None]:
    """Each time the next answer."""

    def answer(command: Command) -> Completed | None:
        return next(stdouts) if command.argv[: len(words)] == words else None

    return answer


@dataclass(frozen=True)
class Stored:
    body: bytes
    etag: str


@dataclass
class FakeStore:
    """One bucket of the environment, there or not, and others that are full or empty."""

    objects: dict[str, bytes] | None = None
    full: set[str] = field(default_factory=set)

    def bucket_exists(self, bucket: str) -> bool:  # noqa: ARG002 - there is one
        return self.objects is not None

    def ensure_bucket(self, bucket: str) -> bool:
        made = not self.bucket_exists(bucket)
        self.objects = self.objects or {}
        return made

    def get(self, bucket: str, key: str) -> Stored | None:
        if self.objects is None:
            raise AwsNotFound(f"No `{bucket}`.", code="NoSuchBucket")
        return Stored(self.objects[key], str(len(self.objects[key]))) if key in self.objects else None

    def put_new(self, bucket: str, key: str, body: bytes) -> str:  # noqa: ARG002 - there is one
        assert self.objects is not None
        if key in self.objects:
            raise AwsConflict("It exists.", code="PreconditionFailed")
        self.objects[key] = body
        return str(len(body))

    def put_over(self, bucket: str, key: str, body: bytes, *, etag: str) -> str:  # noqa: ARG002 - there is one
        assert self.objects is not None
        assert etag == str(len(self.objects[key]))
        self.objects[key] = body
        return str(len(body))

    def holds_anything(self, bucket: str) -> bool:
        return bucket in self.full

    def empty(self, bucket: str) -> None:
        self.full.discard(bucket)

    def delete_bucket(self, bucket: str) -> None:  # noqa: ARG002 - there is one
        self.objects = None


@dataclass(frozen=True)
class Target:
    address: str
    state: str = "healthy"


@dataclass
class FakeTargets:
    """The targets of every group."""

    found: list[Target] = field(default_factory=list)

    def target_health(self, target_group: str) -> list[Target]:  # noqa: ARG002 - every group has the same
        return self.found


@dataclass
class FakeTaskDefinitions:
    deleted: list[str] = field(default_factory=list)

    def delete_family(self, family: str) -> int:
        self.deleted.append(family)
        return 1


@dataclass
class Harness:
    """An environment's tools, all of them fakes but the working folder."""

    folder: Path
    processes: ScriptedProcesses
    store: FakeStore = field(default_factory=FakeStore)
    task_definitions: FakeTaskDefinitions = field(default_factory=FakeTaskDefinitions)
    images: FakeImages = field(default_factory=FakeImages)
    databases: FakeDatabases = field(default_factory=FakeDatabases)
    leftovers: FakeLeftovers = field(default_factory=FakeLeftovers)
    user_pools: FakeUserPools = field(default_factory=FakeUserPools)
    tasks: FakeRunningTasks = field(default_factory=FakeRunningTasks)
    targets: FakeTargets = field(default_factory=FakeTargets)
    answers: dict[str, int | str] = field(default_factory=dict)
    roles: FakeServiceRoles = field(default_factory=FakeServiceRoles)
    heard: list[Event] = field(default_factory=list)
    path: dict[str, str] = field(default_factory=lambda: {"terraform": TERRAFORM})
    clock: ManualClock = field(default_factory=ManualClock)

    @property
    def asker(self) -> Asker:
        return Asker(self.targets, lambda url, _: self.answers.get(url, "connection refused"), self.manifest)

    @property
    def manifest(self) -> EnvironmentManifest:
        return EnvironmentManifest(
            app="notes",
            environment="staging",
            account=None,
            region="eu-central-1",
            network=Network(),
            services={"api": Service(port=8000), "web": Service(port=8001, paths=("/web/*",))},
            site=None,
        )

    @property
    def tools(self) -> InfraTools:
        return InfraTools(
            manifest=self.manifest,
            names=Names("notes", "staging"),
            account="000000000000",
            access=Access("eu-central-1"),
            checkout=self.folder,
            workspace_name="staging",
            around=Surroundings({"XDG_DATA_DIRS": str(self.folder)}, self.folder, (), self.path.get),
            s3=self.store,
            task_definitions=self.task_definitions,
            clients=InfraClients(
                self.images, self.databases, self.leftovers, self.user_pools, self.tasks, self.asker, self.roles
            ),
            files={},
            processes=self.processes,
            clock=self.clock,
            events=Events(self.heard.append),
        )

    @property
    def ran(self) -> list[str]:
        return [command.argv[1] for command in self.processes.ran]

    def begin(self) -> None:
        """Make what the real ``init`` makes."""
        (self.tools.workspace.root / ".terraform").mkdir(parents=True)
