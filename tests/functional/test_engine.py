"""The Docker engine itself is restarted, and not only its containers: services recover, and nothing is left over."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.engine import connect_engine
from tests.seatrial.contract.ecs.harness import IMAGE

APART = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
NEEDED = ("unshare", "dockerd", "mount", "ip", "bash")
SCRIPT = Path(__file__).parent / "engine/own_engine.py"

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.timeout(1500)]


def possible() -> bool:
    """Whether this user may make namespaces, in which an engine of its own can run beside the other one."""
    if not all(shutil.which(name) for name in NEEDED) or os.geteuid() != 0:
        return False
    return subprocess.run([*APART, "ip", "link", "set", "lo", "up"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    if not possible():
        pytest.skip("needs root, dockerd and namespaces of its own")
    folder = tmp_path_factory.mktemp("engine")
    engine = connect_engine()
    with (folder / "image.tar").open("wb") as file:
        file.writelines(engine.images.get(IMAGE).save(named=True))
    engine.close()
    # The shell is there to take note of processes that have lost their parent, as the first one of a system does.
    inside = ["bash", "-c", '"$@"; exit "$?"', "bash", sys.executable, str(SCRIPT), str(folder)]
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [*APART, *inside], env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield json.loads(done.stdout.splitlines()[-1])
    shutil.rmtree(folder / "root", ignore_errors=True)


@pytest.mark.parametrize("how", ["asked", "killed", "restored"])
def test_the_service_is_steady_again_and_what_is_released_then_loses_nothing(
    outcomes: dict[str, Any], how: str
) -> None:
    seen = outcomes[how]
    assert (seen["orphans"], seen["missing"]) == (0, 0)
    assert (seen["released"], seen["later"]) == ("SUCCESSFUL", 0)


def test_containers_that_run_on_without_the_engine_keep_their_tasks_and_lose_nothing(outcomes: dict[str, Any]) -> None:
    assert outcomes["restored"]["same_tasks"]
    assert outcomes["restored"]["failed"] == 0
