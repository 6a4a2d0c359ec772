"""How tasks reach the names that have HTTPS: a container in their network that answers to all of them at port 443.

An address in a URL of AWS's has no port, and only root may listen at 443 of this machine; in a container anybody may.
Docker's own DNS resolves a container's further names in its network, for every libc and every runtime, so that nothing
of a task is changed. The container has no image's files: it runs this machine's Python, whose folders it reads, and
passes bytes on to the port that all names share, on the Docker bridge.
"""

import asyncio
import contextlib
import io
import logging
import os
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from seatrial.core.context import ServiceContext
from seatrial.core.engine import (
    EMPTY_IMAGE,
    ENGINE_ERRORS,
    ENGINE_LACKS,
    INSTANCE_LABEL,
    EngineClient,
    ensure_network,
    resource_name,
)
from seatrial.ground.process import interpreter
from seatrial.services.cloudfront import forward

_TARGET_LABEL: Final = "seatrial.https"
_SCRIPT: Final = "/forward.py"
_FOLDERS: Final = ("/usr", "/lib", "/lib64")
_BOUNDS: Final[Mapping[str, Any]] = {
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges", "label=disable"],  # SELinux lets a container read no folder of a home
    "sysctls": {"net.ipv4.ip_unprivileged_port_start": "0"},  # of its network alone
    "read_only": True,
    "mem_limit": "64m",
    "pids_limit": 64,
    "restart_policy": {"Name": "unless-stopped"},  # it comes back with the engine
}
"""What it may, and what it takes."""
_log = logging.getLogger("seatrial")


class Door(Protocol):
    """What answers to names in the network of the tasks: Docker, or a fake."""

    def open(self, names: frozenset[str], port: int) -> None:
        """Answer to these names, and no others, with what the bridge has at this port. Blocks."""
        ...

    def close(self) -> None:
        """Answer no more. Blocks."""
        ...


class Inside:
    """Keeps the door at the names of the moment, beside whoever changes them.

    Args:
        door: the door; None where containers cannot be reached by it.
    """

    def __init__(self, door: Door | None) -> None:
        self._door = door
        self._wanted: tuple[frozenset[str], int] = (frozenset(), 0)
        self._has = self._wanted
        self._working: asyncio.Task[None] | None = None

    def follow(self, names: frozenset[str], port: int) -> None:
        """From now on these names; port 0 for none."""
        self._wanted = (names, port)
        if self._door is not None and (self._working is None or self._working.done()):
            self._working = asyncio.get_running_loop().create_task(self._work(self._door))

    async def stop(self) -> None:
        """Follow no more; the container stays, as those of tasks do, until the embedded AWS is stopped as a whole."""
        if self._working is not None:
            await asyncio.wait([self._working])

    async def _work(self, door: Door) -> None:
        while self._has != self._wanted:
            names, port = wanted = self._wanted
            try:
                await asyncio.to_thread(door.open, names, port) if port else await asyncio.to_thread(door.close)
            except ENGINE_ERRORS as error:
                _log.warning("Tasks do not reach %s: %s", ", ".join(sorted(names)), error)
            self._has = wanted


class DockerDoor:
    """The container of one instance.

    Args:
        client: the engine.
        instance: ``InstanceSettings.instance_id``.
        bridge: this machine's address on the Docker bridge.
    """

    def __init__(self, client: EngineClient, instance: str, bridge: str) -> None:
        self._client, self._instance, self._bridge = client, instance, bridge
        self._name = resource_name(instance, "https")

    def open(self, names: frozenset[str], port: int) -> None:
        """See ``Door.open``."""
        network = ensure_network(self._client, self._instance)
        container = self._running(f"{self._bridge}:{port}")
        if container is None:
            self._made(network, names, port).start()
            return
        there = container.attrs["NetworkSettings"]["Networks"].get(network)
        has = frozenset(there.get("Aliases") or ()) if there else None
        if has is not None and has - {container.short_id} == names:
            return
        if there is not None:
            self._client.api.disconnect_container_from_network(container.id, network)
        self._client.api.connect_container_to_network(container.id, network, aliases=sorted(names))

    def close(self) -> None:
        """See ``Door.close``."""
        with contextlib.suppress(ENGINE_LACKS):
            self._client.containers.get(self._name).remove(force=True)

    def _running(self, target: str) -> Any:  # noqa: ANN401 - Docker's
        """The container that is there, where it passes on to the right place."""
        try:
            found = self._client.containers.get(self._name)
        except ENGINE_LACKS:
            return None
        return found if found.status == "running" and found.labels.get(_TARGET_LABEL) == target else None

    def _made(self, network: str, names: frozenset[str], port: int) -> Any:  # noqa: ANN401 - as above
        self.close()
        self._have_image()
        return self._client.containers.create(
            EMPTY_IMAGE,
            [interpreter(), "-I", "-S", _SCRIPT, self._bridge, str(port)],
            name=self._name,
            labels={INSTANCE_LABEL: self._instance, _TARGET_LABEL: f"{self._bridge}:{port}"},
            volumes=volumes(),
            network=network,
            networking_config={network: self._client.api.create_endpoint_config(aliases=sorted(names))},
            user=f"{os.getuid()}:{os.getgid()}",
            **_BOUNDS,
        )

    def _have_image(self) -> None:
        try:
            self._client.images.get(EMPTY_IMAGE)
        except ENGINE_LACKS:
            repository, _, tag = EMPTY_IMAGE.partition(":")
            self._client.api.import_image_from_data(_nothing(), repository=repository, tag=tag)


def create(context: ServiceContext) -> Inside:
    """Of this instance; nothing is followed where this process and containers do not reach each other by addresses."""
    if context.engine is None or context.bridge is None:
        return Inside(None)
    return Inside(DockerDoor(context.engine, context.settings.instance_id, context.bridge))


def volumes(present: Iterable[str] = _FOLDERS) -> dict[str, dict[str, str]]:
    """What a container reads of this machine to run Python: its programs, its libraries, and the script."""
    needed = [folder for folder in (*present, sys.base_prefix, sysconfig.get_path("stdlib")) if Path(folder).exists()]
    mounted = {folder: {"bind": folder, "mode": "ro"} for folder in needed if not _within(folder, _FOLDERS, needed)}
    return {**mounted, os.path.realpath(forward.__file__): {"bind": _SCRIPT, "mode": "ro"}}


def _within(folder: str, above: Iterable[str], needed: Iterable[str]) -> bool:
    """Whether another of the folders holds this one."""
    others = {*above, *needed} - {folder}
    return any(Path(folder).is_relative_to(other) for other in others)


def _nothing() -> bytes:
    """An archive without a file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w"):
        pass
    return packed.getvalue()
