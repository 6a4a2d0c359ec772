"""Terraform's own resources of Application Auto Scaling: what is applied is what is found."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tagship.base.process import Completed
from tests.contract.infra.conftest import PlainTerraform, around, found_program, terraform
from tests.seatrial.contract.conftest import RunningAws

pytestmark = pytest.mark.terraform

__all__ = ["around", "found_program", "terraform"]


class Root:
    """A Terraform root of its own, against one embedded AWS."""

    def __init__(self, folder: Path, aws: RunningAws, terraform: PlainTerraform) -> None:
        self._folder = folder
        self._terraform = replace(terraform, env={**terraform.env, **aws.variables})
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
        return self._terraform.run(self._folder, *words, "-input=false", "-no-color")


@pytest.fixture
def root(tmp_path: Path, local_aws: RunningAws, terraform: PlainTerraform) -> Root:
    """Beside it, a service without tasks: what it has is no business of this test."""
    ecs = local_aws.client("ecs")
    ecs.create_cluster(clusterName="terraform")
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "app", "image": "none", "memory": 64}])
    ecs.create_service(cluster="terraform", serviceName="web", taskDefinition="web", desiredCount=0)
    return Root(tmp_path, local_aws, terraform)


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
