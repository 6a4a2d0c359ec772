"""What a call must be allowed: each action on each resource, as AWS documents it."""

from typing import Any

import pytest

from seatrial.access.rights.arns import Place
from seatrial.access.rights.authorize import needs
from seatrial.access.rights.lookups import Found
from tests.seatrial.unit.rights.asking import called

PLACE = Place("eu-central-1", "000000000000")
HERE = "eu-central-1:000000000000"
ECS, LOGS, S3 = f"arn:aws:ecs:{HERE}", f"arn:aws:logs:{HERE}:log-group", "arn:aws:s3:::files"
ROLE, OTHER = "arn:aws:iam::000000000000:role/app", "arn:aws:iam::000000000000:role/other"
TABLE, PARAMETER = f"arn:aws:dynamodb:{HERE}:table", f"arn:aws:ssm:{HERE}:parameter"
DEPLOYMENT = f"{ECS}:service-deployment/main/api/abc"
BALANCING = "arn:aws:elasticloadbalancing:eu-central-1:000000000000"
TARGETS = f"{BALANCING}:targetgroup/api/0123456789abcdef"

CASES: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
    ("ecs", "ListClusters", {}, [("ecs:ListClusters", "*")]),
    ("ecs", "DescribeClusters", {}, [("ecs:DescribeClusters", f"{ECS}:cluster/default")]),
    (
        "ecs",
        "UpdateService",
        {"cluster": f"{ECS}:cluster/main", "service": "api"},
        [("ecs:UpdateService", f"{ECS}:service/main/api")],
    ),
    (
        "ecs",
        "DescribeServices",
        {"cluster": "main", "services": ["api", f"{ECS}:service/main/web"]},
        [("ecs:DescribeServices", f"{ECS}:service/main/{name}") for name in ("api", "web")],
    ),
    (
        "ecs",
        "StopServiceDeployment",
        {"serviceDeploymentArn": DEPLOYMENT},
        [("ecs:StopServiceDeployment", f"{ECS}:service/main/api"), ("ecs:StopServiceDeployment", DEPLOYMENT)],
    ),
    (
        "ecs",
        "RegisterTaskDefinition",
        {
            "family": "api",
            "containerDefinitions": [],
            "taskRoleArn": ROLE,
            "executionRoleArn": OTHER,
            "tags": [{"key": "a", "value": "b"}],
        },
        [
            ("ecs:RegisterTaskDefinition", f"{ECS}:task-definition/api:*"),
            ("ecs:TagResource", f"{ECS}:task-definition/api:*"),
            ("iam:PassRole", ROLE),
            ("iam:PassRole", OTHER),
        ],
    ),
    (
        "ecs",
        "RunTask",
        {"cluster": "main", "taskDefinition": f"{ECS}:task-definition/api:1", "tags": [{"key": "a", "value": "b"}]},
        [
            ("ecs:RunTask", f"{ECS}:task-definition/api:1"),
            ("ecs:TagResource", f"{ECS}:task/main/*"),
            ("iam:PassRole", OTHER),
        ],
    ),
    (
        "ecs",
        "RunTask",
        {"taskDefinition": f"{ECS}:task-definition/api:1", "overrides": {"taskRoleArn": ROLE}},
        [("ecs:RunTask", f"{ECS}:task-definition/api:1"), ("iam:PassRole", ROLE)],
    ),
    ("ecs", "ListTasks", {"cluster": "main"}, [("ecs:ListTasks", f"{ECS}:container-instance/main/*")]),
    (
        "ecs",
        "ExecuteCommand",
        {"cluster": "main", "task": "1", "command": "id", "interactive": True},
        [("ecs:ExecuteCommand", f"{ECS}:cluster/main"), ("ecs:ExecuteCommand", f"{ECS}:task/main/1")],
    ),
    ("s3", "ListObjectsV2", {"Bucket": "files", "Prefix": "a/"}, [("s3:ListBucket", S3)]),
    ("s3", "HeadBucket", {"Bucket": "files"}, [("s3:ListBucket", S3)]),
    ("s3", "HeadObject", {"Bucket": "files", "Key": "a"}, [("s3:GetObject", f"{S3}/a")]),
    ("s3", "GetObject", {"Bucket": "files", "Key": "a/b c"}, [("s3:GetObject", f"{S3}/a/b c")]),
    ("s3", "GetObject", {"Bucket": "files", "Key": "a", "VersionId": "1"}, [("s3:GetObjectVersion", f"{S3}/a")]),
    (
        "s3",
        "GetObjectTagging",
        {"Bucket": "files", "Key": "a", "VersionId": "1"},
        [("s3:GetObjectVersionTagging", f"{S3}/a")],
    ),
    ("s3", "DeleteObject", {"Bucket": "files", "Key": "a"}, [("s3:DeleteObject", f"{S3}/a")]),
    ("s3", "ListBuckets", {}, [("s3:ListAllMyBuckets", "*")]),
    ("s3", "CreateMultipartUpload", {"Bucket": "files", "Key": "a"}, [("s3:PutObject", f"{S3}/a")]),
    ("s3", "PutBucketPolicy", {"Bucket": "files", "Policy": "{}"}, [("s3:PutBucketPolicy", S3)]),
    ("s3", "PutPublicAccessBlock", {"Bucket": "files"}, [("s3:PutBucketPublicAccessBlock", S3)]),
    (
        "s3",
        "CopyObject",
        {"Bucket": "files", "Key": "a", "CopySource": "other/b%20c"},
        [("s3:PutObject", f"{S3}/a"), ("s3:GetObject", "arn:aws:s3:::other/b c")],
    ),
    (
        "s3",
        "CopyObject",
        {"Bucket": "files", "Key": "a", "CopySource": "other/b?versionId=7"},
        [("s3:PutObject", f"{S3}/a"), ("s3:GetObjectVersion", "arn:aws:s3:::other/b")],
    ),
    ("logs", "DescribeLogGroups", {}, [("logs:DescribeLogGroups", "*")]),
    ("logs", "FilterLogEvents", {"logGroupName": "/a"}, [("logs:FilterLogEvents", f"{LOGS}:/a:log-stream:")]),
    (
        "logs",
        "CreateLogStream",
        {"logGroupName": "/a", "logStreamName": "b/c"},
        [("logs:CreateLogStream", f"{LOGS}:/a:log-stream:b/c")],
    ),
    (
        "logs",
        "PutLogEvents",
        {"logGroupName": "/a", "logStreamName": "b", "logEvents": []},
        [("logs:PutLogEvents", f"{LOGS}:/a:log-stream:b")],
    ),
    ("ecr", "GetAuthorizationToken", {}, [("ecr:GetAuthorizationToken", "*")]),
    (
        "ecr",
        "BatchGetImage",
        {"repositoryName": "a/b", "imageIds": []},
        [("ecr:BatchGetImage", f"arn:aws:ecr:{HERE}:repository/a/b")],
    ),
    (
        "elbv2",
        "DescribeTargetHealth",
        {"TargetGroupArn": TARGETS},
        [("elasticloadbalancing:DescribeTargetHealth", "*")],
    ),
    (
        "elbv2",
        "ModifyTargetGroup",
        {"TargetGroupArn": TARGETS},
        [("elasticloadbalancing:ModifyTargetGroup", TARGETS)],
    ),
    (
        "sqs",
        "SendMessageBatch",
        {"QueueUrl": "http://127.0.0.1:4566/000000000000/jobs", "Entries": []},
        [("sqs:SendMessage", f"arn:aws:sqs:{HERE}:jobs")],
    ),
    (
        "sns",
        "Publish",
        {"TopicArn": f"arn:aws:sns:{HERE}:alarms", "Message": "a"},
        [("sns:Publish", f"arn:aws:sns:{HERE}:alarms")],
    ),
    (
        "lambda",
        "Invoke",
        {"FunctionName": "f", "Qualifier": "live"},
        [("lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:f:live")],
    ),
    (
        "lambda",
        "CreateFunction",
        {"FunctionName": "f", "Role": ROLE, "Code": {}},
        [("lambda:CreateFunction", f"arn:aws:lambda:{HERE}:function:f"), ("iam:PassRole", ROLE)],
    ),
    (
        "dynamodb",
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": "b", "Item": {}}},
                {
                    "ConditionCheck": {
                        "TableName": f"{TABLE}/c",
                        "Key": {},
                        "ConditionExpression": "a",
                    }
                },
            ]
        },
        [("dynamodb:PutItem", f"{TABLE}/b"), ("dynamodb:ConditionCheckItem", f"{TABLE}/c")],
    ),
    (
        "dynamodb",
        "BatchGetItem",
        {"RequestItems": {"a": {"Keys": []}, "b": {"Keys": []}}},
        [("dynamodb:BatchGetItem", f"{TABLE}/a"), ("dynamodb:BatchGetItem", f"{TABLE}/b")],
    ),
    (
        "dynamodb",
        "Query",
        {"TableName": "a", "IndexName": "i"},
        [("dynamodb:Query", f"{TABLE}/a/index/i"), ("dynamodb:Query", f"{TABLE}/a")],
    ),
    (
        "ssm",
        "GetParameters",
        {"Names": ["/a/b", "c"]},
        [("ssm:GetParameters", f"{PARAMETER}/a/b"), ("ssm:GetParameters", f"{PARAMETER}/c")],
    ),
    (
        "cloudfront",
        "CreateInvalidation",
        {
            "DistributionId": "E1",
            "InvalidationBatch": {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "a"},
        },
        [("cloudfront:CreateInvalidation", "arn:aws:cloudfront::000000000000:distribution/E1")],
    ),
    (
        "cloudfront",
        "GetInvalidation",
        {"DistributionId": "E1", "Id": "I1"},
        [("cloudfront:GetInvalidation", "arn:aws:cloudfront::000000000000:distribution/E1")],
    ),
    ("cloudwatch", "PutMetricData", {"Namespace": "a"}, [("cloudwatch:PutMetricData", "*")]),
    (
        "application-autoscaling",
        "RegisterScalableTarget",
        {"ServiceNamespace": "ecs", "ResourceId": "service/a/b", "ScalableDimension": "ecs:service:DesiredCount"},
        [
            (
                "application-autoscaling:RegisterScalableTarget",
                f"arn:aws:application-autoscaling:{HERE}:scalable-target/*",
            )
        ],
    ),
    (
        "athena",
        "StartQueryExecution",
        {"QueryString": "a", "WorkGroup": "w"},
        [("athena:StartQueryExecution", f"arn:aws:athena:{HERE}:workgroup/w")],
    ),
    (
        "glue",
        "GetTable",
        {"DatabaseName": "d", "Name": "t"},
        [("glue:GetTable", f"arn:aws:glue:{HERE}:{each}") for each in ("database/d", "catalog", "table/d/t")],
    ),
    (
        "events",
        "PutEvents",
        {"Entries": [{"EventBusName": "mine"}, {}]},
        [("events:PutEvents", f"arn:aws:events:{HERE}:event-bus/{name}") for name in ("mine", "default")],
    ),
    (
        "events",
        "PutTargets",
        {"Rule": "r", "Targets": [{"Id": "a", "Arn": "arn:aws:x", "RoleArn": ROLE}]},
        [("events:PutTargets", f"arn:aws:events:{HERE}:rule/r"), ("iam:PassRole", ROLE)],
    ),
    (
        "iam",
        "CreateUser",
        {"UserName": "me", "Path": "/a/"},
        [("iam:CreateUser", "arn:aws:iam::000000000000:user/a/me")],
    ),
    (
        "iam",
        "SimulatePrincipalPolicy",
        {"PolicySourceArn": ROLE, "ActionNames": ["a:b"]},
        [("iam:SimulatePrincipalPolicy", ROLE)],
    ),
    ("sts", "AssumeRole", {"RoleArn": ROLE, "RoleSessionName": "me"}, [("sts:AssumeRole", ROLE)]),
    (
        "rds-data",
        "ExecuteStatement",
        {"resourceArn": f"arn:aws:rds:{HERE}:cluster:a", "secretArn": "b", "sql": "c"},
        [("rds-data:ExecuteStatement", f"arn:aws:rds:{HERE}:cluster:a")],
    ),
    ("ec2", "DescribeSubnets", {"SubnetIds": ["subnet-1"]}, [("ec2:DescribeSubnets", "*")]),
    ("glue", "SearchAssets", {}, [("glue:SearchAssets", "")]),
]


@pytest.mark.parametrize(("service", "operation", "params", "wanted"), CASES, ids=lambda value: str(value)[:40])
def test_a_call_needs_what_aws_documents(
    service: str, operation: str, params: dict[str, Any], wanted: list[tuple[str, str]]
) -> None:
    roles = (OTHER,) if operation == "RunTask" else ()
    found = needs(Found(called(service, operation, **params), roles), PLACE)
    assert [(each.action, each.resource) for each in found] == wanted
