"""The two Docker networks of an instance, which stand for two availability zones. It blocks: for threads.

Docker lets no packet from one network into the other, and in a VPC every subnet reaches every other: so a container is
in both. In that of its zone it has the address by which it is known; the other is its way to the tasks over there.
What all tasks share, such as databases, is in the first alone.

The addresses of these ways are in the upper half of a network. Docker gives out the lowest that is free: it would give
that of a task which was cut off to the way of its replacement, and the load balancer would find it healthy again.
"""

import contextlib
import logging
import secrets
from collections.abc import Container
from ipaddress import IPv4Network
from itertools import count

from seatrial.core.engine import CHOOSES_LABEL, ENGINE_ERRORS, EngineClient, ensure_network, resource_name

_SECOND = "b"
_log = logging.getLogger("seatrial")


class ZoneNetworks:
    """The networks of one instance.

    Args:
        client: the engine.
        instance: ``InstanceSettings.instance_id``.
    """

    def __init__(self, client: EngineClient, instance: str) -> None:
        self._client, self._instance = client, instance
        self.names: tuple[str, ...] = names_of(instance)
        self._numbers = count(secrets.randbelow(1 << 16))

    def ensure(self) -> None:
        """Make them where they are not there yet; an engine that has no addresses for the second is left with one."""
        first = ensure_network(self._client, self._instance)
        try:
            self.names = (first, ensure_network(self._client, self._instance, _SECOND))
        except ENGINE_ERRORS as error:
            if len(self.names) > 1:
                _log.warning("All availability zones share one Docker network: %s", error)
            self.names = (first,)

    def connect(self, container: str, home: str) -> None:
        """Give a container that was made in the network of its zone its way to the other."""
        for name in self.names:
            if name != home:
                self._client.api.connect_container_to_network(container, name, ipv4_address=self._address(name))

    def cut_off(self, container: str) -> None:
        """Take a container out of every network; nothing happens where it is in none."""
        for name in names_of(self._instance):
            with contextlib.suppress(*ENGINE_ERRORS):
                self._client.api.disconnect_container_from_network(container, name)

    def restore(self, container: str, address: str) -> None:
        """Take a container that was cut off in again, at the address that it had.

        Raises:
            DockerException: another container has this address by now.
        """
        seen = self._client.api.inspect_container(container)
        home = str(seen["HostConfig"]["NetworkMode"])
        if home not in seen["NetworkSettings"]["Networks"]:
            self._client.api.connect_container_to_network(container, home, ipv4_address=address)
            self.connect(container, home)

    def _address(self, name: str) -> str | None:
        """One that nobody has; None where Docker has to choose."""
        seen = self._client.api.inspect_network(name)
        if CHOOSES_LABEL not in (seen.get("Labels") or {}):
            return None
        taken = {item["IPv4Address"].partition("/")[0] for item in (seen.get("Containers") or {}).values()}
        return upper_address(IPv4Network(seen["IPAM"]["Config"][0]["Subnet"]), next(self._numbers), taken)


def upper_address(network: IPv4Network, number: int, taken: Container[str]) -> str | None:
    """The first address from this number on that is not taken, in the upper half of a network. Pure."""
    half = network.num_addresses // 2
    usable = half - 1  # the last one is for broadcasts
    found = (str(network[half + (number + step) % usable]) for step in range(usable))
    return next((address for address in found if address not in taken), None)


def names_of(instance: str) -> tuple[str, ...]:
    """The names of an instance's networks: the first is everybody's."""
    return (resource_name(instance), resource_name(instance, _SECOND))
