"""The door to Docker: which engine, and how its containers are reached."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from os import environ
from typing import Any

import docker
import requests
from docker.context import Context, ContextAPI
from docker.errors import APIError, DockerException, NotFound
from docker.types import IPAMConfig, IPAMPool
from docker.utils import kwargs_from_env

from seatrial.ground.errors import EngineUnavailable

EngineClient = docker.DockerClient
Address = tuple[str, int]

ENGINE_ERRORS = (DockerException, requests.RequestException)
"""What a call to the engine raises: its refusal, or its absence."""

ENGINE_LACKS = NotFound
"""What it raises where the container, image, volume or file that is asked for is not there."""

INSTANCE_LABEL = "seatrial.instance"
"""The label of all that an embedded AWS makes in Docker; its value is ``InstanceSettings.instance_id``."""

EMPTY_IMAGE = "seatrial/empty:1"
"""An image without any file, which every embedded AWS of this engine shares."""

CHOOSES_LABEL = "seatrial.chooses"
"""The label of a network in which a container may ask for an address."""

_one_network = threading.Lock()
_START_HINT = "Start Docker (`sudo systemctl start docker`, or Docker Desktop), then try again."


def connect_engine(environment: Mapping[str, str] = environ, *, timeout: int = 60) -> EngineClient:
    """Connect as the ``docker`` command would: ``DOCKER_HOST``, else the current context, else the default socket.

    Args:
        environment: the environment of this process.
        timeout: seconds for one call to the engine.

    Raises:
        EngineUnavailable: no engine answers.
    """
    try:
        client = docker.DockerClient(**_endpoint(environment), timeout=timeout)
        client.ping()
    except DockerException as error:
        where = environment.get("DOCKER_HOST", "the default socket")
        raise EngineUnavailable(f"Cannot connect to a Docker engine at {where}: {error}.", hint=_START_HINT) from error
    return client


def reaches_containers(client: EngineClient) -> bool:
    """Whether this process reaches containers by their own address.

    So on a native Linux engine. Docker Desktop and a rootless engine keep their networks to themselves, and a
    remote engine has them elsewhere: there, containers are reached by published ports.
    """
    facts: dict[str, Any] = client.info()
    rootless = any("rootless" in option for option in facts.get("SecurityOptions") or ())
    desktop = "Docker Desktop" in str(facts.get("OperatingSystem"))
    near = not client.api.base_url.startswith(("http://", "https://")) or "localhost" in client.api.base_url
    return sys.platform == "linux" and near and not rootless and not desktop


def bridge_address(client: EngineClient) -> str | None:
    """This machine's address on the Docker bridge, or None where this process cannot bind it.

    Containers on any network of a native Linux engine reach the machine there.
    """
    if not reaches_containers(client):
        return None
    try:
        configurations = client.networks.get("bridge").attrs["IPAM"]["Config"]
    except NotFound:
        return None
    return next((_gateway(config) for config in configurations or ()), None)


class TargetAddresses:
    """Where the address of a container is reached from this process.

    Filled by ECS where containers are behind published ports, asked by the load balancer; identity where unknown.
    """

    def __init__(self) -> None:
        self._known: dict[Address, Address] = {}
        self._watchers: list[Callable[[], None]] = []

    def watch(self, changed: Callable[[], None]) -> None:
        """Call this after every change, in the thread that made it."""
        self._watchers.append(changed)

    def put(self, container: Address, reached_at: Address) -> None:
        """From now on ``container`` is reached at ``reached_at``."""
        self._known[container] = reached_at
        self._changed()

    def forget(self, container: Address) -> None:
        """The container is gone."""
        if self._known.pop(container, None) is not None:
            self._changed()

    def _changed(self) -> None:
        for told in self._watchers:
            told()

    def resolve(self, container: Address) -> Address:
        """Where to connect."""
        return self._known.get(container, container)


def resource_name(instance_id: str, *parts: str) -> str:
    """What this instance calls something in Docker; without parts, its network."""
    return "-".join(("seatrial", instance_id, *parts))


def ensure_network(client: EngineClient, instance_id: str, *parts: str) -> str:
    """Make a network of this instance where it is not there yet, and return its name: ``resource_name``'s."""
    name = resource_name(instance_id, *parts)
    # Docker takes a second network of the same name without a word, and then cannot tell them apart.
    with _one_network:
        if not client.networks.list(names=[f"^{name}$"]):
            _make_network(client, name, instance_id)
    return name


def remove_everything(client: EngineClient, instance_id: str) -> None:
    """Remove every container and network that carries the label of this instance."""
    label: dict[str, str | list[str] | bool] = {"label": f"{INSTANCE_LABEL}={instance_id}"}
    for container in client.containers.list(all=True, filters=label, sparse=True):
        with contextlib.suppress(NotFound):
            container.remove(force=True, v=True)
    for network in client.networks.list(filters=label):
        with contextlib.suppress(NotFound):
            network.remove()


def remove_volumes(client: EngineClient, instance_id: str) -> None:
    """Remove every volume that carries the label of this instance: what its databases held."""
    for volume in client.volumes.list(filters={"label": f"{INSTANCE_LABEL}={instance_id}"}):
        with contextlib.suppress(NotFound):
            volume.remove(force=True)


def remove_images(client: EngineClient, ports: Iterable[int]) -> list[str]:
    """Remove every image of the registries at these ports; returns those that stay, because a container uses them.

    The empty image goes with them, unless another embedded AWS uses it.
    """
    with contextlib.suppress(APIError):
        client.api.remove_image(EMPTY_IMAGE)
    registries = tuple(f"127.0.0.1:{port}/" for port in ports)
    left = []
    for image in client.api.images():
        for name in {*(image.get("RepoTags") or ()), *(image.get("RepoDigests") or ())}:
            if not name.startswith(registries):
                continue
            try:
                client.api.remove_image(name)
            except NotFound:  # went with another of its names
                continue
            except APIError:
                left.append(name)
    return sorted(left)


def images_with_label(client: EngineClient, label: str) -> list[str]:
    """The names of every image that has a label."""
    found = client.api.images(filters={"label": label})
    return sorted(name for image in found for name in image.get("RepoTags") or () if not name.startswith("<none>"))


def _make_network(client: EngineClient, name: str, instance_id: str) -> None:
    """Make it twice: with the addresses that Docker chose for it, which is when a container may ask for one of them."""
    labels = {INSTANCE_LABEL: instance_id}
    made = client.networks.create(name, driver="bridge", labels=labels)
    made.reload()
    chosen = IPAMConfig(pool_configs=[IPAMPool(subnet=each["Subnet"]) for each in made.attrs["IPAM"]["Config"]])
    made.remove()
    try:
        client.networks.create(name, driver="bridge", labels={**labels, CHOOSES_LABEL: "yes"}, ipam=chosen)
    except APIError:  # somebody else's network has got these addresses meanwhile
        client.networks.create(name, driver="bridge", labels=labels)


def _gateway(configuration: Mapping[str, str]) -> str:
    # The engine leaves the gateway out until a container has joined the bridge; it takes the subnet's first address.
    return configuration.get("Gateway") or str(next(ip_network(configuration["Subnet"]).hosts()))


def _endpoint(environment: Mapping[str, str]) -> dict[str, Any]:
    if environment.get("DOCKER_HOST"):
        return dict(kwargs_from_env(environment=dict(environment)))
    context: Context | None = ContextAPI.get_context(environment.get("DOCKER_CONTEXT"))
    if context is None or not context.Host:
        return {}
    return {"base_url": context.Host, "tls": context.TLSConfig}
