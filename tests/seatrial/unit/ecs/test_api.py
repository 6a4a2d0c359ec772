"""What AWS documents, case by case; every answer is also held against botocore's model by the harness."""

import pytest

from tests.seatrial.unit.ecs.harness import NETWORK, Harness, fargate, service_parameters

UNKNOWN = "arn:aws:ecs:eu-west-1:000000000000:service-deployment/default/web/unknown"


async def test_a_cluster_is_made_described_tagged_and_deleted(ecs: Harness) -> None:
    made = await ecs.call("CreateCluster", clusterName="shop", tags=[{"key": "team", "value": "web"}])
    arn = "arn:aws:ecs:eu-west-1:000000000000:cluster/shop"
    assert (made["cluster"]["clusterArn"], made["cluster"]["status"]) == (arn, "ACTIVE")
    assert (await ecs.call("ListTagsForResource", resourceArn=arn))["tags"] == [{"key": "team", "value": "web"}]
    await ecs.call("TagResource", resourceArn=arn, tags=[{"key": "cost", "value": "1"}])
    await ecs.call("UntagResource", resourceArn=arn, tagKeys=["team"])
    described = (await ecs.call("DescribeClusters", clusters=["shop"], include=["TAGS", "SETTINGS"]))["clusters"][0]
    assert described["tags"] == [{"key": "cost", "value": "1"}]
    assert described["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert (await ecs.call("ListClusters"))["clusterArns"] == [arn]
    assert (await ecs.call("DeleteCluster", cluster=arn))["cluster"]["status"] == "INACTIVE"
    assert (await ecs.call("ListClusters"))["clusterArns"] == []


async def test_a_cluster_that_is_not_there_is_a_failure_not_an_error(ecs: Harness) -> None:
    answer = await ecs.call("DescribeClusters", clusters=["nowhere"])
    arn = "arn:aws:ecs:eu-west-1:000000000000:cluster/nowhere"
    assert answer == {"clusters": [], "failures": [{"arn": arn, "reason": "MISSING"}]}


async def test_a_cluster_with_a_service_is_not_deleted(ecs: Harness) -> None:
    await ecs.create(0)
    code, message = await ecs.refused("DeleteCluster", cluster="default")
    assert code == "ClusterContainsServicesException"
    assert message == "The Cluster cannot be deleted while Services are active."


async def test_capacity_providers_must_hold_the_default_strategy(ecs: Harness) -> None:
    await ecs.call("CreateCluster")
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    put = {"cluster": "default", "capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": strategy}
    assert (await ecs.refused("PutClusterCapacityProviders", **put))[0] == "InvalidParameterException"
    put["capacityProviders"] = ["FARGATE", "FARGATE_SPOT"]
    answer = await ecs.call("PutClusterCapacityProviders", **put)
    assert answer["cluster"]["defaultCapacityProviderStrategy"] == [{"weight": 1, "base": 0} | strategy[0]]


async def test_revisions_count_up_even_past_deleted_ones(ecs: Harness) -> None:
    first = await ecs.register()
    await ecs.call("DeregisterTaskDefinition", taskDefinition=first)
    deleted = await ecs.call("DeleteTaskDefinitions", taskDefinitions=[first])
    assert deleted["taskDefinitions"][0]["status"] == "DELETE_IN_PROGRESS"
    assert (await ecs.register()).endswith(":2")


async def test_a_family_alone_means_its_latest_active_revision(ecs: Harness) -> None:
    first, second = await ecs.register(), await ecs.register()
    described = await ecs.call("DescribeTaskDefinition", taskDefinition="web")
    assert described["taskDefinition"]["taskDefinitionArn"] == second
    await ecs.call("DeregisterTaskDefinition", taskDefinition=second)
    described = await ecs.call("DescribeTaskDefinition", taskDefinition="web")
    assert described["taskDefinition"]["taskDefinitionArn"] == first


async def test_a_registered_definition_has_awss_defaults(ecs: Harness) -> None:
    await ecs.register(healthCheck={"command": ["CMD", "true"]})
    spec = (await ecs.call("DescribeTaskDefinition", taskDefinition="web"))["taskDefinition"]
    container = spec["containerDefinitions"][0]
    assert container["portMappings"] == [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]
    assert container["essential"] is True
    assert [container[name] for name in ("environment", "mountPoints", "volumesFrom")] == [[], [], []]
    assert container["healthCheck"] == {"command": ["CMD", "true"], "interval": 30, "timeout": 5, "retries": 3}
    assert spec["compatibilities"] == ["EC2", "FARGATE"]


async def test_definitions_are_listed_by_family_and_status(ecs: Harness) -> None:
    first, second = await ecs.register(), await ecs.register()
    other = await ecs.register("other")
    await ecs.call("DeregisterTaskDefinition", taskDefinition=first)
    assert (await ecs.call("ListTaskDefinitions"))["taskDefinitionArns"] == [other, second]
    listed = await ecs.call("ListTaskDefinitions", familyPrefix="web", status="INACTIVE")
    assert listed["taskDefinitionArns"] == [first]
    assert (await ecs.call("ListTaskDefinitionFamilies"))["families"] == ["other", "web"]


async def test_a_list_is_paged(ecs: Harness) -> None:
    for name in ("one", "two", "three"):
        await ecs.call("CreateCluster", clusterName=name)
    first = await ecs.call("ListClusters", maxResults=2)
    second = await ecs.call("ListClusters", maxResults=2, nextToken=first["nextToken"])
    assert (len(first["clusterArns"]), len(second["clusterArns"])) == (2, 1)
    assert "nextToken" not in second


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cpu": "300"}, "No Fargate configuration exists for given values: 300 CPU, 512 memory."),
        ({"memory": "256"}, "No Fargate configuration exists for given values: 256 CPU, 256 memory."),
        ({"networkMode": "bridge"}, "Fargate only supports network mode"),
        ({"containerDefinitions": []}, "Container list cannot be empty."),
        ({"containerDefinitions": [{"name": "a"}]}, "Container.image should not be null or empty."),
        (
            {"containerDefinitions": [{"name": "a", "image": "i"}, {"name": "a", "image": "i"}]},
            "Container names must be unique",
        ),
        (
            {"containerDefinitions": [{"name": "a", "image": "i", "essential": False}]},
            "At least one container must be essential.",
        ),
        (
            {"containerDefinitions": [{"name": "a", "image": "i", "secrets": [{"name": "A", "valueFrom": "b"}]}]},
            "Fargate requires task definition to have execution role ARN to support container secrets.",
        ),
    ],
)
async def test_a_definition_that_fargate_cannot_run_is_refused(
    ecs: Harness, change: dict[str, object], message: str
) -> None:
    code, said = await ecs.refused("RegisterTaskDefinition", **(fargate() | change))
    assert code == "ClientException"
    assert said.startswith(message)


async def test_units_are_understood(ecs: Harness) -> None:
    answer = await ecs.call("RegisterTaskDefinition", **(fargate() | {"cpu": ".25 vCPU", "memory": "0.5 GB"}))
    assert (answer["taskDefinition"]["cpu"], answer["taskDefinition"]["memory"]) == ("256", "512")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"cluster": "nowhere"}, ("ClusterNotFoundException", "Cluster not found.")),
        ({"taskDefinition": "nothing"}, ("ClientException", "TaskDefinition not found.")),
        (
            {"networkConfiguration": None},
            (
                "InvalidParameterException",
                "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            ),
        ),
        (
            {"loadBalancers": [{"targetGroupArn": "a:b:c:d", "containerName": "app", "containerPort": 81}]},
            ("InvalidParameterException", "The container app did not have a container port 81 defined."),
        ),
        (
            {"loadBalancers": [{"targetGroupArn": "a:b:c:d", "containerName": "x", "containerPort": 80}]},
            ("InvalidParameterException", "The container x does not exist in the task definition."),
        ),
        (
            {"deploymentConfiguration": {"strategy": "BLUE_GREEN"}},
            (
                "InvalidParameterException",
                "The deployment strategy BLUE_GREEN is not supported by this endpoint; use ROLLING.",
            ),
        ),
    ],
)
async def test_a_service_that_cannot_be_is_refused(
    ecs: Harness, change: dict[str, object], expected: tuple[str, str]
) -> None:
    await ecs.call("CreateCluster")
    params = service_parameters(await ecs.register(), 1) | change
    assert await ecs.refused("CreateService", **params) == expected


async def test_a_target_group_without_a_load_balancer_is_refused(ecs: Harness) -> None:
    await ecs.call("CreateCluster")
    ecs.aws.attached = False
    code, message = await ecs.refused("CreateService", **service_parameters(await ecs.register(), 1))
    assert code == "InvalidParameterException"
    assert message.endswith("does not have an associated load balancer.")


async def test_a_second_service_of_the_same_name_is_refused(ecs: Harness) -> None:
    await ecs.create(0)
    params = service_parameters(await ecs.register(), 0)
    assert await ecs.refused("CreateService", **params) == (
        "InvalidParameterException",
        "Creation of service was not idempotent.",
    )


async def test_an_inactive_revision_cannot_be_deployed(ecs: Harness) -> None:
    await ecs.create(0)
    arn = await ecs.register()
    await ecs.call("DeregisterTaskDefinition", taskDefinition=arn)
    expected = ("ClientException", "TaskDefinition is inactive")
    assert await ecs.refused("UpdateService", service="web", taskDefinition=arn) == expected


async def test_services_that_are_not_there(ecs: Harness) -> None:
    await ecs.call("CreateCluster")
    answer = await ecs.call("DescribeServices", services=["nothing"])
    assert answer["failures"][0]["reason"] == "MISSING"
    assert await ecs.refused("UpdateService", service="nothing") == ("ServiceNotFoundException", "Service not found.")


async def test_availability_zone_rebalancing_is_enabled_unless_told_otherwise(ecs: Harness) -> None:
    assert (await ecs.create(0))["availabilityZoneRebalancing"] == "ENABLED"
    changed = await ecs.call("UpdateService", service="web", availabilityZoneRebalancing="DISABLED")
    assert changed["service"]["availabilityZoneRebalancing"] == "DISABLED"
    kept = await ecs.call("UpdateService", service="web", desiredCount=0)
    assert kept["service"]["availabilityZoneRebalancing"] == "DISABLED"


async def test_what_awss_model_does_not_allow_is_refused(ecs: Harness) -> None:
    assert (await ecs.refused("CreateService"))[0] == "InvalidParameterException"
    code, message = await ecs.refused("CreateService", serviceName="web", launchType="MOON")
    assert (code, "launchType: MOON" in message) == ("InvalidParameterException", True)


async def test_what_awss_model_does_not_know_is_ignored(ecs: Harness) -> None:
    assert (await ecs.call("CreateCluster", clusterName="shop", novelty=1))["cluster"]["clusterName"] == "shop"


async def test_tasks_that_are_not_there(ecs: Harness) -> None:
    await ecs.call("CreateCluster")
    answer = await ecs.call("DescribeTasks", tasks=["0" * 32])
    arn = "arn:aws:ecs:eu-west-1:000000000000:task/default/" + "0" * 32
    assert answer["failures"] == [{"arn": arn, "reason": "MISSING"}]
    expected = ("InvalidParameterException", "The referenced task was not found.")
    assert await ecs.refused("StopTask", task="0" * 32) == expected


async def test_a_client_token_answers_the_same_task_and_refuses_another(ecs: Harness) -> None:
    await ecs.call("CreateCluster")
    arn = await ecs.register()
    run = {"launchType": "FARGATE", "networkConfiguration": NETWORK, "clientToken": "once"}
    first = await ecs.call("RunTask", taskDefinition=arn, **run)
    again = await ecs.call("RunTask", taskDefinition=arn, **run)
    assert first["tasks"][0]["taskArn"] == again["tasks"][0]["taskArn"]
    other = await ecs.register("other")
    assert (await ecs.refused("RunTask", taskDefinition=other, **run))[0] == "ConflictException"


async def test_a_task_runs_with_its_secrets(ecs: Harness) -> None:
    await ecs.call("CreateCluster")
    secret = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:db-AbCdEf"
    ecs.aws.secrets[secret] = '{"password": "hidden"}'
    spec = fargate(secrets=[{"name": "PASSWORD", "valueFrom": f"{secret}:password::"}])
    registered = await ecs.call("RegisterTaskDefinition", **spec, executionRoleArn="arn:aws:iam::0:role/x")
    run = {"launchType": "FARGATE", "networkConfiguration": NETWORK}
    arn = registered["taskDefinition"]["taskDefinitionArn"]
    await ecs.call("RunTask", taskDefinition=arn, **run)
    await ecs.until_running()
    assert ecs.containers.launches["container-0"].secrets == {"PASSWORD": "hidden"}
    assert "hidden" not in repr(ecs.containers.launches["container-0"])


async def test_fargates_capacity_providers_are_there(ecs: Harness) -> None:
    answer = await ecs.call("DescribeCapacityProviders", capacityProviders=["FARGATE", "MOON"])
    assert [item["name"] for item in answer["capacityProviders"]] == ["FARGATE"]
    assert answer["failures"] == [{"arn": "MOON", "reason": "MISSING"}]


async def test_account_settings_have_effective_defaults(ecs: Harness) -> None:
    assert (await ecs.call("ListAccountSettings"))["settings"] == []
    await ecs.call("PutAccountSetting", name="containerInsights", value="enabled")
    answer = await ecs.call("ListAccountSettings", name="containerInsights", effectiveSettings=True)
    assert [item["value"] for item in answer["settings"]] == ["enabled"]


async def test_unknown_service_deployments_are_failures(ecs: Harness) -> None:
    answer = await ecs.call("DescribeServiceDeployments", serviceDeploymentArns=[UNKNOWN])
    assert answer["failures"] == [{"arn": UNKNOWN, "reason": "MISSING"}]
