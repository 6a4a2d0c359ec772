import pytest

from tagship.base.events import Event
from tagship.cli.narration import narrate
from tagship.image.builder import BuildLine
from tagship.release.diagnosis.diagnosis import Diagnosis
from tagship.release.events import (
    Diagnosed,
    EcsSaid,
    FailedFast,
    LowerBound,
    OneOffSaid,
    PlanMade,
    RolloutProgress,
    Serving,
    StepFinished,
    StepStarted,
    TakingBack,
    Unanswered,
    Unwell,
    VerdictReached,
)
from tagship.release.planning.steps import KeepAtLeast, Plan, UpdateService, WatchRollouts
from tagship.release.records.verdict import Verdict

UPDATE = UpdateService("api", None)
PROGRESS = RolloutProgress("api", "IN_PROGRESS", 2, 1, 2, 0, 3, 3)


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (PlanMade("prod", Plan("v1.0.0", ())), ["Nothing to do: prod has v1.0.0 already."]),
        (
            PlanMade(
                "prod", Plan("v1.0.0", ((UPDATE, UpdateService("worker", None)), (WatchRollouts(("api", "worker")),)))
            ),
            [
                "Plan for v1.0.0 on prod:",
                "  1. update the service `api` to the new revision",
                "     update the service `worker` to the new revision",
                "  2. watch the rollout of `api`, `worker`",
            ],
        ),
        (StepStarted(UPDATE), ["-> Update the service `api` to the new revision."]),
        (StepFinished(UPDATE, 0.25, "shop-api:7"), ["   shop-api:7 (0.2 s)"]),
        (StepFinished(WatchRollouts(("api",)), 9, "arn"), []),
        (StepStarted(KeepAtLeast("api", 1)), ["-> Let scaling keep at least 1 task of `api`."]),
        (StepFinished(KeepAtLeast("api", 2), 0.1, "set"), []),
        (LowerBound("api", 2), ["   api: scaling keeps at least 2 tasks from now on"]),
        (
            LowerBound("api", 1, refused="AWS refused it."),
            ["!! api: scaling may still go below 1 task; it serves all the same. AWS refused it."],
        ),
        (PROGRESS, ["   api: new 1/2, old 2, healthy 3 of 3 targets, IN_PROGRESS"]),
        (VerdictReached("api", Verdict.RELEASED, 12.34), ["== api: released after 12.3 s"]),
        (Serving("api", 8.04), ["== api: the new version serves after 8.0 s; the old tasks are being let go"]),
        (FailedFast("api", 3, "exit code 1"), ["!! api: 3 new tasks ended with exit code 1; taking the rollout back."]),
        (TakingBack(("api", "web")), ["!! Putting back `api`, `web`, so that one version serves."]),
        (BuildLine("api", "Collecting flask"), ["   api: | Collecting flask"]),
        (OneOffSaid("api", ("no such table",)), ["   api: | no such table"]),
        (Unwell("api", "down", "0 of 2 tasks healthy"), ["!! api is DOWN: 0 of 2 tasks healthy."]),
        (Unanswered("http://shop/", before=False), ["!! Every request to http://shop/ fails."]),
        (
            Unanswered("http://s/", before=True),
            ["!! Every request to http://s/ fails; so it was before the release: does the app answer that path?"],
        ),
        (Event(), []),
    ],
)
def test_an_event_reads(event: Event, lines: list[str]) -> None:
    assert narrate(event) == lines


def test_the_load_balancers_long_names_are_told_short() -> None:
    group = "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/shop-api/0123456789abcdef"
    said = EcsSaid("api", f"(service api) registered 1 targets in (target-group {group})")
    assert narrate(said) == ["   ECS: (service api) registered 1 targets in (target-group shop-api)"]


def test_complaints_of_the_load_balancer_are_told_with_the_progress() -> None:
    unwell = RolloutProgress("api", "IN_PROGRESS", 2, 2, 2, 1, 2, 4, ("Health checks failed with these codes: [503]",))
    assert narrate(unwell)[0].endswith(
        "healthy 2 of 4 targets, failed 1, IN_PROGRESS (Health checks failed with these codes: [503])"
    )


def test_a_diagnosis_quotes_the_containers_own_lines_and_says_what_to_change() -> None:
    found = Diagnosis("crash", "It ended.", "Mend it.", ("2 times: exited",), "api/api/1", ("KeyError: 'X'",))
    lines = narrate(Diagnosed("api", found))
    assert lines == [
        "",
        "Why api failed: It ended.  [crash]",
        "  2 times: exited",
        "  The last lines of api/api/1:",
        "  | KeyError: 'X'",
        "What to change: Mend it.",
        "More: tagship explain crash",
        "",
    ]


def test_the_lines_of_a_migration_that_failed_are_not_told_a_second_time() -> None:
    found = Diagnosis("crash", "It ended.", "Fix it.", (), "api/api/1", ("KeyError: 'X'",))
    lines = narrate(Diagnosed("api", found, "migration"))
    assert lines[1] == "Why the migration of api failed: It ended.  [crash]"
    assert "  | KeyError: 'X'" not in lines
