"""What roles may do, by boto3 against a running embedded AWS: what is not allowed is refused, in AWS's words."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from seatrial.core.wire.modelled import service_model
from tests.seatrial.contract.conftest import REGION, RunningAws, clients_of, execution_role, role
from tests.seatrial.contract.ecs.harness import IMAGE, Harness, eventually
from tests.seatrial.unit.rights.asking import least
from tests.seatrial.unit.rights.stored import allow, document

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

ACCOUNT = "000000000000"
REFUSED: dict[str, tuple[str, ...]] = {
    "acm": ("ListCertificates", "RequestCertificate"),
    "application-autoscaling": ("DescribeScalableTargets", "RegisterScalableTarget", "PutScalingPolicy"),
    "athena": ("ListWorkGroups", "StartQueryExecution"),
    "cloudformation": ("CreateStack", "ListStacks"),
    "cloudfront": ("CreateInvalidation", "DeleteDistribution", "GetDistribution", "ListDistributions"),
    "cloudtrail": ("CreateTrail", "DescribeTrails"),
    "cloudwatch": ("DeleteAlarms", "GetMetricStatistics", "ListMetrics", "PutMetricAlarm", "PutMetricData"),
    "cognito-idp": ("AdminDeleteUser", "DeleteUserPool", "ListUserPools", "ListUsers"),
    "dynamodb": ("DeleteTable", "GetItem", "ListTables", "PutItem", "Scan", "TransactWriteItems"),
    "ec2": ("AuthorizeSecurityGroupIngress", "CreateVpc", "DescribeSubnets", "RunInstances", "TerminateInstances"),
    "ecr": ("BatchGetImage", "DeleteRepository", "GetAuthorizationToken", "PutImage"),
    "ecs": (
        "CreateCluster",
        "CreateService",
        "DeleteService",
        "DescribeServices",
        "DescribeTaskDefinition",
        "DescribeTasks",
        "ExecuteCommand",
        "ListClusters",
        "ListTasks",
        "RegisterTaskDefinition",
        "RunTask",
        "StopTask",
        "UpdateService",
    ),
    "elbv2": ("CreateLoadBalancer", "DeleteRule", "DescribeTargetHealth", "ModifyTargetGroup"),
    "events": ("ListRules", "PutEvents", "PutRule", "PutTargets"),
    "firehose": ("ListDeliveryStreams", "PutRecord"),
    "glue": ("GetTables", "SearchAssets"),
    "iam": (
        "AttachRolePolicy",
        "CreateAccessKey",
        "CreateRole",
        "CreateUser",
        "GetRole",
        "ListRoles",
        "PutRolePolicy",
        "SimulatePrincipalPolicy",
        "UpdateAssumeRolePolicy",
    ),
    "kinesis": ("ListStreams", "PutRecord"),
    "kms": ("CreateKey", "Decrypt", "Encrypt", "ListKeys", "ScheduleKeyDeletion"),
    "lambda": ("CreateFunction", "DeleteFunction", "Invoke", "ListFunctions", "UpdateFunctionCode"),
    "logs": ("CreateLogGroup", "DeleteLogGroup", "DescribeLogGroups", "FilterLogEvents", "PutLogEvents"),
    "rds": ("DeleteDBCluster", "DescribeDBClusters", "ModifyDBInstance"),
    "rds-data": ("ExecuteStatement",),
    "route53": ("ChangeResourceRecordSets", "ListHostedZones"),
    "s3": (
        "CreateBucket",
        "DeleteBucket",
        "DeleteObject",
        "DeleteObjects",
        "GetBucketPolicy",
        "GetObject",
        "HeadBucket",
        "HeadObject",
        "ListBuckets",
        "ListObjectsV2",
        "PutBucketPolicy",
        "PutObject",
    ),
    "secretsmanager": ("CreateSecret", "DeleteSecret", "GetSecretValue", "ListSecrets", "PutResourcePolicy"),
    "service-quotas": ("GetServiceQuota",),
    "sesv2": ("SendEmail",),
    "sns": ("CreateTopic", "Publish", "SetTopicAttributes", "Subscribe"),
    "sqs": ("DeleteQueue", "ReceiveMessage", "SendMessage"),
    "ssm": ("GetParameter", "PutParameter", "SendCommand"),
    "stepfunctions": ("StartExecution",),
    "sts": ("AssumeRole",),
    "wafv2": ("ListWebACLs",),
}
"""A call of each, with the least that AWS's model takes."""

CODES = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError"}
BY_XML = {"cloudformation", "cloudfront", "elbv2", "iam", "rds", "route53", "s3", "sqs", "sts"}
"""Those that say ``AccessDenied``; all others say ``AccessDeniedException``."""

NEARLY = (
    allow("s3:GetObject", "arn:aws:s3:::mine/*"),
    allow(["ecs:Describe*", "ecs:UpdateService"], f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/other/*"),
    allow("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:mine-??????"),
    allow("iam:PassRole", "*", StringEquals={"iam:PassedToService": "glue.amazonaws.com"}),
    allow("*", "*", StringEquals={"aws:PrincipalTag/admin": "yes"}),
    allow("*", "*", Bool={"aws:MultiFactorAuthPresent": "true"}),
)

Client = Callable[[str], Any]


def session(aws: RunningAws, name: str, *statements: dict[str, Any]) -> Client:
    """Clients of a role that has these statements."""
    arn, iam = role(aws, name), aws.client("iam")
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*statements))
    return clients_of(aws, arn)


def answer(client: Any, operation: str, **params: Any) -> tuple[str, str]:  # noqa: ANN401 - boto3's
    """The code and the words of a refusal; empty where there is none."""
    try:
        client._make_api_call(operation, params)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return "", ""


@pytest.fixture(scope="module")
def nearly(local_aws: RunningAws) -> Client:
    return session(local_aws, f"nearly-{uuid4().hex[:6]}", *NEARLY)


def test_they_are_more_than_a_hundred() -> None:
    assert sum(map(len, REFUSED.values())) > 100


@pytest.mark.parametrize(("service", "operation"), [(name, each) for name, some in REFUSED.items() for each in some])
def test_what_is_nearly_allowed_is_refused(service: str, operation: str, nearly: Client) -> None:
    params = least(service_model(service).operation_model(operation).input_shape)
    code, words = answer(nearly(service), operation, **params)
    if operation.startswith("Head"):
        assert code == "403"  # an answer without a body
        return
    assert code == CODES.get(service, "AccessDenied" if service in BY_XML else "AccessDeniedException")
    assert "is not authorized to perform: " in words


def test_each_statement_is_needed(local_aws: RunningAws) -> None:
    """Of a role that reads a secret, writes an object, lists by a prefix and updates a service."""
    name = f"whole-{uuid4().hex[:6]}"
    s3, secrets = local_aws.client("s3"), local_aws.client("secretsmanager")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    secret = secrets.create_secret(Name=name, SecretString="value")["ARN"]
    statements = [
        allow("secretsmanager:GetSecretValue", secret),
        allow("s3:PutObject", f"arn:aws:s3:::{name}/releases/*"),
        allow("s3:ListBucket", f"arn:aws:s3:::{name}", StringLike={"s3:prefix": "releases/*"}),
        allow("sqs:CreateQueue", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"),
        allow("cloudwatch:PutMetricData", "*", StringEquals={"cloudwatch:namespace": name}),
    ]

    def done(client: Client) -> list[bool]:
        datum = [{"MetricName": "a", "Value": 1.0}]
        calls: list[tuple[str, str, dict[str, Any]]] = [
            ("secretsmanager", "GetSecretValue", {"SecretId": name}),
            ("s3", "PutObject", {"Bucket": name, "Key": "releases/1", "Body": b"a"}),
            ("s3", "ListObjectsV2", {"Bucket": name, "Prefix": "releases/"}),
            ("sqs", "CreateQueue", {"QueueName": name}),
            ("cloudwatch", "PutMetricData", {"Namespace": name, "MetricData": datum}),
        ]
        return [answer(client(service), operation, **params)[0] == "" for service, operation, params in calls]

    assert done(session(local_aws, name, *statements)) == [True] * len(statements)
    for missing in range(len(statements)):
        left = [each for index, each in enumerate(statements) if index != missing]
        found = done(session(local_aws, name, *left))
        assert found == [index != missing for index in range(len(statements))]


def test_a_role_takes_another_where_both_say_so(local_aws: RunningAws) -> None:
    one, other = f"one-{uuid4().hex[:6]}", f"other-{uuid4().hex[:6]}"
    arn, iam = role(local_aws, other), local_aws.client("iam")
    client = session(local_aws, one, allow("sts:AssumeRole", arn))
    asked = {"RoleArn": arn, "RoleSessionName": "next"}
    taker = f"arn:aws:sts::{ACCOUNT}:assumed-role/{one}/test"
    words = f"User: {taker} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    assert answer(client("sts"), "AssumeRole", **asked) == ("AccessDenied", words)
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
    iam.update_assume_role_policy(RoleName=other, PolicyDocument=document(trusted))
    assert answer(client("sts"), "AssumeRole", **asked) == ("", "")
    iam.delete_role_policy(RoleName=one, PolicyName="own")
    assert answer(client("sts"), "AssumeRole", **asked)[0] == "AccessDenied"


def test_a_buckets_own_policy_gives_and_refuses(local_aws: RunningAws) -> None:
    name = f"own-{uuid4().hex[:6]}"
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=name, Key="a", Body=b"a")
    client = session(local_aws, name)
    said = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{name}"},
    }
    s3.put_bucket_policy(Bucket=name, Policy=document(said))
    assert answer(client("s3"), "GetObject", Bucket=name, Key="a") == ("", "")
    assert answer(client("s3"), "PutObject", Bucket=name, Key="a", Body=b"b")[0] == "AccessDenied"
    s3.put_bucket_policy(Bucket=name, Policy=document(said, {**said, "Effect": "Deny"}))
    assert (
        "with an explicit deny in a resource-based policy" in answer(client("s3"), "GetObject", Bucket=name, Key="a")[1]
    )


def test_the_account_itself_may_everything(local_aws: RunningAws) -> None:
    refusing = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}
    name = f"all-{uuid4().hex[:6]}"
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_policy(Bucket=name, Policy=document(refusing))
    s3.put_object(Bucket=name, Key="a", Body=b"a")
    s3.delete_bucket_policy(Bucket=name)


@pytest.fixture(scope="module")
def harness(local_aws: RunningAws) -> Harness:
    return Harness(local_aws, f"rights-{uuid4().hex[:6]}")


def stopped(harness: Harness, **definition: Any) -> str:  # noqa: ANN401 - AWS's
    """Why a task that cannot start is stopped."""
    container = {"name": "app", "image": IMAGE, "command": ["true"], **definition.pop("container", {})}
    registered = harness.ecs.register_task_definition(
        family=f"{harness.name}-refused",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[container],
        **definition,
    )["taskDefinition"]["taskDefinitionArn"]
    network = harness.network_configuration()
    started = harness.ecs.run_task(
        cluster=harness.cluster, taskDefinition=registered, launchType="FARGATE", networkConfiguration=network
    )
    task = started["tasks"][0]["taskArn"]

    def reason() -> str:
        found = harness.ecs.describe_tasks(cluster=harness.cluster, tasks=[task])["tasks"][0]
        return str(found.get("stoppedReason", "")) if found["lastStatus"] == "STOPPED" else ""

    return str(eventually(reason))


def test_a_task_whose_execution_role_may_not_read_its_secret_is_stopped(harness: Harness) -> None:
    aws = harness.aws
    secret = aws.client("secretsmanager").create_secret(Name=f"{harness.name}-db", SecretString="value")["ARN"]
    secrets = {"secrets": [{"name": "DB", "valueFrom": secret}]}
    why = stopped(harness, executionRoleArn=execution_role(aws), container=secrets)
    assert why.startswith(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret "
        f"{secret} from secrets manager: AccessDeniedException: User: arn:aws:sts::{ACCOUNT}:assumed-role/execution/"
    )
    assert f"is not authorized to perform: secretsmanager:GetSecretValue on resource: {secret}" in why


def test_a_task_whose_execution_role_may_not_make_its_log_stream_is_stopped(harness: Harness) -> None:
    arn = role(harness.aws, f"{harness.name}-no-logs")
    why = stopped(harness, executionRoleArn=arn, container={"logConfiguration": harness.log_configuration()})
    assert why.startswith("ResourceInitializationError: failed to validate logger args: create stream has been retried")
    assert "is not authorized to perform: logs:CreateLogStream on resource: arn:aws:logs:" in why


def test_a_task_whose_execution_role_may_not_log_in_to_its_registry_is_stopped(harness: Harness) -> None:
    arn = role(harness.aws, f"{harness.name}-no-pull")
    image = {"image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/app:1"}
    why = stopped(harness, executionRoleArn=arn, container=image)
    assert "unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedExc" in why
    assert "is not authorized to perform: ecr:GetAuthorizationToken on resource: * because" in why


@pytest.mark.parametrize("member", ["taskRoleArn", "executionRoleArn"])
def test_a_task_does_not_start_with_a_role_that_does_not_trust_ecs(harness: Harness, member: str) -> None:
    arn = role(harness.aws, f"{harness.name}-lambdas", service="lambda.amazonaws.com")
    assert stopped(harness, **{member: arn}).startswith(f"ECS was unable to assume the role '{arn}' that was provided")
