"""One suite for ECS in memory and for the door to the embedded AWS."""

from uuid import uuid4

import pytest

from tagship.aws.ecr import AwsEcr
from tagship.aws.ecs import AwsEcs
from tagship.aws.ecs_shapes import ServiceChange
from tagship.aws.elb import AwsElb
from tagship.aws.fakes import FakeEcs
from tagship.aws.logs import AwsLogs
from tagship.base.errors import AwsNotFound
from tests.contract.aws.harness import Place, create_service, definition, session
from tests.contract.aws.harness import place as make_place
from tests.contract.conftest import RunningAws


@pytest.fixture(params=["fake", "embedded"])
def place(request: pytest.FixtureRequest) -> Place:
    return make_place(request, FakeEcs())


def test_a_service_names_its_revision_and_its_count(place: Place) -> None:
    service = place.ecs.service(place.cluster, "api")
    assert service.task_definition.endswith(f"/{place.family}:1")
    assert service.desired == 0


def test_a_service_that_is_not_there_is_not_found(place: Place) -> None:
    with pytest.raises(AwsNotFound):
        place.ecs.service(place.cluster, "nobody")


def test_services_come_in_the_order_of_their_names_however_many(place: Place, request: pytest.FixtureRequest) -> None:
    names = [f"s{number}" for number in (3, 11, 1, 7, 2, 10, 5, 9, 4, 8, 6)]
    for name in names:
        if isinstance(place.ecs, FakeEcs):
            place.ecs.create_service(place.cluster, name, definition(place.family))
        else:
            create_service(request.getfixturevalue("local_aws"), place.cluster, name, place.family)
    assert [service.name for service in place.ecs.services(place.cluster, names)] == names
    with pytest.raises(AwsNotFound, match="nobody"):
        place.ecs.services(place.cluster, ["api", "nobody"])


def test_a_revision_comes_back_as_it_was_registered_with_its_tags(place: Place) -> None:
    revision = place.ecs.register(definition(place.family, "next"), {"tagship:version": "v1.0.0"})
    found = place.ecs.revision(revision.arn)
    assert found.name == f"{place.family}:2"
    assert found.definition["containerDefinitions"][0]["image"] == "next"
    assert (found.tags, found.active) == ({"tagship:version": "v1.0.0"}, True)


def test_a_family_stands_for_its_newest_active_revision(place: Place) -> None:
    newest = place.ecs.register(definition(place.family, "next"), {})
    assert place.ecs.revision(place.family).arn == newest.arn


def test_a_revision_that_is_not_there_is_not_found(place: Place) -> None:
    with pytest.raises(AwsNotFound):
        place.ecs.revision(f"{place.family}:99")


def test_another_revision_starts_a_service_deployment_that_names_it(place: Place) -> None:
    before = {deployment.arn for deployment in place.ecs.service_deployments(place.cluster, "api")}
    revision = place.ecs.register(definition(place.family, "next"), {})
    place.ecs.update_service(place.cluster, "api", ServiceChange(revision.arn))
    newest = place.ecs.service_deployments(place.cluster, "api")[0]
    assert newest.arn not in before
    assert newest.task_definition == revision.arn
    assert place.ecs.service_deployment(newest.arn).arn == newest.arn


def test_the_same_revision_starts_nothing(place: Place) -> None:
    before = len(place.ecs.service_deployments(place.cluster, "api"))
    current = place.ecs.service(place.cluster, "api").task_definition
    place.ecs.update_service(place.cluster, "api", ServiceChange(current, desired=0))
    assert len(place.ecs.service_deployments(place.cluster, "api")) == before


def test_a_service_deployment_that_is_not_there_is_not_found_or_left_out(place: Place) -> None:
    arn = f"arn:aws:ecs:eu-central-1:000000000000:service-deployment/{place.cluster}/api/{'x' * 21}"
    there = place.ecs.service_deployments(place.cluster, "api")[0]
    assert [found.arn for found in place.ecs.deployments([arn, there.arn])] == [there.arn]
    assert place.ecs.deployments([]) == []
    with pytest.raises(AwsNotFound):
        place.ecs.service_deployment(arn)


def test_a_service_without_tasks_has_none(place: Place) -> None:
    assert place.ecs.tasks(place.cluster, "api") == []
    assert place.ecs.tasks(place.cluster, "api", stopped=True) == []


def test_a_family_is_deleted_with_every_revision(local_aws: RunningAws) -> None:
    ecs, family = AwsEcs(session(local_aws)), f"contract-{uuid4().hex[:12]}"
    for number in range(12):
        ecs.register(definition(family, str(number)), {})
    assert ecs.delete_family(family) == 12
    assert ecs.delete_family(family) == 0


def test_an_image_that_is_not_there_has_no_digest_and_a_repository_must_exist(local_aws: RunningAws) -> None:
    ecr, name = AwsEcr(session(local_aws)), f"contract-{uuid4().hex[:12]}"
    with pytest.raises(AwsNotFound):
        ecr.digest_of(name, "v1.0.0")
    local_aws.client("ecr").create_repository(repositoryName=name)
    assert ecr.digest_of(name, "v1.0.0") is None
    assert not ecr.has(name, f"sha256:{'0' * 64}")


def test_the_registry_is_where_docker_reaches_it(local_aws: RunningAws) -> None:
    sign_in = AwsEcr(session(local_aws)).sign_in()
    assert (sign_in.registry, sign_in.username) == (local_aws.settings.registry, "AWS")


def test_lines_come_back_in_order_and_a_missing_stream_is_empty(local_aws: RunningAws) -> None:
    logs, client, group = AwsLogs(session(local_aws)), local_aws.client("logs"), f"/contract/{uuid4().hex}"
    assert logs.last_lines(group, "none", 10) == []
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="one")
    now = 1_790_000_000_000
    events = [{"timestamp": now + number, "message": f"line {number}"} for number in range(5)]
    client.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)
    assert logs.last_lines(group, "one", 2) == ["line 3", "line 4"]


def test_a_target_group_without_targets_has_none(local_aws: RunningAws) -> None:
    client = local_aws.client("elbv2")
    vpc = local_aws.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    made = client.create_target_group(
        Name=f"contract-{uuid4().hex[:12]}", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
    )
    assert AwsElb(session(local_aws)).target_health(made["TargetGroups"][0]["TargetGroupArn"]) == []
