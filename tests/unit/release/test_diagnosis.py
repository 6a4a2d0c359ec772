import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tagship.aws.ecs_shapes import Task
from tagship.release.diagnosis.causes import CAUSES
from tagship.release.diagnosis.diagnosis import LOG_LINES, diagnose
from tagship.release.diagnosis.evidence import BY_ITSELF, Evidence
from tagship.release.diagnosis.runbook import sections
from tests.unit.release.harness import dead_task

CASES = json.loads((Path(__file__).parent / "diagnosis_cases.json").read_text())
RUNBOOK = (Path(__file__).parents[3] / "docs/runbook.md").read_text(encoding="utf-8")
ENDED = datetime(2026, 1, 1, tzinfo=UTC)
NOISE = (
    '10.20.0.7 - - [01/Jan/2026:10:00:00 +0000] "GET /healthz HTTP/1.1" 200 2 "-" "ELB-HealthChecker/2.0"',
    '{"level": "info", "message": "request", "path": "/", "ms": 12}',
    "2026-01-01 10:00:00,123 INFO took 3000 rows in 2.5 seconds",
)


def task_of(told: dict[str, Any]) -> Task:
    task = dead_task("api", "revision", exit_code=told.get("exit_code"), reason=told.get("reason", ""))
    ran = timedelta(seconds=told.get("ran", 1))
    containers = tuple(replace(each, reason=told.get("container_reason", "")) for each in task.containers)
    code = told.get("stop_code", BY_ITSELF)
    return replace(task, stop_code=code, containers=containers, started_at=ENDED - ran, stopped_at=ENDED)


def evidence_of(case: dict[str, Any]) -> Evidence:
    return Evidence(
        service="api",
        port=8000,
        tasks=tuple(task_of(task) for task in case.get("tasks", [])),
        complaints=tuple(case.get("complaints", [])),
        log_lines=tuple(case.get("log", [])),
        log_stream="api/api/1",
        events=tuple(case.get("events", [])),
        rollback_reason=case.get("rollback_reason", ""),
        superseded=case.get("superseded", False),
        one_off=case.get("one_off", ""),
        limit=case.get("limit"),
    )


EVIDENCE = [(case["name"], evidence_of(case), case["cause"]) for case in CASES]
NAMES = [name for name, _, _ in EVIDENCE]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_remains_of_a_rollout_name_the_cause_and_what_to_change(case: dict[str, Any]) -> None:
    found = diagnose(evidence_of(case))
    assert found.cause == case["cause"]
    for words in case["says"]:
        assert words in f"{found.happened} {found.change}"


def test_every_cause_has_a_case_and_a_section_of_the_runbook() -> None:
    causes = [cause.name for cause in CAUSES] + ["unknown"]
    assert len(set(causes)) == len(causes)
    assert {case["cause"] for case in CASES} == set(causes)
    assert re.findall(r"^## (\S+)$", RUNBOOK, re.MULTILINE) == causes
    assert list(sections()) == causes
    assert [cause for cause, text in sections().items() if not text.startswith("Seen: ")] == []


@pytest.mark.parametrize(("name", "evidence", "cause"), EVIDENCE, ids=NAMES)
def test_more_of_the_same_and_everyday_lines_change_no_cause(name: str, evidence: Evidence, cause: str) -> None:
    del name
    assert diagnose(replace(evidence, tasks=evidence.tasks * 3)).cause == cause
    assert diagnose(replace(evidence, tasks=evidence.tasks[::-1])).cause == cause
    for noise in NOISE:
        assert diagnose(replace(evidence, log_lines=(noise, *evidence.log_lines))).cause == cause
        assert diagnose(replace(evidence, log_lines=(*evidence.log_lines, noise))).cause == cause


BY_CODE = ({"killed", "crash"}, {"killed", "terminated"}, {"crash", "terminated"}, {"crash-later", "killed"})
RIVALS = (*BY_CODE, {"crash-later", "terminated"}, {"slow-start", "health-check-timeout"})
"""Causes that are told apart by which sign is the commoner, or by another one's absence."""


def test_of_two_cases_at_once_the_surer_is_the_cause() -> None:
    rank = {cause.name: number for number, cause in enumerate(CAUSES)} | {"unknown": len(CAUSES)}
    wrong = [
        (one, other, found)
        for (one, a, first), (other, b, second) in product(EVIDENCE, EVIDENCE)
        if rank[first] <= rank[second]
        and a.one_off == b.one_off
        and (found := diagnose(both(a, b)).cause) != first
        and {found, first} not in RIVALS
    ]
    assert wrong == []


def both(surer: Evidence, other: Evidence) -> Evidence:
    """The remains of two taken for one; the lines are those of one container."""
    return replace(
        surer,
        tasks=surer.tasks + other.tasks,
        complaints=surer.complaints + other.complaints,
        events=surer.events + other.events,
        rollback_reason=surer.rollback_reason or other.rollback_reason,
        superseded=surer.superseded or other.superseded,
    )


def test_a_diagnosis_counts_what_ecs_said_and_quotes_the_end_of_the_log() -> None:
    lines = [f"line {number}" for number in range(40)]
    found = diagnose(evidence_of({"tasks": [{"exit_code": 1}, {"exit_code": 1}], "log": lines}))
    assert found.facts == ("2 times: Essential container in task exited", "2 times: exit code 1")
    assert found.log_lines == tuple(lines[-LOG_LINES:])


def test_what_ecs_says_of_every_rollback_is_no_reason_of_this_one() -> None:
    scaled_in = {"stop_code": "ServiceSchedulerInitiated", "reason": "Scaling activity initiated by (deployment 1)"}
    tasks = [{"exit_code": 1, "reason": "Essential container in task exited"}, scaled_in]
    assert diagnose(evidence_of({"tasks": tasks})).facts == (
        "1 times: Essential container in task exited",
        "1 times: exit code 1",
    )


def test_a_long_pull_is_told_and_a_short_one_is_not() -> None:
    task = task_of({"exit_code": 1})
    for seconds, told in ((95, True), (5, False)):
        pulled = replace(task, pull_started_at=ENDED - timedelta(seconds=seconds), pull_stopped_at=ENDED)
        facts = diagnose(replace(evidence_of({}), tasks=(pulled,))).facts
        assert ("pulling the image took 95 s" in facts) == told


def test_words_of_the_application_are_quoted_and_never_filled_in() -> None:
    found = diagnose(
        evidence_of({"tasks": [{"exit_code": 1}], "log": ["KeyError: 'DATABASE_URL' {port} {0.__class__}"]})
    )
    assert "{port} {0.__class__}" in found.happened
