"""What the benchmarks of the embedded AWS share: an instance of its own, an image in its registry, the machine.

``PYTHONPATH`` names ``bench``, ``scripts`` (the load) and the root, for ``tests`` (what contract tests start and run).
"""

import contextlib
import io
import os
import platform
import signal
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docker

from seatrial.core.engine import INSTANCE_LABEL, connect_engine
from seatrial.core.settings import InstanceSettings
from seatrial.process import instance
from seatrial.process.control import Control
from seatrial.services.ecs.containers.spec import TASK_LABEL
from tests.contract.conftest import RunningAws, start
from tests.seatrial.contract.ecs.harness import APP, IMAGE

REPOSITORY = "bench"
_TICK = os.sysconf("SC_CLK_TCK")


def say(text: str) -> None:
    """Progress, for whoever watches."""
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {text}\n")


@contextlib.contextmanager
def embedded_aws(port: int, front_door_port: int) -> Iterator[RunningAws]:
    """An embedded AWS in a folder of its own, which is gone afterwards with all its containers."""
    with tempfile.TemporaryDirectory(prefix="tagship-bench-") as home:
        settings = InstanceSettings(Path(home), port, front_door_port)
        start(settings)
        aws = RunningAws(settings)
        try:
            yield aws
        finally:
            keep = os.environ.get("TAGSHIP_BENCH_LOG")
            if keep:
                Path(keep).write_bytes((settings.directory / "server.log").read_bytes())
            Control(settings, say).reset()


def pid_of(aws: RunningAws) -> int:
    """The process id of the embedded AWS."""
    pid = instance.status(aws.settings).pid
    if pid is None:
        sys.exit("The embedded AWS does not run.")
    return pid


def kill(aws: RunningAws) -> None:
    """``kill -9``."""
    os.kill(pid_of(aws), signal.SIGKILL)
    until(lambda: not instance.status(aws.settings).running)


def until(what: Callable[[], Any], seconds: float = 90, every: float = 0.2) -> Any:  # noqa: ANN401 - what is waited for
    """The first true answer; the last answer, true or not, when the time is over."""
    deadline = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < deadline:
        time.sleep(every)
    return found


@contextlib.contextmanager
def pushed_images(aws: RunningAws, *versions: str) -> Iterator[Mapping[str, str]]:
    """The application of the contract tests as images in the embedded registry, one a version; by version."""
    aws.client("ecr").create_repository(repositoryName=REPOSITORY)
    engine = connect_engine()
    repository = f"{aws.settings.registry}/{REPOSITORY}"
    try:
        for version in versions:
            engine.images.build(fileobj=_context(version), custom_context=True, tag=f"{repository}:{version}", rm=True)
            pushed = engine.images.push(repository, tag=version)
            if "errorDetail" in pushed:
                sys.exit(f"The image could not be pushed: {pushed}")
        yield {version: f"{repository}:{version}" for version in versions}
    finally:
        for version in versions:
            with contextlib.suppress(docker.errors.APIError):
                engine.images.remove(f"{repository}:{version}", force=True)
        engine.close()


def containers(aws: RunningAws, *, stopped: bool = False) -> set[str]:
    """Docker's ids of what this instance's tasks run."""
    engine = connect_engine()
    label: dict[str, str | list[str] | bool] = {"label": [f"{INSTANCE_LABEL}={aws.settings.instance_id}", TASK_LABEL]}
    found = {str(item.id) for item in engine.containers.list(all=stopped, filters=label, sparse=True)}
    engine.close()
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def machine(load_before: float) -> list[str]:
    """The lines of a result file that say where and when it was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    return [
        f"Date: {datetime.now(UTC):%Y-%m-%d}. Machine: {system}, shared with other work.",
        f"Load of the machine before: {load_before:.1f}; after: {os.getloadavg()[0]:.1f}.",
    ]


def _context(version: str) -> io.BytesIO:
    recipe = f'FROM {IMAGE}\nCOPY app.py /app.py\nENV VERSION={version}\nCMD ["python3", "/app.py"]\n'
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in (("Dockerfile", recipe), ("app.py", APP)):
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    packed.seek(0)
    return packed
