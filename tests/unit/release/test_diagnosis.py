import json
from pathlib import Path
from typing import Any

import pytest

from tagship.release.diagnosis import Evidence, diagnose
from unit.release.shop import dead_task

CASES = json.loads((Path(__file__).parent / "diagnosis_cases.json").read_text())


def evidence_of(case: dict[str, Any]) -> Evidence:
    tasks = tuple(
        dead_task("api", "revision", exit_code=task.get("exit_code"), reason=task.get("reason", ""))
        for task in case.get("tasks", [])
    )
    return Evidence(
        service="api",
        port=8000,
        health_path="/healthz",
        tasks=tasks,
        complaints=tuple(case.get("complaints", [])),
        log_lines=tuple(case.get("log", [])),
        log_stream="api/api/1",
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_remains_of_a_rollout_name_the_cause_and_what_to_change(case: dict[str, Any]) -> None:
    found = diagnose(evidence_of(case))
    assert found.cause == case["cause"]
    for words in case["says"]:
        assert words in f"{found.happened} {found.change}"


def test_a_diagnosis_counts_what_ecs_said_and_quotes_the_log() -> None:
    case = {"tasks": [{"exit_code": 1}, {"exit_code": 1}], "log": ["boom"]}
    found = diagnose(evidence_of(case))
    assert found.facts == ("2 times: Essential container in task exited",)
    assert found.log_lines == ("boom",)
