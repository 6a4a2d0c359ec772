"""The registry as an ASGI application: what ``docker push`` and ``docker pull`` speak to.

Whoever asks shows the login that ECR gave (``login.py``).
"""

import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qs

from seatrial.core.asgi import Disconnected, Message, Receive, Send, headers_of
from seatrial.core.internal import AwsCallError
from seatrial.core.wire.bodies import TooLarge, read_within
from seatrial.services.registry.blobs import PART, BlobStore, DigestDiffers, Upload, read_parts
from seatrial.services.registry.login import Logins
from seatrial.services.registry.manifests import checked_manifest
from seatrial.services.registry.pending_blobs import PendingBlobs
from seatrial.services.registry.protocol import (
    TAG,
    UNAUTHORIZED,
    Answer,
    RegistryError,
    Route,
    byte_range,
    json_answer,
    route,
)
from seatrial.services.registry.repositories import Repositories, StoredManifest

_log = logging.getLogger("seatrial")

Handler = Callable[[Route, Message, Receive], Awaitable[Answer]]

LARGEST_MANIFEST = 4 << 20
"""Bytes (OCI distribution specification, "Pushing Manifests": a registry should take at least 4 MiB)."""


class Registry:
    """ASGI application of the account's registry.

    Args:
        account_id: quoted in errors, as ECR does.
        blobs: the blobs on disk.
        repositories: ECR.
        pending_blobs: blobs that a client was told about and has not referred to yet.
        logins: the logins that are valid.
    """

    def __init__(
        self,
        account_id: str,
        blobs: BlobStore,
        repositories: Repositories,
        *,
        pending_blobs: PendingBlobs,
        logins: Logins,
    ) -> None:
        self._account_id = account_id
        self._logins = logins
        self._blobs = blobs
        self._repositories = repositories
        self._pending_blobs = pending_blobs
        self._handlers: dict[tuple[str, str], Handler] = {
            ("GET", "tags"): self._tags,
            ("GET", "manifest"): self._manifest,
            ("HEAD", "manifest"): self._manifest,
            ("PUT", "manifest"): self._put_manifest,
            ("HEAD", "blob"): self._blob_facts,
            ("POST", "upload"): self._begin,
            ("GET", "upload"): self._progress,
            ("PATCH", "upload"): self._append,
            ("PUT", "upload"): self._finish,
            ("DELETE", "upload"): self._cancel,
        }

    @staticmethod
    def serves(path: str) -> bool:
        """Whether a path is the registry's."""
        return route(path) is not None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        where = route(scope["path"]) or Route("base")
        if not self._logins.accepts(headers_of(scope).get("authorization", "")):
            await _send(send, UNAUTHORIZED, head=scope["method"] == "HEAD")
            return
        try:
            if where.kind == "blob" and scope["method"] == "GET":
                await self._send_blob(where, scope, send)
            else:
                await _send(send, await self._answer(where, scope, receive), head=scope["method"] == "HEAD")
        except OSError as error:
            _log.warning("A layer could not be kept: %s", error)
            refusal = RegistryError("UNKNOWN", f"The registry cannot keep it: {error.strerror}.", 503)
            await _send(send, refusal.answer, head=False)
        except RegistryError as error:
            await _send(send, error.answer, head=scope["method"] == "HEAD")
        except Disconnected:
            return

    async def _answer(self, where: Route, scope: Message, receive: Receive) -> Answer:
        if where.kind == "base":
            return json_answer({})
        handler = self._handlers.get((scope["method"], where.kind))
        if handler is None:
            raise RegistryError("UNSUPPORTED", "The operation is unsupported.", 405)
        if not await self._repositories.exists(where.name):
            raise RegistryError(
                "NAME_UNKNOWN",
                f"The repository with name '{where.name}' does not exist in the registry with id '{self._account_id}'",
                404,
            )
        return await handler(where, scope, receive)

    async def _tags(self, where: Route, _scope: Message, _receive: Receive) -> Answer:
        return json_answer({"name": where.name, "tags": await self._repositories.tags(where.name)})

    async def _manifest(self, where: Route, _scope: Message, _receive: Receive) -> Answer:
        found = await self._repositories.manifest(where.name, where.reference)
        if found is None:
            raise RegistryError("MANIFEST_UNKNOWN", "Requested image not found", 404)
        return Answer(200, {"content-type": found.media_type, "docker-content-digest": found.digest}, found.content)

    async def _put_manifest(self, where: Route, scope: Message, receive: Receive) -> Answer:
        try:
            content = await read_within(receive, headers_of(scope), LARGEST_MANIFEST)
        except TooLarge as error:
            raise RegistryError("SIZE_INVALID", f"A manifest has at most {LARGEST_MANIFEST} bytes.", 413) from error
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        by_digest = where.reference.startswith("sha256:")
        if by_digest and digest != where.reference:
            raise RegistryError("DIGEST_INVALID", "The digest does not match the manifest.", 400)
        if not by_digest and not TAG.fullmatch(where.reference):
            raise RegistryError("TAG_INVALID", f"The image tag {where.reference!r} is not valid.", 400)
        blobs = await self._require_parts(where.name, content)
        manifest = StoredManifest(digest, headers_of(scope).get("content-type", ""), content)
        try:
            await self._repositories.put(where.name, None if by_digest else where.reference, manifest)
        except AwsCallError as error:
            raise _refused(error, where) from error
        self._pending_blobs.resolve(blobs)
        return Answer(201, {"location": f"/v2/{where.name}/manifests/{digest}", "docker-content-digest": digest})

    async def _require_parts(self, name: str, content: bytes) -> set[str]:
        try:
            manifest = checked_manifest(content)
        except ValueError as error:
            raise RegistryError("MANIFEST_INVALID", f"The manifest is invalid: {error}.", 400) from error
        missing = [digest for digest in manifest.blobs if not self._blobs.path(digest)]
        missing += [digest for digest in manifest.manifests if not await self._repositories.manifest(name, digest)]
        if missing:
            raise RegistryError("MANIFEST_BLOB_UNKNOWN", f"The manifest refers to `{missing[0]}`, unknown here.", 404)
        return set(manifest.blobs)

    async def _blob_facts(self, where: Route, _scope: Message, _receive: Receive) -> Answer:
        path = self._blobs.path(where.reference)
        if path is None:
            raise _unknown_blob()
        self._pending_blobs.add(where.reference)
        return Answer(200, {**_blob_headers(where.reference), "content-length": str(path.stat().st_size)})

    async def _send_blob(self, where: Route, scope: Message, send: Send) -> None:
        path = self._blobs.path(where.reference)
        if path is None:
            raise _unknown_blob()
        size = path.stat().st_size
        part = byte_range(headers_of(scope).get("range"), size)
        start, length = part or (0, size)
        headers = {**_blob_headers(where.reference), "content-length": str(length)}
        if part:
            headers["content-range"] = f"bytes {start}-{start + length - 1}/{size}"
        await send({"type": "http.response.start", "status": 206 if part else 200, "headers": _encoded(headers)})
        async for piece in read_parts(path, start, length):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    async def _begin(self, where: Route, scope: Message, receive: Receive) -> Answer:
        query = _query(scope)
        if self._blobs.path(mounted := query.get("mount", "")):
            self._pending_blobs.add(mounted)
            return _stored(where, mounted)
        upload = self._blobs.start_upload()
        if "digest" in query:
            return await self._completed(where, upload, query["digest"], receive)
        return _accepted(where, upload)

    async def _progress(self, where: Route, _scope: Message, _receive: Receive) -> Answer:
        return _accepted(where, self._upload(where), status=204)

    async def _append(self, where: Route, scope: Message, receive: Receive) -> Answer:
        upload = self._upload(where)
        begins = headers_of(scope).get("content-range", f"{upload.size}-").partition("-")[0]
        if begins != str(upload.size):
            raise RegistryError("BLOB_UPLOAD_INVALID", f"The upload continues at byte {upload.size}.", 416)
        await self._blobs.append(upload, _incoming(receive))
        return _accepted(where, upload)

    async def _finish(self, where: Route, scope: Message, receive: Receive) -> Answer:
        return await self._completed(where, self._upload(where), _query(scope).get("digest", ""), receive)

    async def _cancel(self, where: Route, _scope: Message, _receive: Receive) -> Answer:
        self._blobs.cancel(self._upload(where))
        return Answer(204, {})

    async def _completed(self, where: Route, upload: Upload, digest: str, receive: Receive) -> Answer:
        await self._blobs.append(upload, _incoming(receive))
        try:
            self._blobs.finish(upload, digest)
        except DigestDiffers as error:
            raise RegistryError("DIGEST_INVALID", "The digest does not match what was uploaded.", 400) from error
        self._pending_blobs.add(digest)
        return _stored(where, digest)

    def _upload(self, where: Route) -> Upload:
        upload = self._blobs.upload(where.reference)
        if upload is None:
            raise RegistryError("BLOB_UPLOAD_UNKNOWN", "The upload is unknown.", 404)
        return upload


def _accepted(where: Route, upload: Upload, status: int = 202) -> Answer:
    headers = {
        "location": f"/v2/{where.name}/blobs/uploads/{upload.id}",
        "docker-upload-uuid": upload.id,
        "range": f"0-{max(0, upload.size - 1)}",
    }
    return Answer(status, headers)


def _stored(where: Route, digest: str) -> Answer:
    return Answer(201, {"location": f"/v2/{where.name}/blobs/{digest}", "docker-content-digest": digest})


def _blob_headers(digest: str) -> dict[str, str]:
    return {"content-type": "application/octet-stream", "docker-content-digest": digest, "accept-ranges": "bytes"}


def _unknown_blob() -> RegistryError:
    return RegistryError("BLOB_UNKNOWN", "The blob is unknown to the registry.", 404)


def _refused(error: AwsCallError, where: Route) -> RegistryError:
    """ECR's refusal of a manifest, in the words that ``docker push`` prints after "tag invalid"."""
    if error.code != "ImageTagAlreadyExistsException":
        return RegistryError("MANIFEST_INVALID", error.message, 400)
    return RegistryError(
        "TAG_INVALID",
        f"The image tag '{where.reference}' already exists in the '{where.name}' repository "
        "and cannot be overwritten because the repository is immutable.",
        400,
    )


def _query(scope: Message) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(scope.get("query_string", b"").decode()).items()}


async def _incoming(receive: Receive) -> AsyncIterator[bytes]:
    """The request's body in parts of a megabyte or so, however small the network cuts it."""
    held = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        held += message.get("body", b"")
        finished = not message.get("more_body")
        if held and (finished or len(held) >= PART):
            yield bytes(held)
            held.clear()
        if finished:
            return


async def _send(send: Send, answer: Answer, *, head: bool) -> None:
    headers = {"content-length": str(len(answer.body)), **answer.headers}
    await send({"type": "http.response.start", "status": answer.status, "headers": _encoded(headers)})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    versioned = {"docker-distribution-api-version": "registry/2.0", **headers}
    return [(name.encode(), value.encode()) for name, value in versioned.items()]
