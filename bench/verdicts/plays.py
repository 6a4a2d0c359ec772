"""What is released in `bench/verdicts`, and by whom: the cases, the ways, and one play of a case in a way."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from quick_infra import QuickInfra

from seatrial.process.faults import set_fault
from tagship.manifest.load import loads
from tests.contract.conftest import REGION, RunningAws
from tests.seatrial.contract.ecs.harness import APP, IMAGE

GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@tagship.invalid", "-c", "commit.gpgsign=false")
DOCKERFILE: Final = f'FROM {IMAGE}\nCOPY app.py /app.py\nCMD ["python3", "/app.py"]\n'
TAGSHIP: Final = str(Path(sys.executable).parent / "tagship")
LATEST: Final = 11 * 60.0
"""Seconds after which a program that still waits is stopped, and its row says so."""

MANIFEST: Final = """\
app: {app}
region: {region}
network: {{nat: none}}
services:
  api:
    port: 8000
    drain: {drain}
    environment: {environment}
"""


@dataclass(frozen=True)
class Case:
    """What becomes of the new version.

    Args:
        title: in the table.
        environment: makes the application behave so.
        fault: of the embedded AWS, set just before.
        good: whether the new version comes to serve.
    """

    title: str
    environment: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    good: bool = False


CASES: Final = {
    "good": Case("starts well", good=True),
    "crash": Case("crashes at start (after 0.3 s)", {"CRASH_AFTER": "0.3"}),
    "late": Case("crashes after 5 s", {"CRASH_AFTER": "5"}),
    "ill": Case("health check says 503", {"HEALTH": "503"}),
    "missing": Case("image missing", fault="image-missing"),
    "slow": Case("starts listening after 120 s, grace period 30 s", {"LISTEN_AFTER": "120"}),
}


@dataclass(frozen=True)
class Setting:
    """How the service was built: the deregistration delay in seconds, and whether the circuit breaker is on."""

    key: str
    drain: int
    breaker: bool


SETTINGS: Final = (Setting("a", 300, breaker=True), Setting("c", 300, breaker=False), Setting("b", 30, breaker=True))


@dataclass
class Told:
    """What a way told, in seconds since the service deployment began; None is never.

    Args:
        fact: when it first said that the version serves, or that it fails.
        why: when it named a cause.
        end: when its program ended; None where it was stopped while it still waited.
        exit_code: of its program.
        words: its last words.
        status: of the service deployment, when it ended.
    """

    fact: float | None = None
    why: float | None = None
    end: float | None = None
    exit_code: int | None = None
    words: str = ""
    status: str = ""


class Play:
    """One service of its own, released once well and once as the case is."""

    def __init__(self, aws: RunningAws, case: str, setting: Setting, way: str) -> None:
        self.aws, self.key, self.case, self.setting, self.way = aws, case, CASES[case], setting, way
        letters = "".join(character for character in way if character.isalnum())[-6:]
        self.app = f"v{setting.key}-{case}-{letters}"
        self.cluster = f"{self.app}-local"
        self._ecs = aws.client("ecs")

    def prepare(self, folder: Path) -> None:
        """Infrastructure, a repository with both versions, and the first one released, the same way for all."""
        # What programs say is kept outside: tagship ships no checkout with files that nobody committed.
        self._folder, self._said = folder / self.app, folder / f"{self.app}.txt"
        self._folder.mkdir()
        (self._folder / "Dockerfile").write_text(DOCKERFILE)
        (self._folder / "app.py").write_text(APP)
        self._git("init", "-q")
        QuickInfra(
            self.aws, loads(self._commit("v1.0.0", {})).for_environment("local"), breaker=self.setting.breaker
        ).build()
        self._commit("v1.1.0", self.case.environment)
        done = self._run([TAGSHIP, "deploy", "v1.0.0", "--probe", "off"])
        if done.wait() or self._service()["runningCount"] != 2:  # noqa: PLR2004 - as the manifest has it
            sys.exit(f"{self.app}: the first release failed: {(self._folder / 'words').read_text()}")

    def act(self) -> Told:
        """Release the second one; what was told, and when."""
        if self.case.fault:
            set_fault(self.aws.settings, {"kind": self.case.fault, "service": self._service()["serviceArn"]})
        before = self._service()["currentServiceDeployment"]
        told = Told()
        with self._program() as program:
            began = self._began(before, program)
            self._follow(program, began, told)
        told.status = self._deployment(self._own)["status"]
        return told

    def _program(self) -> "subprocess.Popen[str]":
        if self.way.startswith("tagship"):
            until = "live" if self.way.endswith("live") else "drained"
            return self._run([TAGSHIP, "deploy", "v1.1.0", "--probe", "off", "--json-lines", "--until", until])
        definition = self._definition()
        if self.way == "cli":
            revision = self._ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"]
            named = f"--cluster {self.cluster} --service api --task-definition {revision}"
            wait = f"ecs wait services-stable --cluster {self.cluster} --services api"
            aws = os.environ.get("BENCH_AWS_CLI", "aws")
            return self._run(["sh", "-ec", f"{aws} ecs update-service {named} >/dev/null; {aws} {wait}"])
        path = self._said.with_suffix(".json")
        path.write_text(json.dumps(definition))
        inputs = {
            "INPUT_TASK-DEFINITION": str(path),
            "INPUT_CLUSTER": self.cluster,
            "INPUT_SERVICE": "api",
            "INPUT_WAIT-FOR-SERVICE-STABILITY": "true",
            "GITHUB_WORKSPACE": str(self._folder),
        }
        return self._run(["node", f"{self.way}/dist/index.js"], inputs)

    def _definition(self) -> dict[str, Any]:
        """The second revision as those write it who register it themselves: the first, with what is new."""
        found = self._ecs.describe_task_definition(taskDefinition=self._service()["taskDefinition"])["taskDefinition"]
        container = found["containerDefinitions"][0]
        new = [{"name": name, "value": value} for name, value in {"NEW": "1", **self.case.environment}.items()]
        container["environment"] = [*container["environment"], *new]
        kept = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory", "executionRoleArn", "taskRoleArn")
        return {**{name: found[name] for name in kept}, "containerDefinitions": [container]}

    def _began(self, before: str, program: "subprocess.Popen[str]") -> datetime:
        """When the service deployment of the update began."""
        while (own := self._service()["currentServiceDeployment"]) == before:
            if program.poll():
                sys.exit(f"{self.app}: the second release was not begun: {self._said.read_text()}")
            time.sleep(0.2)
        self._own = own
        began: datetime = self._deployment(own)["createdAt"]
        return began

    def _follow(self, program: "subprocess.Popen[str]", began: datetime, told: Told) -> None:
        def since() -> float:
            return (datetime.now(UTC) - began).total_seconds()

        path, heard = self._said, 0
        while program.poll() is None and since() < LATEST:
            heard = self._hear(path, heard, told, since())
            time.sleep(0.1)
        self._hear(path, heard, told, since())
        if program.poll() is None:
            program.terminate()
            program.wait()
        else:
            told.end, told.exit_code = since(), program.returncode
            told.fact = told.end if told.fact is None else told.fact
        lines = [line for line in path.read_text().splitlines() if line.strip()]
        told.words = lines[-1] if lines else ""

    def _hear(self, path: Path, heard: int, told: Told, now: float) -> int:
        """The first line that says how it goes; only tagship says anything before its end."""
        if not self.way.startswith("tagship"):
            return heard
        lines = path.read_text().splitlines()
        kinds = {json.loads(line)["event"] for line in lines[heard:] if line.startswith("{") and line.endswith("}")}
        if told.fact is None and kinds & {"went_live", "failed_fast", "rollback_began"}:
            told.fact = now
        if told.why is None and "diagnosed" in kinds:
            told.why = now
        return len(lines)

    def _commit(self, tag: str, environment: Mapping[str, str]) -> str:
        text = MANIFEST.format(
            app=self.app, region=REGION, drain=self.setting.drain, environment=json.dumps(dict(environment))
        )
        (self._folder / "tagship.yaml").write_text(text)
        self._git("add", "Dockerfile", "app.py", "tagship.yaml")
        self._git("commit", "-q", "--allow-empty", "-m", tag)
        self._git("-c", "tag.gpgsign=false", "tag", tag)
        return text

    def _git(self, *words: str) -> None:
        subprocess.run([*GIT, *words], cwd=self._folder, check=True)  # noqa: S603 - our words

    def _run(self, command: list[str], more: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        settings = self.aws.settings
        around = {
            **os.environ,
            "TAGSHIP_HOME": str(settings.home),
            "SEATRIAL_PORT": str(settings.port),
            "AWS_ENDPOINT_URL": settings.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            **self.aws.variables,
            **(more or {}),
        }
        with self._said.open("w") as words:
            return subprocess.Popen(  # noqa: S603 - our words
                command, cwd=self._folder, env=around, stdout=words, stderr=subprocess.STDOUT, text=True
            )

    def _service(self) -> dict[str, Any]:
        found: dict[str, Any] = self._ecs.describe_services(cluster=self.cluster, services=["api"])["services"][0]
        return found

    def _deployment(self, arn: str) -> dict[str, Any]:
        answer = self._ecs.describe_service_deployments(serviceDeploymentArns=[arn])
        found: dict[str, Any] = answer["serviceDeployments"][0]
        return found
