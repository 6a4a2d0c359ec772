"""Which operation a REST call asks for, and with which parameters, is what botocore meant."""

from typing import Any

import pytest

from seatrial.core.wire.modelled import service_model
from seatrial.core.wire.protocols import ec2, rest
from tests.seatrial.unit.constraints.harness import request

SAME = {"ListDirectoryBuckets": "ListBuckets"}
"""One request of two operations: another host answers it."""


def needed(shape: Any, depth: int = 3) -> Any:  # noqa: ANN401 - botocore's shapes
    """The least that a shape must have."""
    kind = shape.type_name
    if kind == "structure":
        names = shape.required_members if depth else ()
        return {name: needed(shape.members[name], depth - 1) for name in names}
    if kind == "list":
        return [needed(shape.member, depth - 1)]
    if kind == "map":
        return {"k": needed(shape.value, depth - 1)}
    texts = {"string": (shape.enum or ["abc"])[0] if kind == "string" else "", "blob": b"b", "timestamp": 0}
    return texts.get(kind, {"boolean": True, "double": 1.5, "float": 1.5}.get(kind, 3))


@pytest.mark.parametrize("service", ["cloudfront", "lambda", "rds-data", "route53", "s3", "scheduler"])
def test_every_operation_is_found_by_its_request(service: str) -> None:
    model = service_model(service)
    wrong = {}
    for name in model.operation_names:
        if model.operation_model(name).deprecated:
            continue
        shape = model.operation_model(name).input_shape
        asked = request(service, name, needed(shape) if shape else {})
        route = rest.route_of(model, asked)
        if route is None or route.operation.name != SAME.get(name, name):
            wrong[name] = route and route.operation.name
    assert wrong == {}


def read(service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    asked = request(service, operation, params)
    route = rest.route_of(service_model(service), asked)
    assert route is not None
    return rest.read(route, asked)


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("s3", "PutObject", {"Bucket": "notes", "Key": "a/b c", "ACL": "private", "Tagging": "a=b"}),
        ("s3", "PutBucketTagging", {"Bucket": "notes", "Tagging": {"TagSet": [{"Key": "a", "Value": "é"}]}}),
        (
            "s3",
            "PutBucketLifecycleConfiguration",
            {
                "Bucket": "notes",
                "LifecycleConfiguration": {"Rules": [{"ID": "x", "Status": "Enabled", "Expiration": {"Days": 3}}]},
            },
        ),
        (
            "lambda",
            "CreateFunction",
            {"FunctionName": "f", "Role": "r", "Timeout": 3, "Environment": {"Variables": {"A": "b"}}},
        ),
        ("lambda", "Invoke", {"FunctionName": "f", "Qualifier": "1"}),
        (
            "cloudfront",
            "CreateInvalidation",
            {
                "DistributionId": "E1",
                "InvalidationBatch": {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "r"},
            },
        ),
        ("route53", "CreateHostedZone", {"Name": "example.com", "CallerReference": "r"}),
        ("scheduler", "DeleteSchedule", {"Name": "n", "GroupName": "g"}),
    ],
)
def test_what_botocore_writes_we_read(service: str, operation: str, params: dict[str, Any]) -> None:
    assert read(service, operation, params) == params


def test_what_is_no_operation_is_none() -> None:
    asked = request("lambda", "Invoke", {"FunctionName": "f"})
    assert rest.route_of(service_model("scheduler"), asked) is None


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        (
            "DescribeVpcs",
            {"VpcIds": ["vpc-1", "vpc-2"], "Filters": [{"Name": "a", "Values": ["b", "c"]}], "MaxResults": 5},
        ),
        ("CreateTags", {"Resources": ["i-1"], "Tags": [{"Key": "a", "Value": ""}], "DryRun": True}),
        ("RunInstances", {"MinCount": 1, "MaxCount": 1, "NetworkInterfaces": [{"DeviceIndex": 0, "Groups": ["sg-1"]}]}),
    ],
)
def test_what_botocore_writes_to_ec2_we_read(operation: str, params: dict[str, Any]) -> None:
    shape = service_model("ec2").operation_model(operation).input_shape
    assert shape is not None
    assert ec2.read(shape, request("ec2", operation, params).body) == params
