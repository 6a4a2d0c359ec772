"""Events for programs: JSON lines, and what GitHub Actions shows."""

import json
from pathlib import Path

import pytest

from tagship.cli import github
from tagship.cli.documents import document
from tagship.release.diagnosis.diagnosis import Diagnosis
from tagship.release.events import Diagnosed, LowerBound, PlanMade, RolloutProgress, StepStarted, VerdictReached
from tagship.release.planning.steps import Plan, UpdateService
from tagship.release.records.verdict import Verdict
from tagship.release.run import Outcome
from tests.unit.release.harness import Shop, asking

FOUND = Diagnosis("crash", "It ended: 100%.", "Mend it.", ("2 times: exited",), "api/api/1", ("KeyError: 'X'",))


def test_an_event_is_a_document_with_its_kind() -> None:
    progress = RolloutProgress("api", "IN_PROGRESS", 2, 1, 2, 0, 3, 3)
    assert document(progress) == {
        "event": "rollout_progress",
        "service": "api",
        "status": "IN_PROGRESS",
        "requested": 2,
        "new_running": 1,
        "old_running": 2,
        "failed": 0,
        "healthy": 3,
        "targets": 3,
        "complaints": [],
    }


def test_a_step_says_what_it_is_and_a_verdict_is_its_words() -> None:
    step = document(StepStarted(UpdateService("api", None)))["step"]
    assert (step["kind"], step["text"]) == ("update_service", "update the service `api` to the new revision")
    assert document(VerdictReached("api", Verdict.ROLLED_BACK, 9.5))["verdict"] == "rolled back by ECS"


def test_every_event_of_a_release_can_be_written() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    for event in shop.told:
        json.dumps(document(event))
    assert document(PlanMade("prod", Plan("v1", ((UpdateService("api", None),),))))["plan"]["stages"][0][0]["service"]


def test_a_diagnosis_is_an_error_annotation_with_everything_escaped() -> None:
    line = github.annotation(Diagnosed("api", FOUND))
    assert line is not None
    assert line.startswith("::error title=api%3A crash::It ended: 100%25.%0A2 times: exited%0AKeyError: 'X'%0A")


@pytest.mark.parametrize(
    ("verdict", "kind"), [(Verdict.RELEASED, "notice"), (Verdict.ROLLED_BACK, "error"), (Verdict.SUPERSEDED, "error")]
)
def test_a_verdict_is_annotated_by_what_it_means(verdict: Verdict, kind: str) -> None:
    line = github.annotation(VerdictReached("api", verdict, 3.0))
    assert line == f"::{kind} title=api::{verdict.words} after 3.0 s"


def test_a_lower_bound_is_annotated_only_where_it_is_missing() -> None:
    assert github.annotation(LowerBound("api", 2)) is None
    line = github.annotation(LowerBound("api", 2, refused="AWS refused it."))
    assert line == "::warning title=api%3A auto scaling has no minimum::AWS refused it."


def test_the_summary_names_every_service(tmp_path: Path) -> None:
    shop = Shop()
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    text = github.summary(outcome, "prod")
    assert "v1.0.0 on prod: released" in text
    assert "| `api` | released |" in text
    file = tmp_path / "summary.md"
    github.write_summary(text, {github.SUMMARY: str(file)})
    assert file.read_text(encoding="utf-8") == text
    github.write_summary(text, {})


def test_a_release_with_nothing_to_do_says_so() -> None:
    assert "Nothing to do." in github.summary(Outcome(Plan("v1.0.0", ())), "prod")
