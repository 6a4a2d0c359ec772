from botocore.session import get_session

from seatrial.services.throttling.quotas import BY_OPERATION, QUOTAS

MODELS = {"ecs": "ecs", "elasticloadbalancing": "elbv2"}


def test_every_operation_is_one_of_awss_and_has_one_bucket() -> None:
    for name, model in MODELS.items():
        known = set(get_session().get_service_model(model).operation_names)
        counted = [operation for quota in QUOTAS if quota.service == name for operation in quota.operations]
        assert set(counted) <= known
        assert len(counted) == len(set(counted))


def test_what_a_deployment_calls_has_awss_rates() -> None:
    rates = {
        operation: (BY_OPERATION["ecs", operation].rate.burst, BY_OPERATION["ecs", operation].rate.refill)
        for operation in (
            "RegisterTaskDefinition",
            "DescribeTaskDefinition",
            "UpdateService",
            "DescribeServices",
            "ListServiceDeployments",
            "DescribeServiceRevisions",
            "DescribeTasks",
            "RunTask",
            "DeleteTaskDefinitions",
        )
    }
    assert rates == {
        "RegisterTaskDefinition": (20, 1),
        "DescribeTaskDefinition": (50, 20),
        "UpdateService": (50, 5),
        "DescribeServices": (100, 20),
        "ListServiceDeployments": (50, 20),
        "DescribeServiceRevisions": (50, 20),
        "DescribeTasks": (100, 20),
        "RunTask": (100, 40),
        "DeleteTaskDefinitions": (5, 1),
    }
