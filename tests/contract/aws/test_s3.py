"""One suite for S3 in memory and for the door to the embedded AWS."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tagship.aws.fakes_site import FakeS3
from tagship.aws.s3 import S3, Headers
from tagship.base.errors import AwsConflict, AwsNotFound
from tests.contract.aws.harness import session
from tests.contract.conftest import RunningAws

Either = S3 | FakeS3


def door(local_aws: RunningAws) -> S3:
    return S3(session(local_aws))


@pytest.fixture
def bucket() -> str:
    return f"contract-{uuid4().hex}"


@pytest.fixture(params=["fake", "embedded"])
def s3(request: pytest.FixtureRequest, bucket: str) -> Iterator[Either]:
    if request.param == "fake":
        yield FakeS3()
        return
    found = door(request.getfixturevalue("local_aws"))
    found.ensure_bucket(bucket)
    yield found
    found.delete_bucket(bucket)


def test_what_was_put_is_read_with_its_etag(s3: Either, bucket: str) -> None:
    etag = s3.put_new(bucket, "releases/1.json", b"{}")
    found = s3.get(bucket, "releases/1.json")
    assert found is not None
    assert (found.body, found.etag) == (b"{}", etag)


def test_an_object_that_is_not_there_is_none(s3: Either, bucket: str) -> None:
    assert s3.get(bucket, "nothing") is None


def test_a_second_creation_loses(s3: Either, bucket: str) -> None:
    s3.put_new(bucket, "one", b"first")
    with pytest.raises(AwsConflict):
        s3.put_new(bucket, "one", b"second")
    found = s3.get(bucket, "one")
    assert found is not None
    assert found.body == b"first"


def test_a_replacement_needs_the_etag_that_is_there(s3: Either, bucket: str) -> None:
    first = s3.put_new(bucket, "one", b"first")
    second = s3.put_over(bucket, "one", b"second", etag=first)
    with pytest.raises(AwsConflict):
        s3.put_over(bucket, "one", b"third", etag=first)
    assert s3.put_over(bucket, "one", b"third", etag=second) != second


def test_keys_are_listed_by_prefix_in_order(s3: Either, bucket: str) -> None:
    for key in ("b/2", "a/1", "b/10", "b/1"):
        s3.put_new(bucket, key, b"x")
    assert s3.keys(bucket, "b/") == ["b/1", "b/10", "b/2"]


def test_a_bucket_is_made_once_private_and_versioned(local_aws: RunningAws, bucket: str) -> None:
    found = door(local_aws)
    assert (found.ensure_bucket(bucket), found.ensure_bucket(bucket)) == (True, False)
    client = local_aws.client("s3")
    assert client.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert all(client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    found.delete_bucket(bucket)


def test_a_bucket_goes_with_every_version_and_is_then_not_found(local_aws: RunningAws, bucket: str) -> None:
    found = door(local_aws)
    found.ensure_bucket(bucket)
    etag = found.put_new(bucket, "one", b"first")
    found.put_over(bucket, "one", b"second", etag=etag)
    found.delete_bucket(bucket)
    assert not found.bucket_exists(bucket)
    with pytest.raises(AwsNotFound):
        found.get(bucket, "one")


def test_a_file_is_put_copied_listed_by_its_md5_and_deleted(s3: Either, bucket: str) -> None:
    html = Headers("text/html; charset=utf-8", "no-cache")
    s3.put(bucket, "kept/a", b"hello", Headers("application/octet-stream", "no-store"))
    s3.copy(bucket, "kept/a", "live/über uns/", html)
    assert s3.etags(bucket, "live/") == {"live/über uns/": "5d41402abc4b2a76b9719d911017c592"}
    s3.delete(bucket, ["kept/a", "live/über uns/", "nothing"])
    assert s3.keys(bucket, "") == []


def test_a_copy_has_the_headers_that_it_was_given(local_aws: RunningAws, bucket: str) -> None:
    found = door(local_aws)
    found.ensure_bucket(bucket)
    found.put(bucket, "a", b"hello", Headers("application/octet-stream", "no-store"))
    found.copy(bucket, "a", "b", Headers("text/html; charset=utf-8", "no-cache"))
    told = local_aws.client("s3").head_object(Bucket=bucket, Key="b")
    assert (told["ContentType"], told["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")
    found.delete_bucket(bucket)


def test_a_copy_of_nothing_is_not_found(s3: Either, bucket: str) -> None:
    with pytest.raises(AwsNotFound):
        s3.copy(bucket, "nothing", "b", Headers("text/plain", "no-cache"))
