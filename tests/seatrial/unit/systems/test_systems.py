"""The table of systems is whole, and told the same everywhere."""

import re
from pathlib import Path

import pytest

from seatrial.process.systems import SYSTEMS, System, systems
from tests.seatrial.unit.systems.page import PAGE, page

MODULES = Path(__file__).parents[4] / "src/tagship/infra/terraform/modules"

OF_A_RESOURCE = {
    "appautoscaling": "Application Auto Scaling",
    "athena": "Athena",
    "acm": "ACM",
    "cloudfront": "CloudFront",
    "cloudformation": "Cognito",  # the stack of one client of its
    "cloudwatch_event": "EventBridge",
    "cloudwatch_log": "CloudWatch Logs",
    "cloudwatch_query": "CloudWatch Logs",
    "cloudwatch": "CloudWatch metrics and alarms",
    "cognito": "Cognito",
    "db": "Aurora",
    "default_security_group": "VPC",
    "ecr": "ECR",
    "ecs": "ECS",
    "eip": "VPN",
    "flow_log": "VPC flow logs",
    "glue": "Athena",
    "iam_openid": "CI deploy role",
    "iam": "IAM",
    "instance": "VPN",
    "internet_gateway": "VPC",
    "kms": "KMS",
    "lambda": "Lambda",
    "lb": "ELB",
    "nat_gateway": "VPC",
    "network_interface": "VPN",
    "rds": "Aurora",
    "route53": "Route 53",
    "route": "VPC",
    "s3": "S3",
    "secretsmanager": "Secrets Manager",
    "security_group": "VPC",
    "sns": "SNS",
    "subnet": "VPC",
    "vpc": "VPC",
    "wafv2": "WAF",
}
"""Which system a resource of Terraform belongs to, by what its type begins with."""


def resources() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in MODULES.rglob("*.tf"))
    return {found for text in texts for found in re.findall(r'^resource "aws_(\w+)"', text, re.MULTILINE)}


def system_of(resource: str) -> str | None:
    fits = [start for start in OF_A_RESOURCE if f"{resource}_".startswith(f"{start}_")]
    return OF_A_RESOURCE[max(fits, key=len)] if fits else None


def test_every_resource_that_is_built_belongs_to_a_system_of_the_table() -> None:
    names = {system.name for system in SYSTEMS}
    assert {each: system_of(each) for each in resources() if system_of(each) not in names} == {}


def test_the_page_is_made_of_the_table() -> None:
    again = "run: python tests/seatrial/unit/systems/page.py"
    assert PAGE.read_text(encoding="utf-8") == page(), again


def test_no_system_is_there_twice() -> None:
    assert len({system.name for system in SYSTEMS}) == len(SYSTEMS)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_a_system_says_what_does_the_work_and_what_differs(system: System) -> None:
    assert system.by
    assert system.differs
    assert not (system.kind == "not there" and system.engine)


def test_without_a_docker_engine_what_runs_in_containers_is_not_there() -> None:
    found = {system.name: system for system in systems(engine=False)}
    assert {name for name, system in found.items() if system.differs == "no Docker engine answers"} == {
        "ECS",
        "Aurora",
        "Lambda",
        "Slack alerts",
        "Grafana",
    }
    assert found["ECS"].kind == "not there"
    assert found["S3"].kind == "real"


def test_with_one_every_system_is_as_the_table_says() -> None:
    assert systems(engine=True) == SYSTEMS
