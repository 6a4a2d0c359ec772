"""What of one embedded AWS lies where on this machine, and how big it is; counted within a bound, to be quick."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, Protocol

from seatrial.core.engine import ENGINE_ERRORS, resource_name
from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import Clock
from seatrial.ground.errors import EngineUnavailable

Sizes = dict[str, Any]
"""Docker's answer about disk usage (Engine API, ``GET /system/df``)."""

SECONDS: Final = 2.0
"""For everything together; what was not counted by then is said to be more."""

_FOLDERS: Final = {
    "registry": "images in the registry",
    "ministack/s3": "objects of S3",
    "tmp": "code of functions",
    "tls": "authority of this machine",
}
"""Below the embedded AWS's folder, what has a line of its own."""

_LOGS: Final = ".log"


@dataclass(frozen=True)
class Stored:
    """Something that takes room.

    Args:
        what: what is paid for, in words.
        where: a folder, or Docker's names.
        bytes: how many; None where Docker did not say so in time.
        whole: whether all of it was counted.
    """

    what: str
    where: str
    bytes: int | None
    whole: bool = True


class Engine(Protocol):
    """What is asked of Docker: ``docker.APIClient``."""

    def images(self) -> list[dict[str, Any]]:
        """Every image, soon."""
        ...

    def volumes(self) -> dict[str, Any]:
        """Every volume, soon."""
        ...

    def df(self) -> Sizes:
        """Sizes, by ``Images`` and ``Volumes``; takes seconds where there are many."""
        ...


def stored(settings: InstanceSettings, clock: Clock, engine: Callable[[], Engine]) -> tuple[Stored, ...]:
    """Everything that takes room.

    Args:
        settings: which embedded AWS.
        clock: bounds the count.
        engine: gives Docker; raises ``EngineUnavailable``.
    """
    deadline = clock.monotonic() + SECONDS
    answers: SimpleQueue[Sizes | None] = SimpleQueue()
    # Nobody waits for it at the end, should Docker take longer.
    Thread(target=lambda: answers.put(_sizes(engine, settings)), name="docker-sizes", daemon=True).start()
    files = tuple(_files(settings, lambda: clock.monotonic() > deadline))
    try:
        sizes = answers.get(timeout=max(0.05, deadline - clock.monotonic()))
    except Empty:
        sizes = None
    return (*files, *in_docker(sizes, settings))


def in_docker(sizes: Sizes | None, settings: InstanceSettings) -> Iterator[Stored]:
    """What of Docker's is ours, from its own answer; None where there was none in time. Pure."""
    registry, volumes = f"{settings.registry}/", f"{resource_name(settings.instance_id)}-"
    if sizes is None:
        yield Stored("images and data of databases", f"Docker: {registry}*, {volumes}*", None)
        return
    if kept := _volumes(sizes, settings):
        size = sum(max(0, (each.get("UsageData") or {}).get("Size", 0)) for each in kept)
        yield Stored("data of databases", f"Docker volumes {volumes}*", size)
    if pulled := _images(sizes, settings):
        # Layers that images share, such as those of a base image, would be counted with each of them.
        size = sum(max(0, each["Size"] - max(0, each.get("SharedSize", 0))) for each in pulled)
        yield Stored("images that Docker has", f"{registry}*", size)


def _sizes(engine: Callable[[], Engine], settings: InstanceSettings) -> Sizes | None:
    """Docker's sizes, where anything of ours is there at all: to count them takes it some seconds."""
    try:
        docker = engine()
        soon = {"Images": docker.images(), "Volumes": docker.volumes().get("Volumes") or []}
        ours = _images(soon, settings) or _volumes(soon, settings)
        return docker.df() if ours else {}
    except EngineUnavailable:
        return {}
    except ENGINE_ERRORS:
        return None


def _volumes(sizes: Sizes, settings: InstanceSettings) -> list[Sizes]:
    ours = f"{resource_name(settings.instance_id)}-"
    return [each for each in sizes.get("Volumes") or () if each["Name"].startswith(ours)]


def _images(sizes: Sizes, settings: InstanceSettings) -> list[Sizes]:
    return [each for each in sizes.get("Images") or () if _is_of(each, f"{settings.registry}/")]


def _is_of(image: Sizes, registry: str) -> bool:
    names = (*(image.get("RepoTags") or ()), *(image.get("RepoDigests") or ()))
    return any(name.startswith(registry) for name in names)


def _files(settings: InstanceSettings, late: Callable[[], bool]) -> Iterator[Stored]:
    """Each part of the folder; what has no line of its own is state, or a log."""
    home = settings.directory
    counts = {**dict.fromkeys(_FOLDERS.values(), 0), "state": 0, "logs": 0}
    seen = set[str]()
    whole = True
    for path, size in _walk(home):
        if late():
            whole = False
            break
        part = _part(path.relative_to(home).as_posix())
        seen.add(part)
        counts[part] += size
    where = {words: str(home / name) for name, words in _FOLDERS.items()}
    for part, count in counts.items():
        if part in seen:
            yield Stored(part, where.get(part, str(home)), count, whole)


def _part(name: str) -> str:
    folder = next((words for folder, words in _FOLDERS.items() if name.startswith(f"{folder}/")), None)
    return folder or ("logs" if name.endswith(_LOGS) else "state")


def _walk(folder: Path) -> Iterator[tuple[Path, int]]:
    """Every file below, and the bytes it has; what goes away meanwhile is passed over."""
    for below, _, names in os.walk(folder):
        for name in names:
            path = Path(below, name)
            try:
                yield path, path.lstat().st_size
            except OSError:
                continue


def in_words(size: int | None, *, whole: bool = True) -> str:
    """A size as people read it: 1.4 GB."""
    if size is None:
        return "not counted in time"
    least = "" if whole else "more than "
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{least}{size / factor:.1f} {unit}"
    return f"{least}{size} B"
