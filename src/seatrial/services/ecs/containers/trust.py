"""Whom a task's containers trust besides: the authority that has signed the names of AWS here.

On AWS the authorities of AWS's names are among those that an image brings along. Here the image's own list and this
machine's authority stand together in a volume, which each container of the image reads, and variables name it to
OpenSSL and Go (``SSL_CERT_FILE``), curl, Python's requests and Node.js. An image without a list is given none: on AWS,
too, its programs trust nobody by it. Java has a store of its own, and is told nothing.
"""

import contextlib
import hashlib
import io
import tarfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from seatrial.core.engine import ENGINE_LACKS, INSTANCE_LABEL, EngineClient, resource_name

FOLDER: Final = "/etc/ssl/seatrial"
"""Where the volume is in a container."""

_AUTHORITY: Final = "authority.pem"
_LIST: Final = "authorities.pem"
_LISTS: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, distroless
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Amazon Linux, Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # openSUSE
)


@dataclass(frozen=True)
class Trust:
    """What the containers of one image are given.

    Args:
        volume: Docker's name of it.
        listed: whether the image has a list of authorities.
    """

    volume: str
    listed: bool

    @property
    def mounted(self) -> dict[str, dict[str, str]]:
        """The volume, as the Docker SDK wants it."""
        return {self.volume: {"bind": FOLDER, "mode": "ro"}}

    @property
    def variables(self) -> dict[str, str]:
        """What programs find it by."""
        named = {"NODE_EXTRA_CA_CERTS": f"{FOLDER}/{_AUTHORITY}"}
        if self.listed:
            every = f"{FOLDER}/{_LIST}"
            named |= {"SSL_CERT_FILE": every, "CURL_CA_BUNDLE": every, "REQUESTS_CA_BUNDLE": every}
        return named


class Trusts:
    """Makes the volumes, one for each image, and remembers them.

    Args:
        client: the engine.
        instance: ``InstanceSettings.instance_id``.
        authority: the file with the authority's certificate, which is there once a name has HTTPS.
    """

    def __init__(self, client: EngineClient, instance: str, authority: Path) -> None:
        self._client, self._instance, self._authority = client, instance, authority
        self._known: dict[str, Trust] = {}
        self._one_at_a_time = threading.Lock()

    def of(self, image: str) -> Trust | None:
        """What an image's containers are given; None while nothing has HTTPS. Blocks.

        Raises:
            DockerException: the engine could not do it; see ``ENGINE_ERRORS``.
        """
        if not self._authority.exists():
            return None
        with self._one_at_a_time:
            identity = str(self._client.images.get(image).id)
            if identity not in self._known:
                self._known[identity] = self._made(identity)
            return self._known[identity]

    def _made(self, image: str) -> Trust:
        """A container that is never started shows what the image has, and fills the volume."""
        authority = self._authority.read_bytes()
        volume = resource_name(self._instance, "trust", hashlib.sha256(image.encode() + authority).hexdigest()[:12])
        labels = {INSTANCE_LABEL: self._instance}
        self._client.volumes.create(volume, labels=labels)
        mounted = {volume: {"bind": FOLDER, "mode": "rw"}}
        container = self._client.containers.create(image, ["-"], labels=labels, volumes=mounted, network="none")
        try:
            listed = next(filter(None, (self._read(str(container.id), path) for path in _LISTS)), b"")
            files = {_AUTHORITY: authority, **({_LIST: listed.rstrip() + b"\n" + authority} if listed else {})}
            container.put_archive(FOLDER, packed(files))
        finally:
            container.remove(force=True)
        return Trust(volume, bool(listed))

    def _read(self, container: str, path: str) -> bytes:
        """A file of a container; empty where there is none."""
        with contextlib.suppress(ENGINE_LACKS):
            parts, _ = self._client.api.get_archive(container, path)
            return unpacked(b"".join(parts))
        return b""


def packed(files: Mapping[str, bytes]) -> bytes:
    """An archive of files that everybody may read."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size, about.mode = len(content), 0o444
            tar.addfile(about, io.BytesIO(content))
    return archive.getvalue()


def unpacked(archive: bytes) -> bytes:
    """The first file of an archive; empty where it holds a link or a folder."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            return file.read() if file else b""
    return b""
