"""What botocore writes, we read as it was meant; what we write, botocore reads as it was meant."""

import gzip
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.model import OperationModel, Shape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.session import get_session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest
from seatrial.core.wire.protocols import Codec, cbor

SESSION = get_session()
CLOUDWATCH = (
    "PutMetricData",
    "GetMetricData",
    "GetMetricStatistics",
    "PutMetricAlarm",
    "PutCompositeAlarm",
    "DescribeAlarms",
    "DescribeAlarmHistory",
    "TagResource",
    "ListTagsForResource",
)
SPOKEN = [("cloudwatch", name, protocol) for protocol in ("query", "json", "smithy-rpc-v2-cbor") for name in CLOUDWATCH]
OTHERS = [
    ("sns", "Publish", "query"),
    ("sns", "CreateTopic", "query"),
    ("elbv2", "CreateRule", "query"),
    ("rds", "CreateDBCluster", "query"),
    ("rds", "DescribeDBClusters", "query"),
    ("autoscaling", "PutScalingPolicy", "query"),
    ("ecs", "RegisterTaskDefinition", "json"),
    ("application-autoscaling", "PutScalingPolicy", "json"),
    ("kms", "Encrypt", "json"),
]
TEXT = some.text(some.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))
LEAVES: dict[str, some.SearchStrategy[Any]] = {
    "string": TEXT,
    "character": TEXT,
    "integer": some.integers(-(2**31), 2**31 - 1),
    "long": some.integers(-(2**63), 2**63 - 1),
    "double": some.floats(allow_nan=False),
    "float": some.floats(allow_nan=False, width=32),
    "boolean": some.booleans(),
    "blob": some.binary(),
    "timestamp": some.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1)).map(  # noqa: DTZ001 - hypothesis wants it so
        lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
    ),
}


def model(service: str, operation: str) -> OperationModel:
    return SESSION.get_service_model(service).operation_model(operation)


def values(shape: Shape, depth: int = 4) -> some.SearchStrategy[Any]:
    """Values of a shape that every protocol can say: the query protocol has no empty list, map or structure."""
    if shape.type_name == "structure":
        members = {
            name: values(member, depth - 1)
            for name, member in shape.members.items()  # type: ignore[attr-defined]
            if depth and not (shape.metadata.get("union") or member.metadata.get("union"))
        }
        needed = {name: members[name] for name in shape.required_members if name in members}
        optional = {name: of for name, of in members.items() if name not in needed}
        return some.fixed_dictionaries(needed, optional=optional).filter(bool)
    if shape.type_name == "list":
        return some.lists(values(shape.member, depth - 1), min_size=1, max_size=3)  # type: ignore[attr-defined]
    if shape.type_name == "map":
        keys = TEXT.filter(bool)
        return some.dictionaries(keys, values(shape.value, depth - 1), min_size=1, max_size=3)  # type: ignore[attr-defined]
    return LEAVES[shape.type_name]


def bodied(body: Mapping[str, Any] | bytes | str) -> bytes:
    if isinstance(body, Mapping):
        return urlencode(body).encode()
    return body.encode() if isinstance(body, str) else body


def asked(service: str, operation: str, protocol: str, params: Mapping[str, Any]) -> AwsRequest:
    written = create_serializer(protocol, include_validation=False).serialize_to_request(
        dict(params), model(service, operation)
    )
    headers = {name.lower(): str(value) for name, value in written["headers"].items()}
    return AwsRequest("POST", written["url_path"], {}, headers, bodied(written["body"]), service, operation)


def ids(case: tuple[str, str, str]) -> str:
    return "-".join(case)


RUNS = settings(max_examples=15, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("case", SPOKEN + OTHERS, ids=ids)
@given(data=some.data())
@RUNS
def test_what_botocore_writes_we_read(case: tuple[str, str, str], data: some.DataObject) -> None:
    service, operation, protocol = case
    shape = model(service, operation).input_shape
    assert shape is not None
    params = data.draw(values(shape))
    assert Codec(service).read(asked(service, operation, protocol, params)) == params


@pytest.mark.parametrize("case", SPOKEN + OTHERS, ids=ids)
@given(data=some.data())
@RUNS
def test_what_we_write_botocore_reads(case: tuple[str, str, str], data: some.DataObject) -> None:
    service, operation, protocol = case
    shape = model(service, operation).output_shape
    if shape is None or not shape.members:
        return
    result = data.draw(values(shape))
    answer = Codec(service).answer(asked(service, operation, protocol, {}), result)
    parsed = create_parser(protocol).parse(
        {"status_code": answer.status, "headers": answer.headers, "body": answer.body}, shape
    )
    parsed.pop("ResponseMetadata")
    assert parsed == result


@pytest.mark.parametrize("protocol", ["query", "json", "smithy-rpc-v2-cbor"])
def test_an_error_has_the_code_of_the_query_protocol_and_the_status_of_its_shape(protocol: str) -> None:
    request = asked("cloudwatch", "DeleteAlarms", protocol, {"AlarmNames": ["a"]})
    request_model = model("cloudwatch", "ListTagsForResource")
    assert request_model.output_shape is not None
    answer = Codec("cloudwatch").error(request, "ResourceNotFound", "Unknown <alarm> & more")
    parsed = create_parser(protocol).parse(
        {"status_code": answer.status, "headers": answer.headers, "body": answer.body}, request_model.output_shape
    )
    assert answer.status == 404
    assert parsed["Error"]["Code"] == "ResourceNotFound"
    assert parsed["Error"]["Message"] == "Unknown <alarm> & more"


@pytest.mark.parametrize("protocol", ["query", "json", "smithy-rpc-v2-cbor"])
def test_a_missing_parameter_is_refused(protocol: str) -> None:
    request = asked("cloudwatch", "PutMetricData", protocol, {"Namespace": "a", "MetricData": [{"Value": 1.0}]})
    with pytest.raises(AwsCallError, match=r"MetricData\.member\.1\.MetricName is required"):
        Codec("cloudwatch").read(request)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"AlarmNames.member.1=a&StateValue=OK&MaxRecords=many"),
        ({}, b"AlarmNames=a&AlarmNames.member.1=b"),
        ({"x-amz-target": "GraniteServiceVersion20100801.DescribeAlarms"}, b"{"),
        ({"x-amz-target": "GraniteServiceVersion20100801.DescribeAlarms"}, b"[]"),
        ({"x-amz-target": "GraniteServiceVersion20100801.DescribeAlarms"}, b"[" * 100_000),
        ({"smithy-protocol": "rpc-v2-cbor"}, b"\xff"),
        ({"content-encoding": "gzip"}, b"AlarmNames.member.1=a"),
        ({"smithy-protocol": "rpc-v2-cbor"}, b"\xbf" * 5000),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(headers: dict[str, str], body: bytes) -> None:
    request = AwsRequest("POST", "/", {}, headers, body, "cloudwatch", "DescribeAlarms")
    with pytest.raises(AwsCallError, match="SerializationException"):
        Codec("cloudwatch").read(request)


def test_a_packed_form_is_read() -> None:
    body = gzip.compress(b"Action=DeleteAlarms&AlarmNames.member.1=a")
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8", "content-encoding": "gzip"}
    request = AwsRequest("POST", "/", {}, headers, body, "cloudwatch", "DeleteAlarms")
    assert Codec("cloudwatch").read(request) == {"AlarmNames": ["a"]}


@pytest.mark.parametrize("number", [0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32, -1, -24, -25, -(2**63)])
def test_integers_of_every_length_survive_cbor(number: int) -> None:
    assert cbor.decode(cbor.encode(number)) == number


def test_numbers_that_are_none_survive_cbor() -> None:
    assert math.isnan(cbor.decode(cbor.encode(math.nan)))
    assert cbor.decode(cbor.encode(math.inf)) == math.inf
