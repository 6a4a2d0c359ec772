"""Six thousand requests and policies, decided as another evaluator decides them (``scripts/iam_decisions.py``)."""

import json
from pathlib import Path
from typing import Any

from seatrial.core.policies.document import Policy, of_json
from seatrial.core.policies.evaluate import Own, Policies, Request, decide
from seatrial.core.policies.principals import Principal
from tests.seatrial.unit.policies.random_cases import (
    ACCOUNT,
    OWN_IS_NEEDED,
    ROLE,
    SESSION,
    Json,
    cases,
    fingerprint,
)

KEPT = json.loads(Path(__file__).with_name("decisions.json").read_text("utf-8"))
WHO = Principal(SESSION, ACCOUNT, ROLE)


def decided(case: Json) -> str:
    """``A`` is allowed, ``E`` refused by a statement, ``I`` by the lack of one."""
    context = {
        key.lower(): tuple(value) if isinstance(value, list) else (value,) for key, value in case["context"].items()
    }
    policies = Policies(
        [of_json(each) for each in case["identity"]],
        policy(case["resourcePolicy"]),
        Own.NEEDED if case["action"] in OWN_IS_NEEDED else Own.EITHER,
        policy(case["boundary"]),
        [of_json(case["session"])] if case["session"] else None,
    )
    decision = decide(Request(WHO, case["action"], case["resource"], context, ACCOUNT), policies)
    return "A" if decision.allowed else "E" if decision.explicit else "I"


def policy(document: Any) -> Policy | None:  # noqa: ANN401 - JSON
    return of_json(document) if document else None


def test_these_are_the_cases_that_were_decided() -> None:
    assert fingerprint(cases()) == KEPT["cases"]


def test_each_is_decided_as_the_other_evaluator_decides_it() -> None:
    different = [
        (case, kept, found)
        for case, kept in zip(cases(), KEPT["decisions"], strict=True)
        if (found := decided(case)) != kept
    ]
    assert different == []


def test_they_are_drawn_so_that_each_outcome_comes_hundreds_of_times() -> None:
    assert all(KEPT["decisions"].count(outcome) > 300 for outcome in "AEI")
