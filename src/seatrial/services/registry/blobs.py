"""Blobs on disk, named by their digest; uploads are hashed while they arrive."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PART = 1 << 20
"""Bytes that are read, hashed and written at a time, away from the event loop."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


# inside: the registry, which answers DIGEST_INVALID
class DigestDiffers(Exception):
    """What was uploaded is not what its digest says."""


@dataclass
class Upload:
    """A blob that is arriving. A restart forgets it; clients begin again, as the specification allows."""

    id: str
    path: Path
    size: int = 0
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    async def append(self, parts: AsyncIterator[bytes]) -> None:
        """Write what arrives."""
        with self.path.open("ab") as file:
            async for part in parts:
                await asyncio.to_thread(self._write, file, part)

    @property
    def digest(self) -> str:
        """The digest of what has arrived so far."""
        return f"sha256:{self._hash.hexdigest()}"

    def _write(self, file: Any, part: bytes) -> None:  # noqa: ANN401 - an open binary file
        self._hash.update(part)
        file.write(part)
        self.size += len(part)


class BlobStore:
    """The blobs of all repositories: a layer that several images share is on disk once.

    Args:
        directory: the directory of the registry.
    """

    def __init__(self, directory: Path) -> None:
        self._blobs = directory / "blobs" / "sha256"
        self._uploading = directory / "uploads"
        self._uploads: dict[str, Upload] = {}

    def prepare(self) -> None:
        """Make the directories, and remove what an interrupted upload left there."""
        for path in (self._blobs, self._uploading):
            path.mkdir(parents=True, exist_ok=True)
        for abandoned in self._uploading.iterdir():
            abandoned.unlink()

    def path(self, digest: str) -> Path | None:
        """The file of a blob, or None where it is not here."""
        if not _DIGEST.fullmatch(digest):
            return None
        path = self._blobs / digest.removeprefix("sha256:")
        return path if path.exists() else None

    def digests(self) -> set[str]:
        """Every blob that is here."""
        return {f"sha256:{path.name}" for path in self._blobs.iterdir()}

    def remove(self, digest: str) -> None:
        """Forget a blob."""
        if path := self.path(digest):
            path.unlink(missing_ok=True)

    def start_upload(self) -> Upload:
        """A new upload."""
        name = secrets.token_hex(16)
        self._uploads[name] = Upload(name, self._uploading / name)
        return self._uploads[name]

    def upload(self, name: str) -> Upload | None:
        """An upload that has begun and neither ended nor been cancelled."""
        return self._uploads.get(name)

    async def append(self, upload: Upload, parts: AsyncIterator[bytes]) -> None:
        """Take in what arrives.

        Raises:
            OSError: it cannot be written, because the disk is full; the upload is forgotten, which gives its room back.
        """
        try:
            await upload.append(parts)
        except OSError:
            self.cancel(upload)
            raise

    def cancel(self, upload: Upload) -> None:
        """Forget an upload."""
        self._uploads.pop(upload.id, None)
        upload.path.unlink(missing_ok=True)

    def finish(self, upload: Upload, digest: str) -> None:
        """Keep what was uploaded.

        Raises:
            DigestDiffers: it is something else; it is forgotten.
        """
        if upload.digest != digest:
            self.cancel(upload)
            raise DigestDiffers
        upload.path.touch()  # an empty blob has had no part to write
        upload.path.rename(self._blobs / digest.removeprefix("sha256:"))
        del self._uploads[upload.id]


async def read_parts(path: Path, start: int, length: int) -> AsyncIterator[bytes]:
    """Bytes of a file, part by part."""
    with path.open("rb") as file:
        file.seek(start)
        while length and (part := await asyncio.to_thread(file.read, min(PART, length))):
            length -= len(part)
            yield part
