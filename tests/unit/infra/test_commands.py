import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tagship.base.errors import AwsNotFound, NotReady, ProgramFailed, ProgramMissing, StateLocked
from tagship.base.events import Event, Events
from tagship.base.fakes import ManualClock, ScriptedProcesses, says
from tagship.base.process import Command, Completed
from tagship.infra import commands
from tagship.infra.environment import Access
from tagship.infra.events import PlanSummary, ResourceFinished, StageStarted
from tagship.infra.mirror import Surroundings
from tagship.infra.plan import Change, Plan
from tagship.infra.tools import InfraTools
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names
from tagship.manifest.service import Service
from tagship.manifest.systems import Network

TERRAFORM = "/bin/terraform"
VERSION = says(TERRAFORM, "version", stdout=json.dumps({"terraform_version": "1.11.4", "platform": "linux_amd64"}))
VPC = {"addr": "module.network.aws_vpc.this", "resource_type": "aws_vpc"}
PLANNED = json.dumps({"type": "planned_change", "change": {"resource": VPC, "action": "create"}})
MADE = json.dumps({"type": "apply_complete", "hook": {"resource": VPC, "action": "create", "elapsed_seconds": 11}})
OUTPUTS = json.dumps(
    {"schema": 1, "region": "eu-central-1", "account_id": "1", "url": "http://x", "cluster": "c", "services": {}}
).encode()
CREATE_VPC = Plan((Change(VPC["addr"], "aws_vpc", "create"),))


def complaint(summary: str) -> str:
    return json.dumps({"type": "diagnostic", "diagnostic": {"severity": "error", "summary": summary}})


@dataclass(frozen=True)
class Stored:
    body: bytes


@dataclass
class FakeStore:
    """One bucket: there or not."""

    objects: dict[str, bytes] | None = None

    def bucket_exists(self, bucket: str) -> bool:  # noqa: ARG002 - there is one
        return self.objects is not None

    def ensure_bucket(self, bucket: str) -> bool:
        made = not self.bucket_exists(bucket)
        self.objects = self.objects or {}
        return made

    def get(self, bucket: str, key: str) -> Stored | None:
        if self.objects is None:
            raise AwsNotFound(f"No `{bucket}`.", code="NoSuchBucket")
        return Stored(self.objects[key]) if key in self.objects else None

    def delete_bucket(self, bucket: str) -> None:  # noqa: ARG002 - there is one
        self.objects = None


@dataclass
class FakeTaskDefinitions:
    deleted: list[str] = field(default_factory=list)

    def delete_family(self, family: str) -> int:
        self.deleted.append(family)
        return 1


@dataclass
class Scene:
    """An environment's tools, all of them fakes but the working folder."""

    folder: Path
    processes: ScriptedProcesses
    store: FakeStore = field(default_factory=FakeStore)
    task_definitions: FakeTaskDefinitions = field(default_factory=FakeTaskDefinitions)
    heard: list[Event] = field(default_factory=list)
    path: dict[str, str] = field(default_factory=lambda: {"terraform": TERRAFORM})

    @property
    def tools(self) -> InfraTools:
        return InfraTools(
            manifest=EnvironmentManifest(
                app="notes",
                environment="staging",
                account=None,
                region="eu-central-1",
                network=Network(),
                services={"api": Service(port=8000), "web": Service(port=8001, paths=("/web/*",))},
                site=None,
            ),
            names=Names("notes", "staging"),
            account="000000000000",
            access=Access("eu-central-1"),
            checkout=self.folder,
            around=Surroundings({"XDG_DATA_DIRS": str(self.folder)}, self.folder, (), self.path.get),
            s3=self.store,
            task_definitions=self.task_definitions,
            processes=self.processes,
            clock=ManualClock(),
            events=Events(self.heard.append),
        )

    @property
    def ran(self) -> list[str]:
        return [command.argv[1] for command in self.processes.ran]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    processes = ScriptedProcesses(
        VERSION,
        says(TERRAFORM, "init"),
        says(TERRAFORM, "plan", stdout=PLANNED),
        says(TERRAFORM, "apply", stdout=MADE),
    )
    (tmp_path / "root").mkdir()
    scene = Scene(tmp_path, processes)
    (scene.tools.workspace.root / ".terraform").mkdir(parents=True)  # what the real `init` makes
    return scene


def test_a_plan_makes_the_bucket_first_and_tells_each_stage(scene: Scene) -> None:
    assert commands.plan(scene.tools) == CREATE_VPC

    assert scene.store.objects == {}
    assert [event.stage for event in scene.heard if isinstance(event, StageStarted)] == ["bucket", "init", "plan"]
    assert scene.heard[-1] == PlanSummary(add=1, change=0, destroy=0)


def test_without_terraform_nothing_is_touched(scene: Scene) -> None:
    scene.path = {}

    with pytest.raises(ProgramMissing):
        commands.plan(scene.tools)

    assert scene.store.objects is None


def test_apply_does_exactly_the_saved_plan_and_reads_what_stands(scene: Scene) -> None:
    scene.store.objects = {"infra/outputs.json": OUTPUTS}

    done = commands.apply(scene.tools, CREATE_VPC)

    assert scene.processes.ran[-1].argv == (TERRAFORM, "apply", "-json", "-input=false", "plan.tfplan")
    assert scene.processes.ran[-1].cwd == scene.tools.workspace.root
    assert ResourceFinished(VPC["addr"], "create", 11.0) in scene.heard
    assert done.infrastructure.url == "http://x"


def test_an_empty_plan_applies_nothing(scene: Scene) -> None:
    scene.store.objects = {"infra/outputs.json": OUTPUTS}

    commands.apply(scene.tools, Plan())

    assert scene.ran == []


def test_output_of_nothing_says_what_to_type(scene: Scene) -> None:
    with pytest.raises(NotReady) as caught:
        commands.output(scene.tools)

    assert caught.value.hint == "tagship infra apply --env staging"


def test_destroy_takes_revisions_bucket_and_working_folder_last(scene: Scene) -> None:
    scene.store.objects = {"terraform.tfstate": b"{}"}

    commands.destroy(scene.tools, commands.plan_destroy(scene.tools))

    assert "-destroy" in next(command.argv for command in scene.processes.ran if command.argv[1] == "plan")
    names = Names("notes", "staging")
    assert scene.task_definitions.deleted == [names.task_family("api"), names.task_family("web")]
    assert not scene.store.bucket_exists("any")
    assert not scene.tools.workspace.folder.exists()


def test_destroying_what_is_not_there_runs_no_terraform(scene: Scene) -> None:
    assert commands.plan_destroy(scene.tools) == Plan()
    commands.destroy(scene.tools, Plan())

    assert scene.ran == []


def test_a_destroy_that_fails_keeps_the_bucket_with_the_state(scene: Scene) -> None:
    scene.processes = ScriptedProcesses(
        VERSION, says(TERRAFORM, "apply", stdout=complaint("DependencyViolation"), returncode=1)
    )
    scene.store.objects = {"terraform.tfstate": b"{}"}

    with pytest.raises(ProgramFailed, match="could not destroy:\n  DependencyViolation"):
        commands.destroy(scene.tools, CREATE_VPC)

    assert scene.store.objects == {"terraform.tfstate": b"{}"}
    assert scene.task_definitions.deleted == []


def test_a_locked_state_ends_the_plan(scene: Scene) -> None:
    scene.processes = ScriptedProcesses(
        VERSION, says(TERRAFORM, "plan", stdout=complaint("Error acquiring the state lock"), returncode=1)
    )

    with pytest.raises(StateLocked):
        commands.plan(scene.tools)


def test_a_crash_without_a_word_of_its_own_still_quotes_what_was_said(scene: Scene) -> None:
    scene.processes = ScriptedProcesses(VERSION, says(TERRAFORM, "plan", stderr="panic: no memory", returncode=2))

    with pytest.raises(ProgramFailed, match="panic: no memory"):
        commands.plan(scene.tools)


def test_init_that_fails_quotes_terraform_from_its_first_error_on(scene: Scene) -> None:
    said = "Initializing the backend...\n╷\n│ Error: Failed to query available provider packages\n│\n│ Could not …\n╵\n"
    scene.processes = ScriptedProcesses(VERSION, says(TERRAFORM, "init", stderr=said, returncode=1))

    with pytest.raises(ProgramFailed) as caught:
        commands.plan(scene.tools)

    assert caught.value.message == (
        "Terraform could not initialise:\n  Error: Failed to query available provider packages\n  Could not …"
    )


def test_unlock_names_the_lock_to_terraform(scene: Scene) -> None:
    commands.unlock(scene.tools, "0d1c-7ab5")

    assert scene.processes.ran[-1].argv == (TERRAFORM, "force-unlock", "-force", "0d1c-7ab5")


def test_a_lock_that_is_not_the_one_held_is_told_in_one_plain_line(scene: Scene) -> None:
    said = "\x1b[31mFailed to unlock state: lock ID 'a' does not match the existing lock ID 'b'\nLock Info:\n"
    scene.processes = ScriptedProcesses(VERSION, says(TERRAFORM, "force-unlock", stderr=said, returncode=1))

    with pytest.raises(ProgramFailed) as caught:
        commands.unlock(scene.tools, "a")

    assert caught.value.message == (
        "Terraform could not unlock: Failed to unlock state: lock ID 'a' does not match the existing lock ID 'b'"
    )


def test_ctrl_c_is_told_after_terraform_has_ended(scene: Scene) -> None:
    def interrupted(command: Command) -> Completed | None:
        if command.argv[1] == "apply":
            raise KeyboardInterrupt
        return None

    scene.processes = ScriptedProcesses(interrupted, VERSION)

    with pytest.raises(KeyboardInterrupt):
        commands.apply(scene.tools, CREATE_VPC)

    assert type(scene.heard[-1]).__name__ == "TerraformInterrupted"
