"""What a call is about to make: the right is asked for on its ARN, with a star in the place of what has no id yet."""

from typing import Any

import pytest

from seatrial.access.rights import keys
from seatrial.access.rights.arns import Place
from seatrial.access.rights.authorize import needs
from seatrial.access.rights.keys import Circumstances
from seatrial.access.rights.lookups import Found
from tests.seatrial.unit.rights.asking import called
from tests.seatrial.unit.rights.test_modules import NOW

PLACE = Place("eu-central-1", "000000000000")
HERE = "eu-central-1:000000000000"
EC2, ELB = f"arn:aws:ec2:{HERE}", f"arn:aws:elasticloadbalancing:{HERE}"
VPC, GROUP = "vpc-0123456789abcdef0", "sg-0123456789abcdef0"
BALANCER = f"{ELB}:loadbalancer/app/main/0123456789abcdef"
LISTENER = f"{ELB}:listener/app/main/0123456789abcdef/fedcba9876543210"
TAGS = [{"Key": "tagship:app", "Value": "notes"}]


def tagged(kind: str) -> dict[str, Any]:
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": TAGS}]}


CASES: list[tuple[str, str, dict[str, Any], list[tuple[str, str]]]] = [
    ("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"}, [("ec2:CreateVpc", f"{EC2}:vpc/*")]),
    (
        "ec2",
        "CreateSubnet",
        {"VpcId": VPC, **tagged("subnet")},
        [
            ("ec2:CreateSubnet", f"{EC2}:subnet/*"),
            ("ec2:CreateSubnet", f"{EC2}:vpc/{VPC}"),
            ("ec2:CreateTags", f"{EC2}:subnet/*"),
        ],
    ),
    (
        "ec2",
        "AuthorizeSecurityGroupIngress",
        {"GroupId": GROUP, **tagged("security-group-rule")},
        [("ec2:AuthorizeSecurityGroupIngress", f"{EC2}:security-group/{GROUP}")]
        + [(f"ec2:{name}", f"{EC2}:security-group-rule/*") for name in ("AuthorizeSecurityGroupIngress", "CreateTags")],
    ),
    (
        "ec2",
        "RunInstances",
        {
            "ImageId": "ami-0123456789abcdef0",
            "MinCount": 1,
            "MaxCount": 1,
            "BlockDeviceMappings": [{"DeviceName": "a"}],
        },
        [("ec2:RunInstances", "arn:aws:ec2:eu-central-1::image/ami-0123456789abcdef0")]
        + [
            ("ec2:RunInstances", f"{EC2}:{kind}/*")
            for kind in ("instance", "network-interface", "security-group", "subnet", "volume")
        ],
    ),
    ("ec2", "DeleteVpc", {"VpcId": VPC}, [("ec2:DeleteVpc", f"{EC2}:vpc/{VPC}")]),
    (
        "elbv2",
        "CreateLoadBalancer",
        {"Name": "main", "Type": "network"},
        [("elasticloadbalancing:CreateLoadBalancer", f"{ELB}:loadbalancer/net/main/*")],
    ),
    (
        "elbv2",
        "CreateListener",
        {"LoadBalancerArn": BALANCER, "DefaultActions": [], "Tags": TAGS},
        [
            ("elasticloadbalancing:CreateListener", BALANCER),
            ("elasticloadbalancing:AddTags", f"{ELB}:listener/app/main/0123456789abcdef/*"),
        ],
    ),
    (
        "elbv2",
        "CreateRule",
        {"ListenerArn": LISTENER, "Conditions": [], "Priority": 1, "Actions": [], "Tags": TAGS},
        [
            ("elasticloadbalancing:CreateRule", LISTENER),
            ("elasticloadbalancing:AddTags", f"{LISTENER.replace(':listener/', ':listener-rule/')}/*"),
        ],
    ),
    (
        "elbv2",
        "CreateTargetGroup",
        {"Name": "api"},
        [("elasticloadbalancing:CreateTargetGroup", f"{ELB}:targetgroup/api/*")],
    ),
    (
        "iam",
        "CreateOpenIDConnectProvider",
        {"Url": "https://token.example.org/"},
        [("iam:CreateOpenIDConnectProvider", "arn:aws:iam::000000000000:oidc-provider/token.example.org")],
    ),
    (
        "iam",
        "CreatePolicy",
        {"PolicyName": "own", "PolicyDocument": "{}"},
        [("iam:CreatePolicy", "arn:aws:iam::000000000000:policy/own")],
    ),
    (
        "secretsmanager",
        "CreateSecret",
        {"Name": "a/b"},
        [("secretsmanager:CreateSecret", f"arn:aws:secretsmanager:{HERE}:secret:a/b-??????")],
    ),
    (
        "rds",
        "CreateDBCluster",
        {"DBClusterIdentifier": "a", "Engine": "b", "DBClusterParameterGroupName": "c", "DBSubnetGroupName": "d"},
        [
            ("rds:CreateDBCluster", f"arn:aws:rds:{HERE}:{rest}")
            for rest in ("cluster:a", "cluster-pg:c", "og:default:*", "subgrp:d")
        ],
    ),
    (
        "rds",
        "DeleteDBCluster",
        {"DBClusterIdentifier": "a", "SkipFinalSnapshot": True},
        [("rds:DeleteDBCluster", f"arn:aws:rds:{HERE}:cluster:a")],
    ),
    (
        "rds",
        "DeleteDBCluster",
        {"DBClusterIdentifier": "a", "FinalDBSnapshotIdentifier": "b"},
        [("rds:DeleteDBCluster", f"arn:aws:rds:{HERE}:{rest}") for rest in ("cluster:a", "cluster-snapshot:b")],
    ),
    (
        "glue",
        "DeleteDatabase",
        {"Name": "a"},
        [
            ("glue:DeleteDatabase", f"arn:aws:glue:{HERE}:{rest}")
            for rest in ("database/a", "catalog", "table/a/*", "userDefinedFunction/a/*")
        ],
    ),
    (
        "logs",
        "DeleteDeliverySource",
        {"name": "a"},
        [("logs:DeleteDeliverySource", f"arn:aws:logs:{HERE}:delivery-source:a")],
    ),
    (
        "wafv2",
        "CreateWebACL",
        {"Name": "edge", "Scope": "CLOUDFRONT"},
        [("wafv2:CreateWebACL", f"arn:aws:wafv2:{HERE}:global/webacl/edge/*")],
    ),
    (
        "kms",
        "CreateKey",
        {"Tags": [{"TagKey": "a", "TagValue": "b"}]},
        [("kms:CreateKey", "*"), ("kms:TagResource", f"arn:aws:kms:{HERE}:key/*")],
    ),
    (
        "athena",
        "CreateWorkGroup",
        {"Name": "a"},
        [("athena:CreateWorkGroup", f"arn:aws:athena:{HERE}:workgroup/a")],
    ),
    (
        "ssm",
        "GetParameter",
        {"Name": "/aws/service/x"},
        [("ssm:GetParameter", "arn:aws:ssm:eu-central-1::parameter/aws/service/x")],
    ),
    ("cloudwatch", "DescribeAlarms", {}, [("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{HERE}:alarm:*")]),
]


@pytest.mark.parametrize(("service", "operation", "params", "wanted"), CASES)
def test_what_is_made_is_asked_for_by_its_arn(
    service: str, operation: str, params: dict[str, Any], wanted: list[tuple[str, str]]
) -> None:
    found = needs(Found(called(service, operation, **params)), PLACE)
    assert [(each.action, each.resource) for each in found] == wanted


@pytest.mark.parametrize(
    ("service", "operation", "params", "action"),
    [
        ("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16", **tagged("vpc")}, "ec2:CreateVpc"),
        (
            "cloudfront",
            "CreateVpcOrigin",
            {
                "VpcOriginEndpointConfig": {"Name": "a", "Arn": "b", "HTTPPort": 80, "HTTPSPort": 443}
                | {"OriginProtocolPolicy": "http-only"},
                "Tags": {"Items": TAGS},
            },
            "cloudfront:CreateVpcOrigin",
        ),
        ("cognito-idp", "CreateUserPool", {"PoolName": "a", "UserPoolTags": {"tagship:app": "notes"}}, ""),
    ],
)
def test_the_tags_of_what_is_made_are_condition_keys(
    service: str, operation: str, params: dict[str, Any], action: str
) -> None:
    context = keys.context(
        called(service, operation, **params), action or f"{service}:{operation}", Circumstances(PLACE, NOW)
    )
    assert context["aws:requesttag/tagship:app"] == ("notes",)


def test_a_tag_at_creation_tells_by_which_call() -> None:
    (_, tagging) = needs(Found(called("ec2", "CreateVpc", CidrBlock="10.0.0.0/16", **tagged("vpc"))), PLACE)
    assert tagging.extra == {"ec2:createaction": "CreateVpc"}
