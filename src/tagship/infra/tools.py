"""What the commands of ``tagship infra`` work with, and how Terraform is made ready from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tagship.base.clock import Clock
from tagship.base.events import Events
from tagship.base.process import Processes
from tagship.infra import program
from tagship.infra.bucket import BucketStore
from tagship.infra.clients import InfraClients
from tagship.infra.environment import Access, process_environment
from tagship.infra.events import Stage, StageStarted
from tagship.infra.mirror import Surroundings, find_mirror, user_configuration
from tagship.infra.program import Program
from tagship.infra.terraform import Terraform
from tagship.infra.variables import variables
from tagship.infra.workspace import Content, Workspace, backend
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names


class TaskDefinitions(Protocol):
    """What infra needs of ECS, to leave nothing behind: the revisions that releases have registered."""

    def delete_family(self, family: str, /) -> int:
        """Deregister and delete every revision of a family; returns how many there were."""
        ...


@dataclass(frozen=True)
class InfraTools:
    """Everything that a command needs; built by ``wiring``.

    Args:
        manifest: the manifest as it holds for the environment.
        names: its AWS names.
        account: the AWS account of the credentials, twelve digits.
        access: the AWS that Terraform speaks to.
        checkout: the folder of ``tagship.yaml``; ``.tagship/`` lies in it.
        workspace_name: the name of the environment's folder in ``.tagship/``.
        around: the user's environment variables and home, searched for the provider.
        s3: the environment's bucket.
        task_definitions: the revisions that releases have registered.
        clients: what else is asked of AWS beside Terraform.
        files: what the root reads beside its variables; see ``workspace.Content``.
        processes: starts Terraform.
        clock: tells how long it took.
        events: told what happens.
    """

    manifest: EnvironmentManifest
    names: Names
    account: str
    access: Access
    checkout: Path
    workspace_name: str
    around: Surroundings
    s3: BucketStore
    task_definitions: TaskDefinitions
    clients: InfraClients
    files: Mapping[str, bytes]
    processes: Processes
    clock: Clock
    events: Events

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self.manifest.environment

    @property
    def bucket(self) -> str:
        """The environment's bucket."""
        return self.names.bucket(self.account, self.manifest.region)

    @property
    def workspace(self) -> Workspace:
        """Terraform's working folder."""
        return Workspace(self._folder / self.workspace_name / "terraform")

    def stage(self, stage: Stage, text: str) -> None:
        """Tell that something begins which takes a while."""
        self.events.emit(StageStarted(stage, text))

    def ready(self, *, lifted: bool = False, unprotected: bool = False, looking: bool = False) -> Terraform:
        """Terraform with its bucket, its working folder and its provider.

        Args:
            lifted: without ``prevent_destroy``.
            unprotected: whether the manifest's ``deletion_protection`` is off.
            looking: make nothing on AWS: where there is no bucket there is no state either. The plan that somebody
                else is about to apply in this folder stays.
        """
        found = program.find(
            self.processes, self.around.look_up
        )  # first of all: without Terraform, nothing has been touched
        detached = looking and not self.s3.bucket_exists(self.bucket)
        if not looking and self.s3.ensure_bucket(self.bucket):
            self.stage("bucket", f"Created the environment's bucket `{self.bucket}`")
        if not looking:
            self.workspace.forget_plan()
        self.workspace.write(self.content(unprotected=unprotected))
        self._unseen_by_git()
        if detached:
            self.workspace.detach()
        if lifted:
            self.workspace.lift()
        if not self.workspace.is_initialised(found):
            self.stage("init", "Installing the AWS provider and connecting to the state")
            self.workspace.take_provider_from(find_mirror(self.around, found, self.clock), found)
        terraform = self.terraform(found, looking=looking)
        terraform.init()
        return terraform

    def terraform(self, found: Program | None = None, *, looking: bool = False) -> Terraform:
        """Terraform in the working folder as ``ready`` has left it."""
        return Terraform(
            program=found or program.find(self.processes, self.around.look_up),
            workspace=self.workspace,
            environment=self.environment,
            env=self._process_environment(),
            processes=self.processes,
            clock=self.clock,
            events=self.events,
            looking=looking,
        )

    @property
    def _folder(self) -> Path:
        return self.checkout.resolve() / ".tagship"

    def _unseen_by_git(self) -> None:
        """Git leaves out tagship's own folder, also where neither ``init`` nor ``local up`` has been here."""
        ignoring = self._folder / ".gitignore"
        if not ignoring.exists():
            ignoring.write_text("*\n", encoding="utf-8")

    def content(self, *, unprotected: bool = False) -> Content:
        """What is written beside the modules."""
        own_endpoint = self.access.endpoint_url is not None
        written = variables(self.manifest, self.names, account=self.account)
        if unprotected:
            written = {"manifest": {**written["manifest"], "deletion_protection": False}}
        return Content(
            variables=written,
            backend=backend(self.bucket, self.manifest.region, own_endpoint=own_endpoint),
            own_endpoint=own_endpoint,
            files=self.files,
        )

    def _process_environment(self) -> dict[str, str | None]:
        configuration = self.workspace.provider_configuration() or user_configuration(self.around)
        cache = None if configuration or "TF_PLUGIN_CACHE_DIR" in self.around.environ else self._plugin_cache()
        return process_environment(
            self.around.environ, self.access, cli_configuration=configuration, plugin_cache=cache
        )

    def _plugin_cache(self) -> Path:
        """The provider has 700 MB: one copy for all environments. Terraform wants the folder to exist."""
        cache = self._folder / "plugins"
        cache.mkdir(parents=True, exist_ok=True)
        return cache
