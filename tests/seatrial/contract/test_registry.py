import io
import json
import os
import re
import tarfile
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx
import pytest
from docker.errors import APIError

from seatrial.core.engine import EngineClient
from tests.seatrial.contract.conftest import RunningAws

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@pytest.fixture
def repository(local_aws: RunningAws, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty repository of this test's own."""
    slug = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:60]
    name = f"team/{slug}"
    ecr = local_aws.client("ecr")
    ecr.create_repository(repositoryName=name)
    yield name
    ecr.delete_repository(repositoryName=name, force=True)


@pytest.fixture
def http(local_aws: RunningAws) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=local_aws.endpoint, auth=login(local_aws), trust_env=False, timeout=60) as client:
        yield client


def login(aws: RunningAws) -> tuple[str, str]:
    """What `aws ecr get-authorization-token` gives: user and password."""
    token = aws.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = b64decode(token).decode().partition(":")
    return user, password


def digest_of(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


def push_blob(http: httpx.Client, repository: str, content: bytes) -> str:
    answer = http.post(f"/v2/{repository}/blobs/uploads/?digest={digest_of(content)}", content=content)
    assert answer.status_code == 201
    return digest_of(content)


def push_image(http: httpx.Client, repository: str, tag: str, *layers: bytes) -> str:
    """Push an image by hand; returns its digest."""
    parts = [{"digest": push_blob(http, repository, layer), "size": len(layer)} for layer in layers]
    config = {"digest": push_blob(http, repository, b"{}"), "size": 2}
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": parts})
    answer = http.put(f"/v2/{repository}/manifests/{tag}", content=manifest, headers={"content-type": MANIFEST})
    assert answer.status_code == 201, answer.text
    return answer.headers["docker-content-digest"]


def error_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def build(engine: EngineClient, tag: str, content: bytes) -> Any:  # noqa: ANN401 - docker's Image
    """A real image, from nothing, with one file."""
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as tar:
        for name, data in (("Dockerfile", b"FROM scratch\nCOPY file /file\n"), ("file", content)):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    context.seek(0)
    return engine.images.build(fileobj=context, custom_context=True, tag=tag, rm=True)[0]


def sign_in(engine: EngineClient, aws: RunningAws) -> str:
    """What `aws ecr get-login-password | docker login` does; returns the registry's address."""
    authorization = aws.client("ecr").get_authorization_token()["authorizationData"][0]
    address: str = authorization["proxyEndpoint"].removeprefix("http://")
    engine.login(*login(aws), registry=address, reauth=True)
    return address


@pytest.mark.docker
def test_docker_signs_in_pushes_and_pulls_what_it_pushed(
    local_aws: RunningAws, engine: EngineClient, repository: str
) -> None:
    assert sign_in(engine, local_aws) == local_aws.settings.registry
    uri = local_aws.client("ecr").describe_repositories(repositoryNames=[repository])["repositories"][0][
        "repositoryUri"
    ]
    image = build(engine, f"{uri}:v1", os.urandom(3_000_000))
    try:
        lines = engine.images.push(uri, tag="v1", stream=True, decode=True)
        digest = next(line["aux"]["Digest"] for line in lines if "aux" in line)
        engine.images.remove(image.id, force=True)
        engine.images.pull(f"{uri}@{digest}")
        engine.images.pull(uri, tag="v1")
        assert engine.images.get(f"{uri}:v1").id == image.id
        detail = local_aws.client("ecr").describe_images(repositoryName=repository)["imageDetails"][0]
        assert detail["imageDigest"] == digest
        assert detail["imageTags"] == ["v1"]
        assert 3_000_000 < detail["imageSizeInBytes"] < 3_100_000
    finally:
        engine.images.remove(image.id, force=True)


@pytest.mark.docker
def test_docker_is_told_that_a_tag_is_immutable(local_aws: RunningAws, engine: EngineClient, repository: str) -> None:
    local_aws.client("ecr").put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
    uri = f"{sign_in(engine, local_aws)}/{repository}"
    first, second = (build(engine, f"{uri}:v1", content) for content in (b"one", b"two"))
    try:
        first.tag(uri, "v1")
        assert "errorDetail" not in engine.images.push(uri, tag="v1")
        second.tag(uri, "v1")
        assert "cannot be overwritten because the repository is immutable" in engine.images.push(uri, tag="v1")
    finally:
        for image in (first, second):
            engine.images.remove(image.id, force=True)


@pytest.mark.docker
def test_docker_is_told_that_there_is_no_such_repository(local_aws: RunningAws, engine: EngineClient) -> None:
    uri = f"{sign_in(engine, local_aws)}/nobody/made-this"
    image = build(engine, f"{uri}:v1", b"homeless")
    try:
        said = engine.images.push(uri, tag="v1")
        assert "does not exist in the registry with id '000000000000'" in said
        with pytest.raises(APIError):
            engine.images.pull(uri, tag="v1")
    finally:
        engine.images.remove(image.id, force=True)


def test_a_layer_arrives_in_pieces_and_is_checked(http: httpx.Client, repository: str) -> None:
    content = os.urandom(2_500_000)
    where = http.post(f"/v2/{repository}/blobs/uploads/").headers["location"]
    half = len(content) // 2
    http.patch(where, content=content[:half]).raise_for_status()
    assert http.get(where).headers["range"] == f"0-{half - 1}"
    http.patch(
        where, content=content[half:], headers={"content-range": f"{half}-{len(content) - 1}"}
    ).raise_for_status()
    assert http.put(where, params={"digest": digest_of(content)}).status_code == 201
    assert http.get(f"/v2/{repository}/blobs/{digest_of(content)}").content == content


def test_a_piece_in_the_wrong_place_is_refused(http: httpx.Client, repository: str) -> None:
    where = http.post(f"/v2/{repository}/blobs/uploads/").headers["location"]
    assert error_of(http.patch(where, content=b"x", headers={"content-range": "7-8"})) == (416, "BLOB_UPLOAD_INVALID")


def test_a_layer_that_is_not_what_its_digest_says_is_not_kept(http: httpx.Client, repository: str) -> None:
    claimed = digest_of(b"promised")
    answer = http.post(f"/v2/{repository}/blobs/uploads/?digest={claimed}", content=b"delivered")
    assert error_of(answer) == (400, "DIGEST_INVALID")
    assert http.head(f"/v2/{repository}/blobs/{claimed}").status_code == 404


def test_a_cancelled_upload_is_unknown_from_then_on(http: httpx.Client, repository: str) -> None:
    where = http.post(f"/v2/{repository}/blobs/uploads/").headers["location"]
    assert http.delete(where).status_code == 204
    assert error_of(http.patch(where, content=b"x")) == (404, "BLOB_UPLOAD_UNKNOWN")


@pytest.mark.parametrize(
    ("asked", "given"), [("bytes=2-4", b"234"), ("bytes=7-", b"789"), ("bytes=-2", b"89"), ("bytes=8-99", b"89")]
)
def test_part_of_a_layer_can_be_asked_for(http: httpx.Client, repository: str, asked: str, given: bytes) -> None:
    digest = push_blob(http, repository, b"0123456789")
    answer = http.get(f"/v2/{repository}/blobs/{digest}", headers={"range": asked})
    assert (answer.status_code, answer.content) == (206, given)
    assert answer.headers["content-range"].endswith("/10")


def test_a_part_beyond_the_end_is_refused(http: httpx.Client, repository: str) -> None:
    digest = push_blob(http, repository, b"0123456789")
    assert http.get(f"/v2/{repository}/blobs/{digest}", headers={"range": "bytes=10-"}).status_code == 416


def test_a_layer_is_mounted_from_another_repository(http: httpx.Client, repository: str) -> None:
    digest = push_blob(http, repository, b"shared")
    known, unknown = digest, digest_of(b"never seen")
    mount = f"/v2/{repository}/blobs/uploads/?from=other&mount="
    assert http.post(mount + known).status_code == 201
    assert http.post(mount + unknown).status_code == 202


def test_a_manifest_whose_layers_are_missing_is_refused(http: httpx.Client, repository: str) -> None:
    config = {"digest": digest_of(b"nowhere"), "size": 7}
    manifest = json.dumps({"schemaVersion": 2, "config": config, "layers": []})
    answer = http.put(f"/v2/{repository}/manifests/v1", content=manifest, headers={"content-type": MANIFEST})
    assert error_of(answer) == (404, "MANIFEST_BLOB_UNKNOWN")


@pytest.mark.parametrize("content", [b"no json", b"[]", b'{"layers": [{}]}'])
def test_what_is_no_manifest_is_refused(http: httpx.Client, repository: str, content: bytes) -> None:
    answer = http.put(f"/v2/{repository}/manifests/v1", content=content, headers={"content-type": MANIFEST})
    assert error_of(answer) == (400, "MANIFEST_INVALID")


def test_tags_are_listed_and_a_moved_tag_only_once(http: httpx.Client, repository: str) -> None:
    push_image(http, repository, "v1", b"one")
    push_image(http, repository, "v2", b"two")
    push_image(http, repository, "v1", b"three")
    assert http.get(f"/v2/{repository}/tags/list").json()["tags"] == ["v1", "v2"]


def test_an_index_is_as_large_as_its_largest_image(local_aws: RunningAws, http: httpx.Client, repository: str) -> None:
    digests = [push_image(http, repository, f"arch{size}", b"x" * size) for size in (10, 500)]
    index = json.dumps({"schemaVersion": 2, "manifests": [{"digest": digest, "size": 1} for digest in digests]})
    media_type = "application/vnd.oci.image.index.v1+json"
    pushed = http.put(f"/v2/{repository}/manifests/all", content=index, headers={"content-type": media_type})
    assert pushed.status_code == 201
    images = local_aws.client("ecr").describe_images(repositoryName=repository, imageIds=[{"imageTag": "all"}])
    assert images["imageDetails"][0]["imageSizeInBytes"] == 502


def test_layers_go_with_the_last_image_that_has_them(
    local_aws: RunningAws, http: httpx.Client, repository: str
) -> None:
    own, shared = os.urandom(100), os.urandom(100)
    push_image(http, repository, "stays", shared)
    gone = push_image(http, repository, "goes", own, shared)
    local_aws.client("ecr").batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": gone}])
    assert http.head(f"/v2/{repository}/blobs/{digest_of(own)}").status_code == 404
    assert http.head(f"/v2/{repository}/blobs/{digest_of(shared)}").status_code == 200


def test_a_repository_is_found_whatever_its_region(local_aws: RunningAws, http: httpx.Client) -> None:
    ecr = local_aws.client("ecr", region="ap-northeast-2")
    ecr.create_repository(repositoryName="far/away")
    push_image(http, "far/away", "v1", b"far")
    assert ecr.list_images(repositoryName="far/away")["imageIds"][0]["imageTag"] == "v1"
    ecr.delete_repository(repositoryName="far/away", force=True)
    assert error_of(http.get("/v2/far/away/tags/list")) == (404, "NAME_UNKNOWN")


def test_other_services_with_paths_below_v2_are_left_to_them(http: httpx.Client) -> None:
    assert "docker-distribution-api-version" not in http.get("/v2/apis").headers
