from pathlib import Path

import pytest

from tagship.cli.narration import narrate
from tagship.image.builder import BuildLine, LargeContext
from tagship.release.diagnosis.diagnosis import Diagnosis
from tagship.release.events import (
    Diagnosed,
    EcsMessage,
    FailedFast,
    LowerBound,
    OneOffOutput,
    PlanMade,
    Reverting,
    RolloutProgress,
    StepFinished,
    StepStarted,
    Unanswered,
    Unhealthy,
    VerdictReached,
    WentLive,
)
from tagship.release.planning.steps import Plan, SetMinCapacity, UpdateService, WatchRollouts
from tagship.release.records.verdict import Verdict
from tests.support.golden import Golden

UPDATE = UpdateService("api", None)
PROGRESS = RolloutProgress("api", "IN_PROGRESS", 2, 1, 2, 0, 3, 3)
FOUND = Diagnosis("crash", "It ended.", "Fix it.", ("2 times: exited",), "api/api/1", ("KeyError: 'X'",))


EVENTS = (
    PlanMade("prod", Plan("v1.0.0", ())),
    PlanMade("prod", Plan("v1.0.0", ((UPDATE, UpdateService("worker", None)), (WatchRollouts(("api", "worker")),)))),
    StepStarted(UPDATE),
    StepFinished(UPDATE, 0.25, "shop-api:7"),
    StepFinished(WatchRollouts(("api",)), 9, "arn"),
    StepStarted(SetMinCapacity("api", 1)),
    StepFinished(SetMinCapacity("api", 2), 0.1, "set"),
    LowerBound("api", 2),
    LowerBound("api", 1, refused="AWS refused it."),
    PROGRESS,
    VerdictReached("api", Verdict.RELEASED, 12.34),
    WentLive("api", 8.04),
    FailedFast("api", 3, "exit code 1"),
    Reverting(("api", "web")),
    BuildLine("api", "Collecting flask"),
    LargeContext("api", 153_200_000, (("data/dump.sql", 120_000_000), ("model.bin", 30_000_000))),
    OneOffOutput("api", ("no such table",)),
    Unhealthy("api", "down", "0 of 2 tasks healthy"),
    Unanswered("http://shop/", before=False),
    Unanswered("http://s/", before=True),
    Diagnosed("api", FOUND),
    Diagnosed("api", FOUND, "migration"),
)


@pytest.mark.golden
def test_every_event_reads_as_in_the_file(golden: Golden) -> None:
    told = [f"# {type(event).__name__}\n" + "".join(f"{line}\n" for line in narrate(event)) for event in EVENTS]
    golden(Path(__file__).with_name("narration.txt"), "\n".join(told))


def test_the_load_balancers_long_names_are_told_short() -> None:
    group = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/shop-api/0123456789abcdef"
    said = EcsMessage("api", f"(service api) registered 1 targets in (target-group {group})")
    assert narrate(said) == ["   ECS: (service api) registered 1 targets in (target-group shop-api)"]


def test_complaints_of_the_load_balancer_are_told_with_the_progress() -> None:
    unwell = RolloutProgress("api", "IN_PROGRESS", 2, 2, 2, 1, 2, 4, ("Health checks failed with these codes: [503]",))
    assert narrate(unwell)[0].endswith(
        "healthy 2 of 4 targets, failed 1, IN_PROGRESS (Health checks failed with these codes: [503])"
    )


def test_the_lines_of_a_migration_that_failed_are_not_told_a_second_time() -> None:
    assert "  | KeyError: 'X'" in narrate(Diagnosed("api", FOUND))
    assert "  | KeyError: 'X'" not in narrate(Diagnosed("api", FOUND, "migration"))
