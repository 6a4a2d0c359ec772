"""The Docker engine as it is lent to MiniStack: ports on loopback, and everything in this instance's name.

MiniStack publishes the ports of its databases on every address of the machine, and names containers and volumes
after account, region and identifier alone: two embedded AWSs would take each other's databases for their own.
"""

from collections.abc import Mapping
from typing import Any, cast

import docker
from docker.errors import ImageNotFound
from docker.models.containers import Container, ContainerCollection
from docker.models.images import Image, ImageCollection
from docker.models.volumes import Volume, VolumeCollection

from seatrial.core.engine import INSTANCE_LABEL, resource_name

LOOPBACK = "127.0.0.1"
THEIRS = "ministack-"
"""What its names begin with."""


def lend_engine(instance: str) -> None:
    """From now on whoever asks ``docker.from_env`` for an engine, as MiniStack's services do, is lent one.

    Args:
        instance: ``InstanceSettings.instance_id``.
    """

    def from_env(**options: Any) -> LentEngine:  # noqa: ANN401 - Docker SDK's own
        engine = cast("LentEngine", LentEngine.from_env(**options))
        engine.instance = instance
        return engine

    docker.from_env = from_env


class LentEngine(docker.DockerClient):
    """A client of the engine whose containers and volumes are those of one instance."""

    instance = ""

    @property
    def containers(self) -> "LentContainers":
        """Containers."""
        return LentContainers(client=self)

    @property
    def images(self) -> "LentImages":
        """Images."""
        return LentImages(client=self)

    @property
    def volumes(self) -> "LentVolumes":
        """Volumes."""
        return LentVolumes(client=self)


class LentContainers(ContainerCollection):
    """Containers, made and found under names of the instance."""

    client: LentEngine

    def create(self, image: str, command: Any = None, **options: Any) -> Container:  # type: ignore[override] # noqa: ANN401
        """Make one, with its volumes."""
        asked = create_options(options, self.client.instance)
        for volume in named_volumes(asked):
            self.client.volumes.create(volume)
        return super().create(image, command, **asked)

    def get(self, container_id: str) -> Container:
        """One by id or name."""
        return super().get(ours(container_id, self.client.instance))


class LentImages(ImageCollection):
    """Images, of this machine's own architecture: a function of Python runs on any."""

    client: LentEngine

    def pull(self, repository: str, *arguments: Any, **options: Any) -> Image | list[Image]:  # type: ignore[override] # noqa: ANN401
        """The image that is there, or else the registry's."""
        options.pop("platform", None)
        try:
            return self.get(repository)
        except ImageNotFound:
            return cast("Image | list[Image]", super().pull(repository, *arguments, **options))


class LentVolumes(VolumeCollection):
    """Volumes, made and found under names of the instance."""

    client: LentEngine

    def create(self, name: str | None = None, **options: Any) -> Volume:  # type: ignore[override] # noqa: ANN401
        """Make one, where it is not there yet."""
        labels = {**(options.pop("labels", None) or {}), INSTANCE_LABEL: self.client.instance}
        return super().create(ours(name, self.client.instance) if name else None, labels=labels, **options)

    def get(self, volume_id: str) -> Volume:
        """One by name."""
        return super().get(ours(volume_id, self.client.instance))


def create_options(options: Mapping[str, Any], instance: str) -> dict[str, Any]:
    """What Docker is asked instead, for a container. Pure."""
    asked = {**options, "labels": {**(options.get("labels") or {}), INSTANCE_LABEL: instance}}
    if options.get("name"):
        asked["name"] = ours(options["name"], instance)
    if options.get("ports"):
        asked["ports"] = {port: _on_loopback(bound) for port, bound in options["ports"].items()}
    if asked["labels"].get("ministack") == "lambda":
        asked = bounded(asked)
    if isinstance(options.get("volumes"), dict):
        asked["volumes"] = {ours(name, instance): where for name, where in options["volumes"].items()}
    return asked


def bounded(function: Mapping[str, Any]) -> dict[str, Any]:
    """A Lambda function's container, with Lambda's own bounds. Pure.

    1,024 processes and threads (Lambda quotas, "Execution processes/threads"), the function's memory without as much
    swap beside it, which is Docker's default, and no way to more rights than it begins with. Only ``/tmp`` can be
    written to (Lambda developer guide, "Lambda execution environment"); it is a volume that goes with the container,
    for on AWS what lies there takes no memory. Docker does not bound its size. Its architecture is this machine's.
    """
    memory = f"{function.get('environment', {}).get('AWS_LAMBDA_FUNCTION_MEMORY_SIZE', '128')}m"
    bounds: dict[str, Any] = {
        "mem_limit": memory,
        "memswap_limit": memory,
        "pids_limit": 1024,
        "security_opt": ["no-new-privileges"],
        "read_only": True,
        "volumes": ["/tmp", *_copied_into(function)],  # noqa: S108 - the container's
    }
    return {name: value for name, value in function.items() if name != "platform"} | bounds


def _copied_into(function: Mapping[str, Any]) -> tuple[str, ...]:
    """Where MiniStack copies code and layers before the start, which Docker does into volumes alone. Pure.

    So it does with layers, and wherever it runs in a container itself; else it mounts the code, and ``run`` starts at
    once, which is told by ``detach``.
    """
    if function.get("detach"):
        return ()
    return ("/opt", "/var/task", *(["/var/runtime"] if function.get("command") == ["bootstrap"] else []))


def named_volumes(options: Mapping[str, Any]) -> list[str]:
    """Those that Docker keeps; the others are folders of the machine. Pure."""
    volumes = options.get("volumes")
    return [name for name in volumes if not name.startswith(("/", "."))] if isinstance(volumes, dict) else []


def ours(name: str, instance: str) -> str:
    """A name of MiniStack's in the form that is the instance's; ids and other names stay. Pure."""
    return resource_name(instance, name.removeprefix(THEIRS)) if name.startswith(THEIRS) else name


def _on_loopback(bound: Any) -> Any:  # noqa: ANN401 - a port, None for any, an address and a port, or several of these
    if isinstance(bound, list):
        return [_on_loopback(each) for each in bound]
    if isinstance(bound, dict):
        return {**bound, "HostIp": LOOPBACK}
    port = bound[-1] if isinstance(bound, tuple) else bound
    return (LOOPBACK, None if isinstance(port, str) and not port.isdigit() else port)
