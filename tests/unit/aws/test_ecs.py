"""ListServiceDeployments: pages of at most 100, in an order that AWS does not promise, over 90 days."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any, cast

from tagship.aws.ecs import AwsEcs
from tagship.aws.ecs_shapes import OneOff
from tagship.aws.session import Aws

MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)


class Client:
    """An ECS of many service deployments, a minute apart; the session and its client in one."""

    def __init__(self, count: int) -> None:
        self.times = {f"d{number}": MIDNIGHT + timedelta(minutes=number) for number in range(count)}
        self.described: list[int] = []
        self.ran: dict[str, Any] = {}

    def client(self, _: str) -> "Client":
        return self

    def list_service_deployments(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        after = asked.get("createdAt", {}).get("after", MIDNIGHT - timedelta(days=1))
        found = [arn for arn, at in self.times.items() if at > after]
        Random(1).shuffle(found)
        first = int(asked.get("nextToken", 0))
        assert asked["maxResults"] <= 100
        last = first + asked["maxResults"]
        briefs = [
            {"serviceDeploymentArn": arn, "createdAt": self.times[arn], "status": "SUCCESSFUL"}
            for arn in found[first:last]
        ]
        return {"serviceDeployments": briefs, **({"nextToken": str(last)} if last < len(found) else {})}

    def describe_service_deployments(self, *, serviceDeploymentArns: list[str]) -> dict[str, Any]:  # noqa: N803 - AWS's
        self.described.append(len(serviceDeploymentArns))
        return {
            "serviceDeployments": [
                {"serviceDeploymentArn": arn, "status": "SUCCESSFUL", "createdAt": self.times[arn]}
                for arn in serviceDeploymentArns
            ]
        }

    def run_task(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        self.ran = asked
        return {"tasks": [{"taskArn": "t", "taskDefinitionArn": "d", "lastStatus": "PROVISIONING"}], "failures": []}


def test_the_newest_service_deployments_are_found_on_whatever_page_they_are() -> None:
    client = Client(450)
    found = AwsEcs(cast("Aws", client)).service_deployments("shop", "api")
    assert [deployment.arn for deployment in found] == [f"d{number}" for number in range(449, 429, -1)]
    assert client.described == [20]


def test_what_began_since_a_moment_is_found_without_the_rest() -> None:
    found = AwsEcs(cast("Aws", Client(450))).service_deployments("shop", "api", MIDNIGHT + timedelta(minutes=448))
    assert {"d449", "d448"} <= {deployment.arn for deployment in found}
    assert len(found) <= 3


def test_how_the_newest_is_takes_the_list_alone() -> None:
    client = Client(450)
    found = AwsEcs(cast("Aws", client)).newest_deployment("shop", "api")
    assert found is not None
    assert (found.arn, found.status, found.finished_at) == ("d449", "SUCCESSFUL", None)
    assert client.described == []


def test_of_a_service_without_any_nothing_is_described() -> None:
    client = Client(0)
    assert AwsEcs(cast("Aws", client)).service_deployments("shop", "api") == []
    assert AwsEcs(cast("Aws", client)).newest_deployment("shop", "api") is None
    assert client.described == []


def test_a_task_is_run_with_texts_that_ecs_takes() -> None:
    client = Client(0)
    who, token = "tagship/run/ann@desk (GitHub run 1)", f"migrate-7-{'long' * 60}:1"
    AwsEcs(cast("Aws", client)).run_task("shop", OneOff("d", "api", ("x",), {}, who, token))
    assert client.ran["startedBy"] == "tagship/run/ann-desk--GitHub-run-1-"
    assert len(client.ran["clientToken"]) == 64


def test_times_are_in_utc_whatever_zone_the_machine_is_in() -> None:
    client = Client(1)
    client.times["d0"] = MIDNIGHT.astimezone(timezone(timedelta(hours=9)))
    (found,) = AwsEcs(cast("Aws", client)).service_deployments("shop", "api")
    assert f"{found.created_at:%H:%M %z}" == "00:00 +0000"
