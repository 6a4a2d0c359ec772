from datetime import UTC, datetime
from io import BytesIO
from typing import Any, cast

import pytest

from tagship.aws.s3 import S3
from tagship.aws.session import Aws, AwsAccess
from tagship.base.errors import AwsError

TAKEN = datetime(2026, 1, 1, tzinfo=UTC)
ERRORS = [
    {"Key": "a", "Code": "AccessDenied", "Message": "Access Denied"},
    {"Key": "b", "Code": "InternalError", "Message": "We encountered an internal error."},
]


class Client:
    """An S3 that deletes nothing, and its session."""

    access = AwsAccess("eu-central-1")

    def __init__(self, errors: list[dict[str, str]], date: str = "Thu, 01 Jan 2026 00:01:00 GMT") -> None:
        self._errors, self._date = errors, date

    def client(self, _: str) -> "Client":
        return self

    def head_bucket(self, **_: object) -> None:
        return

    def delete_objects(self, **_: object) -> dict[str, Any]:
        return {"Errors": self._errors} if self._errors else {}

    def get_paginator(self, _: str) -> "Client":
        return self

    def paginate(self, **_: object) -> list[dict[str, Any]]:
        return [{"Versions": [{"Key": "a", "VersionId": "1"}, {"Key": "b", "VersionId": "2"}]}]

    def get_object(self, **_: object) -> dict[str, Any]:
        headers = {"date": self._date} if self._date else {}
        return {
            "Body": BytesIO(b"{}"),
            "ETag": '"1"',
            "LastModified": TAKEN,
            "ResponseMetadata": {"HTTPHeaders": headers},
        }


def s3_of(client: Client) -> S3:
    return S3(cast("Aws", client))


def test_keys_that_were_not_deleted_are_an_error_although_s3_answers_200() -> None:
    with pytest.raises(AwsError, match="did not delete `a`, and 1 more of `shop`: AccessDenied: Access Denied"):
        s3_of(Client(ERRORS)).delete("shop", ["a", "b"])
    with pytest.raises(AwsError, match="did not delete `a` of `shop`"):
        s3_of(Client(ERRORS[:1])).empty("shop")


def test_keys_that_were_deleted_are_none() -> None:
    s3_of(Client([])).delete("shop", ["a"])
    s3_of(Client([])).empty("shop")


@pytest.mark.parametrize(
    ("date", "answered"),
    [("Thu, 01 Jan 2026 00:01:00 GMT", datetime(2026, 1, 1, 0, 1, tzinfo=UTC)), ("", None), ("today", None)],
)
def test_an_object_comes_with_s3s_own_time(date: str, answered: datetime | None) -> None:
    found = s3_of(Client([], date)).get("shop", "a")
    assert found is not None
    assert (found.modified, found.answered) == (TAKEN, answered)
