"""The door to Docker for databases: which run, and into the network with them. It blocks: for threads."""

import contextlib
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Protocol

from seatrial.core.engine import ENGINE_ERRORS, INSTANCE_LABEL, EngineClient, ensure_network, resource_name
from seatrial.services.databases.names import DatabaseContainer

_DATABASE = "ministack=rds"


class Network(Protocol):
    """The instance's network: Docker's, or a fake."""

    def containers(self) -> list[DatabaseContainer]:
        """Databases that run, in the network or not."""
        ...

    def join(self, container: str, names: Iterable[str]) -> None:
        """Have this container answer to these names and no others."""
        ...

    def starts(self) -> Iterator[str]:
        """Docker's ids of database containers that start, until the engine goes away."""
        ...


class DockerNetwork:
    """The network of one instance."""

    def __init__(self, client: EngineClient, instance: str) -> None:
        self._client = client
        self._instance = instance
        self._name = resource_name(instance)
        self._labels = [f"{INSTANCE_LABEL}={instance}", _DATABASE]

    def containers(self) -> list[DatabaseContainer]:
        """See ``Network.containers``."""
        listed = self._client.api.containers(filters={"label": self._labels})
        return [self._seen(item["Id"]) for item in listed]

    def join(self, container: str, names: Iterable[str]) -> None:
        """See ``Network.join``. It keeps its address, so that connections only falter."""
        network = ensure_network(self._client, self._instance)
        joined = self._joined(self._client.api.inspect_container(container))
        if joined is not None:
            self._client.api.disconnect_container_from_network(container, network)
        connect = partial(self._client.api.connect_container_to_network, container, network, aliases=sorted(names))
        try:
            connect(ipv4_address=(joined or {}).get("IPAddress") or None)
        except ENGINE_ERRORS:  # the address is somebody else's now, or this network does not let one choose
            connect()

    def starts(self) -> Iterator[str]:
        """See ``Network.starts``."""
        filters = {"type": "container", "event": "start", "label": self._labels}
        with contextlib.suppress(*ENGINE_ERRORS):
            for event in self._client.api.events(decode=True, filters=filters):
                yield str(event["Actor"]["ID"])

    def _seen(self, container: str) -> DatabaseContainer:
        seen: dict[str, Any] = self._client.api.inspect_container(container)
        joined = self._joined(seen)
        names = None if joined is None else frozenset(joined.get("Aliases") or ())
        return DatabaseContainer(container, seen["Config"].get("Labels") or {}, names)

    def _joined(self, seen: dict[str, Any]) -> dict[str, Any] | None:
        found: dict[str, Any] | None = seen["NetworkSettings"]["Networks"].get(self._name)
        return found
