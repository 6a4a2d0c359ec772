"""The last words of a release and of `status`: only what is so, and the way out of an outage."""

from dataclasses import replace

import pytest

from tagship.cli.status import headline
from tagship.cli.verdict import conclude
from tagship.release.health import Health
from tagship.release.planning.steps import Plan
from tagship.release.records.record import Kind, draft_record
from tagship.release.records.verdict import Verdict
from tagship.release.run import Outcome
from tagship.release.status import EnvironmentStatus, ServiceStatus

UNWELL = (Health("api", 0, 2, gave_up=True),)


def said(
    capsys: pytest.CaptureFixture[str], verdict: Verdict, *, unwell: bool, way_back: bool = True, kind: Kind = "deploy"
) -> list[str]:
    record = draft_record(kind, "v1.1.0", "abc", "ann").model_copy(update={"verdict": verdict.words, "number": 7})
    outcome = Outcome(Plan("v1.1.0", ()), record, verdict, None, UNWELL if unwell else (), way_back)
    code = conclude(outcome, environment="prod", url="http://shop", as_json=False)
    assert code == verdict.exit_code
    return capsys.readouterr().err.splitlines()


def test_an_outage_is_loud_and_names_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, Verdict.DOWN, unwell=True) == [
        "Release v1.1.0 on prod: DOWN (record 7).",
        "!! api is DOWN at http://shop: 0 of 2 tasks healthy, and ECS has stopped starting tasks.",
        "Next: tagship recover",
    ]


@pytest.mark.parametrize(
    ("verdict", "unwell", "way_back", "kind", "step"),
    [
        (Verdict.SUPERSEDED, False, True, "deploy", "tagship history"),
        (Verdict.DEGRADED, True, True, "deploy", "tagship recover"),
        (Verdict.DEGRADED, False, True, "deploy", "tagship recover"),
        (Verdict.DOWN, True, False, "deploy", "fix the cause and push a new tag"),
        (Verdict.DOWN, True, True, "recovery", "fix the cause and push a new tag"),
        (Verdict.DOWN, False, True, "deploy", "tagship status"),
        (Verdict.FAILED_BEFORE_UPDATE, True, True, "deploy", "tagship recover"),
        (Verdict.RELEASED, False, True, "deploy", "tagship status"),
    ],
)
def test_the_next_step_is_one_that_helps(  # noqa: PLR0917 - a table
    capsys: pytest.CaptureFixture[str],
    verdict: Verdict,
    unwell: bool,  # noqa: FBT001 - a row
    way_back: bool,  # noqa: FBT001 - a row
    kind: Kind,
    step: str,
) -> None:
    assert said(capsys, verdict, unwell=unwell, way_back=way_back, kind=kind)[-1] == f"Next: {step}"


def test_it_answers_is_said_of_a_good_release_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert "The app is at http://shop" in said(capsys, Verdict.RELEASED, unwell=False)
    for verdict in (Verdict.DOWN, Verdict.DEGRADED, Verdict.ROLLED_BACK):
        assert not any("answers" in line for line in said(capsys, verdict, unwell=verdict is not Verdict.ROLLED_BACK))


API = ServiceStatus("api", "v1.0.0", "api:1", 2, 2, 2, 2, "SUCCESSFUL", ())
DEAD = replace(API, healthy=0, state="down", why="0 of 2 tasks healthy")


@pytest.mark.parametrize(
    ("services", "begins", "has"),
    [
        ((API,), "Live:    v1.0.0", ""),
        ((DEAD,), "DOWN:    nothing is live; last live: v1.0.0", ""),
        ((API, replace(DEAD, name="worker")), "Live:    v1.0.0", "DOWN: worker"),
    ],
)
def test_no_version_is_called_serving_where_nothing_is_healthy(
    services: tuple[ServiceStatus, ...], begins: str, has: str
) -> None:
    good = draft_record("deploy", "v1.0.0", "abc", "ann").model_copy(update={"verdict": "released", "number": 1})
    line = headline(EnvironmentStatus("http://shop", services, good, good))
    assert line.startswith(begins)
    assert has in line
