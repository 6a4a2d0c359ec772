import json

import pytest

from tagship.infra.diagnostics import Diagnostic
from tagship.infra.events import ResourceFailed, ResourceFinished, ResourceStarted, ResourceWaiting
from tagship.infra.plan import Change
from tagship.infra.stream import parse

LB = {"addr": "module.load_balancer.aws_lb.this", "resource_type": "aws_lb", "resource_name": "this"}


def line(kind: str, **rest: object) -> str:
    return json.dumps({"@level": "info", "@message": "…", "type": kind, **rest})


def hook(kind: str, **rest: object) -> str:
    return line(kind, hook={"resource": LB, "action": "create", **rest})


def test_a_resource_is_followed_from_start_to_end() -> None:
    assert parse(hook("apply_start")) == ResourceStarted(LB["addr"], "create")
    assert parse(hook("apply_complete", elapsed_seconds=60)) == ResourceFinished(LB["addr"], "create", 60.0)
    assert parse(hook("apply_errored", elapsed_seconds=3)) == ResourceFailed(LB["addr"], "create", 3.0)


def test_waiting_says_for_what() -> None:
    found = parse(hook("apply_progress", elapsed_seconds=10))

    assert isinstance(found, ResourceWaiting)
    assert "load balancer" in found.waiting_for


def test_a_planned_change_keeps_its_reason() -> None:
    said = {"resource": LB, "action": "replace", "reason": "cannot_update"}

    assert parse(line("planned_change", change=said)) == Change(LB["addr"], "aws_lb", "replace", "cannot_update")


def test_another_address_alone_is_a_change_too_because_an_apply_has_to_write_it_down() -> None:
    assert parse(line("planned_change", change={"resource": LB, "action": "move"})) == Change(
        LB["addr"], "aws_lb", "move"
    )


def test_reading_a_data_source_is_no_change_and_no_event() -> None:
    assert parse(line("planned_change", change={"resource": LB, "action": "read"})) is None
    assert parse(line("apply_start", hook={"resource": LB, "action": "read"})) is None


def test_a_complaint_keeps_the_address_where_it_has_one() -> None:
    said = {"severity": "error", "summary": "no", "detail": "really", "address": LB["addr"]}

    assert parse(line("diagnostic", diagnostic=said)) == Diagnostic("error", "no", "really", LB["addr"])
    assert parse(line("diagnostic", diagnostic={"severity": "warning", "summary": "hm"})) == Diagnostic(
        "warning", "hm", ""
    )


@pytest.mark.parametrize(
    "other",
    ["", "Warning: Unable to open CLI configuration file", "[1]", "7", line("version"), line("outputs", outputs={})],
)
def test_what_says_nothing_to_us_is_passed_over(other: str) -> None:
    assert parse(other) is None
