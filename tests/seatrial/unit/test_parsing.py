from pathlib import Path
from typing import Any

import pytest

from seatrial.core.service import AwsRequest
from seatrial.core.settings import InstanceSettings
from seatrial.core.wire.parsing import describe, is_api_call

SETTINGS = InstanceSettings(home=Path("/nowhere"), region="us-east-1")


def scope(method: str = "POST", path: str = "/", query: str = "", **headers: str) -> dict[str, Any]:
    encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"method": method, "path": path, "query_string": query.encode(), "headers": encoded}


def signed(service: str, key: str = "test") -> str:
    scope = f"{key}/20260101/eu-central-1/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"


def test_a_json_call_is_named_by_its_target() -> None:
    call = scope(x_amz_target="AmazonEC2ContainerServiceV20141113.RunTask", authorization=signed("ecs"))
    request = describe(call, b"{}", SETTINGS)
    assert is_api_call(call)
    assert (request.service, request.operation, request.region) == ("ecs", "RunTask", "eu-central-1")


def test_a_query_call_is_named_by_its_action() -> None:
    form = "application/x-www-form-urlencoded; charset=utf-8"
    call = scope(content_type=form, authorization=signed("elasticloadbalancing"))
    request = describe(call, b"Action=RegisterTargets&Version=2015-12-01", SETTINGS)
    assert is_api_call(call)
    assert (request.service, request.operation) == ("elasticloadbalancing", "RegisterTargets")


def test_a_cbor_call_is_named_by_its_path() -> None:
    call = scope(path="/service/GraniteServiceVersion20100801/operation/PutMetricData")
    assert is_api_call(call)
    assert describe(call, b"", SETTINGS).operation == "PutMetricData"


@pytest.mark.parametrize(
    "call",
    [
        scope("PUT", "/bucket/key", authorization=signed("s3")),
        scope("POST", "/bucket", content_type="multipart/form-data"),
        scope("POST", "/oauth2/token", content_type="application/x-www-form-urlencoded"),
        scope("GET", "/"),
    ],
)
def test_a_rest_call_has_no_operation_and_its_body_is_left_alone(call: dict[str, Any]) -> None:
    assert not is_api_call(call)
    assert describe(call, b"", SETTINGS).operation == ""


def test_an_unsigned_request_is_the_default_region_and_account() -> None:
    request = describe(scope("GET", "/x"), b"", SETTINGS)
    assert (request.service, request.region, request.account_id) == ("", "us-east-1", "000000000000")


def test_a_presigned_url_is_read_like_a_signed_header() -> None:
    credential = "X-Amz-Credential=test%2F20260101%2Feu-central-1%2Fs3%2Faws4_request"
    assert describe(scope("GET", "/bucket/key", credential), b"", SETTINGS).region == "eu-central-1"


def test_an_access_key_of_twelve_digits_is_an_account() -> None:
    call = scope(x_amz_target="X.Y", authorization=signed("ecs", key="111122223333"))
    assert describe(call, b"", SETTINGS).account_id == "111122223333"


@pytest.mark.parametrize("operation", ["DescribeServices", "GetAuthorizationToken", "BatchGetImage", "ListTasks"])
def test_a_reading_operation_changes_nothing(operation: str) -> None:
    assert not AwsRequest("POST", "/", operation=operation).is_mutating


@pytest.mark.parametrize("operation", ["RunTask", "BatchDeleteImage", "SomethingNew"])
def test_any_other_operation_may_change_something(operation: str) -> None:
    assert AwsRequest("POST", "/", operation=operation).is_mutating


def test_of_rest_calls_the_method_tells() -> None:
    mutating = [method for method in ("GET", "HEAD", "PUT", "POST", "DELETE") if AwsRequest(method, "/b").is_mutating]
    assert mutating == ["PUT", "POST", "DELETE"]
