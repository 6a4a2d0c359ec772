"""Calls as clients send them, in each of AWS's protocols, refused before a service sees them, in its own error."""

from dataclasses import replace
from typing import Any

import pytest

from seatrial.core.internal import AwsCallError
from seatrial.services.constraints.rows import rows
from seatrial.services.constraints.service import Constraints
from tests.seatrial.unit.constraints.harness import refused, request

RULE = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
DISTRIBUTION = {
    "CallerReference": "r",
    "Enabled": True,
    "Origins": {"Quantity": 1, "Items": [{"Id": "a", "DomainName": "a.example.com"}]},
    "DefaultCacheBehavior": {"TargetOriginId": "a", "ViewerProtocolPolicy": "https-only"},
}
FUNCTION = {"FunctionName": "notes", "Role": "arn:aws:iam::000000000000:role/r", "Code": {"ZipFile": b"zip"}}
PATHS = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a", "/b", "/c", "/d", "/e", "/f"]}}
FORWARD = {"Type": "forward", "TargetGroupArn": "arn"}


def described(words: str) -> dict[str, Any]:
    ranges = [{"CidrIp": "0.0.0.0/0", "Description": words}]
    return {"GroupId": "sg-1", "IpPermissions": [RULE | {"IpRanges": ranges}]}


REFUSED: list[tuple[str, str, dict[str, Any], str, str]] = [
    # EC2 API reference, IpRange; reported as hashicorp/terraform-provider-aws#18874
    ("ec2", "AuthorizeSecurityGroupEgress", described("Ann's"), "InvalidParameterValue", "Invalid rule description."),
    ("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range", "The CIDR '10.0.0.0/8' is invalid."),
    (
        "ec2",
        "DescribeVpcs",
        {"MaxResults": 3},
        "InvalidParameterValue",
        "Value (3) for parameter maxResults is invalid.",
    ),
    (
        "iam",
        "PutRolePolicy",
        {
            "RoleName": "a b",
            "PolicyName": "p",
            "PolicyDocument": '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}',
        },
        "ValidationError",
        "at 'roleName' failed to satisfy constraint",
    ),
    (
        "elbv2",
        "CreateRule",
        {"ListenerArn": "l", "Priority": 1, "Actions": [FORWARD], "Conditions": [PATHS]},
        "ValidationError",
        "'5' condition values",
    ),
    (
        "elbv2",
        "CreateRule",
        {"ListenerArn": "l", "Priority": 50001, "Actions": [FORWARD], "Conditions": []},
        "ValidationError",
        "less than or equal to 50000",
    ),
    (
        "rds",
        "CreateDBCluster",
        {"DBClusterIdentifier": "a--b", "Engine": "aurora-postgresql"},
        "InvalidParameterValue",
        "is not a valid identifier",
    ),
    (
        "logs",
        "CreateLogGroup",
        {"logGroupName": "a b"},
        "InvalidParameterException",
        "1 validation error detected: Value 'a b' at 'logGroupName'",
    ),
    ("logs", "PutRetentionPolicy", {"logGroupName": "a", "retentionInDays": 31}, "InvalidParameterException", "31"),
    (
        "ecr",
        "CreateRepository",
        {"repositoryName": "Notes"},
        "InvalidParameterException",
        "Invalid parameter at 'repositoryName' failed",
    ),
    ("ecs", "RunTask", {"taskDefinition": "a", "startedBy": "v1.2"}, "InvalidParameterException", "invalid characters"),
    ("kms", "CreateAlias", {"AliasName": "alias/aws/notes", "TargetKeyId": "k"}, "NotAuthorizedException", "reserved"),
    (
        "cloudwatch",
        "PutMetricAlarm",
        {"AlarmName": "a" * 256, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"},
        "ValidationError",
        "at 'alarmName'",
    ),
    (
        "cognito-idp",
        "CreateUserPoolDomain",
        {"Domain": "my-cognito", "UserPoolId": "eu-central-1_a"},
        "InvalidParameterException",
        "reserved word",
    ),
    (
        "lambda",
        "CreateFunction",
        FUNCTION | {"Environment": {"Variables": {"A": "a" * 4096}}},
        "InvalidParameterValueException",
        "exceeded the 4KB limit",
    ),
    ("lambda", "CreateFunction", FUNCTION | {"FunctionName": "a b"}, "ValidationException", "at 'functionName' failed"),
    (
        "cloudfront",
        "CreateDistribution",
        {"DistributionConfig": DISTRIBUTION | {"Comment": "a" * 129}},
        "InvalidArgument",
        "128 characters",
    ),
    ("s3", "CreateBucket", {"Bucket": "Notes_local"}, "InvalidBucketName", "The specified bucket is not valid."),
    ("s3", "PutObject", {"Bucket": "notes", "Key": "k" * 1025}, "KeyTooLongError", "Your key is too long"),
    (
        "s3",
        "PutBucketVersioning",
        {"Bucket": "notes", "VersioningConfiguration": {"Status": "On"}},
        "InvalidArgument",
        "On must",
    ),
    (
        "route53",
        "CreateHostedZone",
        {"Name": f"{'a' * 64}.com", "CallerReference": "r"},
        "InvalidDomainName",
        "DomainLabelTooLong",
    ),
    (
        "scheduler",
        "CreateSchedule",
        {"Name": "a", "ScheduleExpression": "rate(5 minutes)"}
        | {"FlexibleTimeWindow": {"Mode": "ON"}, "Target": {"Arn": "a", "RoleArn": "arn:aws:iam::000000000000:role/r"}},
        "ValidationException",
        "at 'flexibleTimeWindow.mode'",
    ),
]


@pytest.mark.parametrize(
    "case",
    REFUSED,
    ids=[f"{each[0]}-{each[1]}-{each[3]}" for each in REFUSED],
)
async def test_a_call_that_aws_refuses_is_refused_in_its_words(
    case: tuple[str, str, dict[str, Any], str, str],
) -> None:
    service, operation, params, code, words = case
    found = await refused(service, operation, params)
    assert found is not None
    assert (found.code, found.status) == (code, 400)
    assert words in found.message


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("ec2", "AuthorizeSecurityGroupEgress", described("Endpoints of Cognito, for sign-in")),
        ("ec2", "DescribeVpcs", {}),
        ("elbv2", "SetSecurityGroups", {"LoadBalancerArn": "arn", "SecurityGroups": []}),
        ("lambda", "CreateFunction", FUNCTION | {"Runtime": "python9.9"}),
        ("cloudfront", "CreateDistribution", {"DistributionConfig": DISTRIBUTION | {"Comment": "a" * 128}}),
        ("s3", "PutObject", {"Bucket": "notes", "Key": "a/b c/ü"}),
    ],
)
async def test_what_aws_takes_goes_on(service: str, operation: str, params: dict[str, Any]) -> None:
    assert await refused(service, operation, params) is None


def test_the_embedded_aws_does_not_check_itself() -> None:
    held = Constraints()
    assert not held.claims(request("logs", "CreateLogGroup", {"logGroupName": "a b"}, in_process=True))
    assert held.page() == {"calls": {}, "refused": {}, "services": {}}


def test_no_object_is_held_in_memory_to_be_checked() -> None:
    asked = request("s3", "PutObject", {"Bucket": "notes", "Key": "k", "Body": b"much"})
    held = Constraints()
    assert not held.claims(asked)
    assert not held.observes(asked)


async def test_calls_and_refusals_are_counted() -> None:
    held = Constraints()
    wrong, right = (request("logs", "CreateLogGroup", {"logGroupName": name}) for name in ("a b", "ab"))
    for asked in (wrong, right, right):
        if held.claims(asked):
            await held.handle(asked)
    page = held.page()
    assert page["calls"] == {"logs": {"CreateLogGroup": 3}}
    assert page["refused"] == {"logs": {"CreateLogGroup": 1}}


async def test_each_service_says_how_many_calls_met_its_rows() -> None:
    held = Constraints()
    made = [
        request("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/8"}),
        request("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"}),
        request("ec2", "DescribeVpcs", {}),
        request("s3", "PutBucketVersioning", {"Bucket": "notes", "VersioningConfiguration": {"Status": "On"}}),
    ]
    made[1].headers["user-agent"] = "APN/1.0 HashiCorp/1.0 Terraform/1.13.0"  # type: ignore[index]
    for asked in made:
        if held.claims(asked):
            await held.handle(asked)
        elif held.observes(asked):
            with pytest.raises(AwsCallError):
                held.rewrite_request(asked)
    services: Any = held.page()["services"]
    assert services["ec2"] == {"calls": 3, "terraform": 1, "met": 2, "rows": 1, "of": len(rows("ec2")), "refused": 1}
    assert (services["s3"]["calls"], services["s3"]["refused"]) == (1, 1)


@pytest.mark.parametrize("body", [b"not json", b'{"logGroupName": {"a": 1}}'])
def test_what_cannot_be_read_is_left_to_the_service(body: bytes) -> None:
    asked = request("logs", "CreateLogGroup", {"logGroupName": "a"})
    assert not Constraints().claims(replace(asked, body=body))
