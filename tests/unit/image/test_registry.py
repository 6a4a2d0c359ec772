"""The commit that an image names, by the registry's own protocol."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tagship.base.errors import AwsDenied, AwsError, AwsNotFound, AwsUnreachable
from tagship.image.builder import RegistryCredentials
from tagship.image.registry import OciRegistry

COMMIT = "c" * 40
KNOWN = RegistryCredentials("here", "AWS", "hush")
Answers = Mapping[str, tuple[int, Any]]
LABELLED = {"config": {"Labels": {"org.opencontainers.image.revision": COMMIT}}}


@contextmanager
def registry(answers: Answers) -> Iterator[tuple[str, list[str]]]:
    """A registry of these answers; yields its host and the ``Authorization`` of each request."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers.get("Authorization", ""))
            status, document = answers.get(self.path, (404, {}))
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            if status == 307:
                self.send_header("Location", document)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        server.server_close()


def commit(answers: Answers) -> str:
    with registry(answers) as (host, _):
        return OciRegistry().commit_of(f"{host}/shop/api", "v1", KNOWN)


MANIFEST = "/v2/shop/api/manifests/v1"
ONE = {MANIFEST: (200, {"config": {"digest": "sha256:1"}})}
BLOB = "/v2/shop/api/blobs/sha256:1"


def test_the_label_of_the_images_configuration_is_the_commit() -> None:
    assert commit({**ONE, BLOB: (200, LABELLED)}) == COMMIT


@pytest.mark.parametrize("labels", [None, {}, {"other": "x"}])
def test_an_image_without_the_label_names_none(labels: object) -> None:
    assert commit({**ONE, BLOB: (200, {"config": {"Labels": labels}})}) == ""


def test_of_an_image_for_several_platforms_the_one_that_runs_is_asked() -> None:
    listed = [
        {"digest": "sha256:arm", "platform": {"os": "linux", "architecture": "arm64"}},
        {"digest": "sha256:ours", "platform": {"os": "linux", "architecture": "amd64"}},
        {"digest": "sha256:attestation", "platform": {"os": "unknown", "architecture": "unknown"}},
    ]
    inner = {"/v2/shop/api/manifests/sha256:ours": ONE[MANIFEST]}
    assert commit({MANIFEST: (200, {"manifests": listed}), **inner, BLOB: (200, LABELLED)}) == COMMIT


def test_a_blob_elsewhere_is_fetched_without_the_registrys_password() -> None:
    with registry({"/blob": (200, LABELLED)}) as (elsewhere, heard_there):
        moved = {BLOB: (307, f"http://{elsewhere}/blob")}
        assert commit({**ONE, **moved}) == COMMIT
        assert heard_there == [""]


@pytest.mark.parametrize(
    ("status", "document", "error"),
    [
        (403, {}, AwsDenied),
        (401, {}, AwsDenied),
        (404, {}, AwsNotFound),
        (500, {}, AwsError),
        (200, b"<html>", AwsError),
        (200, [], AwsError),
    ],
)
def test_every_refusal_of_the_registry_is_one_of_ours(status: int, document: object, error: type[AwsError]) -> None:
    with pytest.raises(error) as raised:
        commit({MANIFEST: (status, document)})
    assert "hush" not in raised.value.message


def test_a_registry_that_is_not_there_is_unreachable() -> None:
    with registry({}) as (host, _):
        pass
    with pytest.raises(AwsUnreachable):
        OciRegistry().commit_of(f"{host}/shop/api", "v1", KNOWN)


def test_those_who_may_not_pull_are_told_which_permissions_they_need() -> None:
    with pytest.raises(AwsDenied) as denied:
        commit({**ONE, BLOB: (403, {})})
    assert "ecr:GetDownloadUrlForLayer" in (denied.value.hint or "")
