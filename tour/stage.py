"""Where the tour is played: a checkout of the example, an environment of its own, and one AWS."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import boto3
import httpx

from scripts.demo_app import DemoApp
from seatrial.core.pages import CONSTRAINTS_PATH
from seatrial.core.settings import InstanceSettings
from seatrial.process import instance
from tagship.base.errors import ProgramFailed
from tagship.base.process import Command, SystemProcesses
from tagship.manifest.address import On
from tagship.manifest.names import Names
from tour import people

ENVIRONMENT: Final = "tour"
REGION: Final = "eu-central-1"
MINUTE: Final = 5.0
"""Seconds of AWS's minute on the embedded AWS: scaling waits for several of them."""

SYSTEMS: Final = """
site:
  folder: web
network: {nat: single, endpoints: [s3, ecr, logs, secrets], flow_logs: true}
database: {version: "17.7", readers: {min: 1, max: 2}, capacity: {min: 0.5, max: 2}}
auth: {groups: [grafana-admin]}
firewall: {mode: count, large_bodies: [/api/upload/*], block_countries: [KP], load_balancer: true}
traffic: {days: 30}
alerts: {emails: [ops@example.org]}
dashboards: {}
vpn: {}
github: {repository: example/notes}
"""
"""What a manifest says beside its services: every system that it knows."""

_ENVIRONMENTS: Final = f"""
environments:
  {ENVIRONMENT}: {{protect: false}}
"""
_SCALING: Final = "    scaling: {cpu: null, requests: 20}\n"


@dataclass(frozen=True)
class Stage:
    """One AWS, and the app that is shipped to it.

    Args:
        folder: everything that the tour makes is in there.
        on: which AWS.
        port: of the embedded AWS.
    """

    folder: Path
    on: On
    port: int
    processes: SystemProcesses = field(default_factory=SystemProcesses)

    @property
    def embedded(self) -> bool:
        """Whether it is the embedded AWS."""
        return self.on != "aws"

    @property
    def minute(self) -> float:
        """Seconds of AWS's minute."""
        return MINUTE if self.embedded else 60.0

    @cached_property
    def app(self) -> DemoApp:
        """The app's repository."""
        return DemoApp(self.folder / "app")

    @property
    def manifest(self) -> Path:
        """Its manifest."""
        return self.app.folder / "tagship.yaml"

    @property
    def cluster(self) -> str:
        """The ECS cluster's name."""
        return Names("notes", ENVIRONMENT).cluster

    @property
    def service(self) -> str:
        """The app's ECS service; Grafana's is beside it."""
        return Names("notes", ENVIRONMENT).service("api")

    @property
    def bucket(self) -> str:
        """The environment's bucket."""
        account = self.client("sts").get_caller_identity()["Account"]
        return Names("notes", ENVIRONMENT).bucket(account, REGION)

    def prepare(self) -> None:
        """Have the app, and the AWS."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.app.prepare():
            text = self.manifest.read_text(encoding="utf-8").replace(
                "    count:\n", f"    paths: [/api/*]\n{_SCALING}    count:\n"
            )
            self.manifest.write_text(text + SYSTEMS + _ENVIRONMENTS, encoding="utf-8")
            self.app.commit("Describe the whole architecture")
        if self.embedded:
            self.tagship("local", "up")
            people.make_operator(self.client("iam"), self.asked("infra", "policy"))

    @property
    def players(self) -> str:
        """Who plays, in words."""
        if not self.embedded:
            return "the owner of your credentials"
        operator = f"`{people.OPERATOR}`, which has the policies of `tagship infra policy` and no others"
        return f"{operator}; releases by `{people.DEPLOYER}`"

    def clear(self) -> None:
        """Take the embedded AWS away."""
        if self.embedded and self.app.folder.exists():
            self.tagship("local", "reset", "--yes")

    def tagship(self, *words: str) -> str:
        """What a command printed.

        Raises:
            ProgramFailed: its exit code is not 0.
        """
        variables = {**self._variables, **({"TAGSHIP_LOCAL_ROLE": people.role_of(words)} if self.embedded else {})}
        command = Command((sys.executable, "-m", "tagship", *words), cwd=self.app.folder, env=variables)
        return self.processes.run(command).stdout

    def type(self, *words: str) -> str:
        """The same, about the tour's environment."""
        ours, separator, theirs = _split(words)
        return self.tagship(*ours, "--env", ENVIRONMENT, "--on", self.on, *separator, *theirs)

    def asked(self, *words: str) -> Any:  # noqa: ANN401 - JSON
        """What a command printed as JSON."""
        return json.loads(self.type(*words, "--json"))

    def refused(self, *words: str) -> ProgramFailed | None:
        """How a command failed; None where it did not."""
        try:
            self.type(*words)
        except ProgramFailed as failed:
            return failed
        return None

    def ship(self) -> str:
        """Tag what is committed with the next version, and release it; returns the version."""
        version = self.app.next_version()
        self.app.tag(version)
        self.type("deploy", version)
        return version

    def client(self, service: str, region: str = REGION) -> Any:  # noqa: ANN401 - a boto3 client
        """Looks at AWS past tagship."""
        access: dict[str, str] = {}
        if self.embedded:
            keys = instance.keys_of(self._settings)
            access = {
                "endpoint_url": self._settings.endpoint,
                "aws_access_key_id": keys.access_key,
                "aws_secret_access_key": keys.secret_key,
            }
        return boto3.client(service, region_name=region, **access)  # type: ignore[call-overload]

    def limits(self) -> Mapping[str, Mapping[str, int]]:
        """How many calls met AWS's documented limits, by service; nothing where no embedded AWS runs to say it."""
        if not self.embedded or not instance.status(self._settings).running:
            return {}
        url = f"{self._settings.endpoint}{CONSTRAINTS_PATH}"
        told = httpx.get(url, headers=instance.shown(self._settings), trust_env=False).raise_for_status().json()
        found: Mapping[str, Mapping[str, int]] = told["services"]
        return found

    @property
    def _settings(self) -> InstanceSettings:
        return InstanceSettings.from_environment({**os.environ, **self._variables, "SEATRIAL_HOME": str(self._home)})

    @property
    def _home(self) -> Path:
        return self.folder / "home"

    @property
    def _variables(self) -> Mapping[str, str]:
        if not self.embedded:
            return {}
        return {
            "TAGSHIP_HOME": str(self._home),
            "SEATRIAL_PORT": str(self.port),
            "SEATRIAL_FRONT_DOOR_PORT": str(self.port + 4000),
            "SEATRIAL_MINUTE": str(MINUTE),
        }


def _split(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Options stand before ``--``, behind which everything belongs to a container's command."""
    if "--" not in words:
        return words, (), ()
    at = words.index("--")
    return words[:at], ("--",), words[at + 1 :]
