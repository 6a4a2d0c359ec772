"""Terraform's own resources of Application Auto Scaling: what is applied is what is found."""

import os
import shutil
from pathlib import Path

import pytest

from seatrial.ground.clock import SystemClock
from seatrial.ground.errors import ProgramMissing
from seatrial.ground.process import Command, Completed, SystemProcesses
from tagship.infra import program
from tagship.infra.environment import Access, process_environment
from tagship.infra.mirror import Surroundings, configuration, find_mirror, user_configuration
from tests.contract.conftest import RunningAws

pytestmark = pytest.mark.terraform


class Root:
    """A Terraform root of its own, against one embedded AWS."""

    def __init__(self, folder: Path, aws: RunningAws) -> None:
        around = Surroundings(os.environ, Path.home())
        try:
            self._program = program.find(SystemProcesses())
        except ProgramMissing as error:
            pytest.skip(str(error))
        mirror = find_mirror(around, self._program, SystemClock())
        path = user_configuration(around)
        if mirror:
            path = folder / "cli.tfrc"
            path.write_text(configuration(mirror, self._program))
        self._folder = folder
        access = Access("eu-central-1", credentials=aws.variables)
        self._env = process_environment(around.environ, access, cli_configuration=path, plugin_cache=None)
        self._variable = f"-var=endpoint={aws.endpoint}"
        shutil.copy(Path(__file__).with_name("main.tf"), folder / "main.tf")
        assert self._run("init").returncode == 0

    def apply(self, *words: str) -> Completed:
        return self._run("apply", "-auto-approve", self._variable, *words)

    def plan(self, *words: str) -> Completed:
        return self._run("plan", "-detailed-exitcode", self._variable, *words)

    def destroy(self) -> Completed:
        return self._run("destroy", "-auto-approve", self._variable)

    def _run(self, *words: str) -> Completed:
        command = Command((self._program.path, *words, "-input=false", "-no-color"), cwd=self._folder, env=self._env)
        return SystemProcesses().run(command, check=False)


@pytest.fixture
def root(tmp_path: Path, local_aws: RunningAws) -> Root:
    """Beside it, a service without tasks: what it has is no business of this test."""
    ecs = local_aws.client("ecs")
    ecs.create_cluster(clusterName="terraform")
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "app", "image": "none", "memory": 64}])
    ecs.create_service(cluster="terraform", serviceName="web", taskDefinition="web", desiredCount=0)
    return Root(tmp_path, local_aws)


def test_a_plan_after_an_apply_is_empty_and_a_destroy_leaves_nothing(root: Root, local_aws: RunningAws) -> None:
    applied = root.apply()
    assert applied.returncode == 0, applied.stderr
    planned = root.plan()
    assert planned.returncode == 0, planned.stdout
    changed = root.apply("-var=percent=70")
    assert "0 added, 1 changed, 0 destroyed" in changed.stdout, changed.stderr
    assert root.plan("-var=percent=70").returncode == 0
    scaling, cloudwatch = local_aws.client("application-autoscaling"), local_aws.client("cloudwatch")
    made = {alarm["AlarmName"] for policy in policies(scaling) for alarm in policy["Alarms"]}
    found = cloudwatch.describe_alarms(AlarmNamePrefix="TargetTracking-service/terraform/web-")["MetricAlarms"]
    assert len(made) == 7
    assert {alarm["AlarmName"] for alarm in found} == made
    destroyed = root.destroy()
    assert destroyed.returncode == 0, destroyed.stderr
    assert policies(scaling) == []
    left = cloudwatch.describe_alarms(AlarmNamePrefix="TargetTracking-service/terraform/web-")["MetricAlarms"]
    assert left == []


def policies(scaling: object) -> list[dict[str, list[dict[str, str]]]]:
    resource = "service/terraform/web"
    answer = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=resource)  # type: ignore[attr-defined]
    return list(answer["ScalingPolicies"])
