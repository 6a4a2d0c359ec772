"""An outage: the load balancer asks running tasks for a path that they do not answer, and a release is tried.

The release fails, its rollback fails for the same reason, and ECS gives up. Every command says so, and two ways lead
out of it. The path is changed through the API, as a console or another Terraform would do it.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

from tests.contract.conftest import free_port
from tests.functional.failures.harness import Harness
from tests.functional.failures.small_app import Change, manifest
from tests.seatrial.contract.ecs.harness import eventually

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform, pytest.mark.timeout(1500)]

WRONG = manifest(Change()).replace("health: {", "health: {path: /nowhere, ", 1)
"""What a person ships who believes that the application answers `/nowhere`."""


@dataclass
class Users:
    """Ask the front door again and again; remember when they were last served again."""

    harness: Harness
    served_at: float = field(default=0.0, init=False)
    over: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread = field(default_factory=threading.Thread, init=False)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._thread.join()

    def _ask(self) -> None:
        served = True
        while not self.over.wait(0.2):
            before, served = served, self.harness.answers() != "none"
            if served and not before:
                self.served_at = time.monotonic()


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    with Harness(tmp_path_factory.mktemp("outage") / "harness", free_port(), free_port()) as harness:
        assert typed(harness, "scale", "api", "2")[0] == 0
        yield harness


def typed(harness: Harness, *words: str) -> tuple[int, str, str]:
    code, out, text, _ = harness.start(*words).wait()
    return code, out, text


def let_the_load_balancer_ask(harness: Harness, path: str) -> None:
    elb = harness.aws.client("elbv2")
    groups = elb.describe_target_groups()["TargetGroups"]
    (group,) = (each["TargetGroupArn"] for each in groups if "api" in each["TargetGroupName"])
    elb.modify_target_group(TargetGroupArn=group, HealthCheckPath=path)


def asked(harness: Harness) -> set[str]:
    groups = harness.aws.client("elbv2").describe_target_groups()["TargetGroups"]
    return {str(group["HealthCheckPath"]) for group in groups if "api" in group["TargetGroupName"]}


def goes_down(harness: Harness) -> Any:  # noqa: ANN401 - JSON
    """What `deploy --json` says of a release that takes everything down."""
    let_the_load_balancer_ask(harness, "/nowhere")
    _, running = harness.begin(Change(files={"tagship.yaml": WRONG}))
    code, out, text, _ = running.wait()
    assert code == 17, text
    assert "api is DOWN: 0 of 2 tasks healthy" in text
    assert "Next: tagship recover" in text
    # While unhealthy targets are left, the load balancer "fails open" and sends to them; ECS stops them one by one.
    eventually(lambda: harness.answers() == "none")
    return json.loads(out)


def test_a_release_that_takes_everything_down_is_told_everywhere_and_recovered(
    harness: Harness, record_property: Callable[[str, object], None]
) -> None:
    good = harness.serving
    told = goes_down(harness)
    assert (told["verdict"], told["record"]["verdict"]) == ("down", "down")
    assert [each["state"] for each in told["unhealthy"]] == ["down"]

    code, out, text = typed(harness, "status")
    assert code == 17
    assert "DOWN: api" in out
    assert "api is DOWN" in text
    code, out, _ = typed(harness, "status", "--json")
    found = json.loads(out)
    (api,) = (each for each in found["services"] if each["name"] == "api")
    assert (code, found["state"], found["exit_code"]) == (17, "down", 17)
    assert (api["state"], api["rollout"]) == ("down", "ROLLBACK_FAILED")
    assert api["since"]["at"]

    assert typed(harness, "scale", "api", "2")[0] == 5
    assert typed(harness, "recover")[0] == 5  # nobody is there to be asked
    code, out, _ = typed(harness, "recover", "--dry-run", "--json")
    planned = json.loads(out)
    assert (code, planned["version"], planned["state"]) == (0, good, "down")
    assert planned["steps"][0]["step"].startswith("set the health check path of `api` from `/nowhere` to `/healthz`")
    assert all(step["why"] for step in planned["steps"])
    assert asked(harness) == {"/nowhere"}

    began = time.monotonic()
    with Users(harness) as users:
        code, out, text = typed(harness, "recover", "--yes", "--json")
    assert code == 0, text
    assert json.loads(out)["record"]["kind"] == "recovery"
    assert harness.answers() == good
    assert asked(harness) == {"/healthz"}
    assert typed(harness, "status")[0] == 0
    record_property("seconds_until_users_are_served", round(users.served_at - began, 1))


def test_when_the_cause_is_gone_the_version_that_should_be_live_is_deployed_again(harness: Harness) -> None:
    good = harness.serving
    goes_down(harness)
    let_the_load_balancer_ask(harness, "/healthz")
    code, _, text = typed(harness, "deploy", good, "--json")
    assert code == 0, text
    assert "Nothing to do" not in text
    assert harness.answers() == good
    assert typed(harness, "status")[0] == 0
