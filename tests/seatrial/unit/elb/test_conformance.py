"""What AWS documents of Application Load Balancers, case by case, and what we answer: see ``conformance/``.

``failures.json`` needs real connections: ``tests/seatrial/contract/elb/test_conformance.py`` plays it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from seatrial.http.head import Via, for_target, read_request
from seatrial.http.types import RoutingInput
from seatrial.services.elb.control.configuration import check_of, redirect, rule
from seatrial.services.elb.data.limits import refusal
from seatrial.services.elb.data.routing import holds, location
from seatrial.services.elb.health import CHECKING, FAILED, PASSED, TIMED_OUT, Outcome, after, mismatch
from seatrial.services.elb.model import HealthCheck, Listener

FILES = sorted((Path(__file__).parent / "conformance").glob("*.json"))
LISTENER = Listener("l", "lb", "lb.example", 80, "HTTP", ())


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / f"conformance/{name}.json").read_text(encoding="utf-8"))
    return found


def cases(name: str) -> list[Any]:
    """Each row, behind its case."""
    return [
        pytest.param(case, row, id=f"{case['claim']} {number}")
        for case in document(name)["cases"]
        for number, row in enumerate(case["rows"])
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_says_where_aws_documents_it(file: Path) -> None:
    found = document(file.stem)
    assert found["pages"]
    assert all(case["documented"] and case["rows"] for case in found["cases"])
    claims = [case["claim"] for case in found["cases"]]
    assert len(set(claims)) == len(claims)


@pytest.mark.parametrize(("case", "row"), cases("rules"))
def test_a_rule_meets_what_aws_says_it_meets(case: Any, row: Any) -> None:  # noqa: ANN401 - of the file
    request, meets = row
    condition = rule({"Conditions": [case["condition"]], "Actions": []}).conditions[0]
    assert holds(condition, asked(**request)) is meets


@pytest.mark.parametrize(("case", "row"), cases("redirects"))
def test_a_redirect_names_what_aws_says_it_names(case: Any, row: Any) -> None:  # noqa: ANN401, ARG001 - of the file
    config, request, url = row
    doors = {int(port): (scheme, here) for port, (scheme, here) in document("redirects")["doors"].items()}
    assert location(redirect(config), asked(**request), LISTENER, doors) == url


@pytest.mark.parametrize(("case", "row"), cases("refusals"))
def test_a_request_is_refused_as_aws_refuses_it(case: Any, row: Any) -> None:  # noqa: ANN401, ARG001 - of the file
    request, status = row
    headers = [(name.encode(), long(value)) for name, value in request.get("headers", [["Host", "a"]])]
    head = read_request(request.get("method", "GET").encode(), long(request.get("target", "/")), headers)
    assert refusal(head, request.get("version", "1.1"), upgrade=False) == status


@pytest.mark.parametrize(("case", "row"), cases("headers"))
def test_a_target_gets_the_headers_that_aws_sends(case: Any, row: Any) -> None:  # noqa: ANN401, ARG001 - of the file
    mode, sent, found = row
    client = document("headers")["client"]
    via = Via(client["address"].encode(), client["protocol"].encode(), client["port"].encode(), mode)
    head = read_request(b"GET", b"/", [(b"Host", b"a"), *((name.encode(), value.encode()) for name, value in sent)])
    lines = for_target(head, via, client["trace"].encode()).decode().split("\r\n")[1:-2]
    got: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        got.setdefault(name.lower(), []).append(value)
    for name, value in found.items():
        assert got.get(name.lower()) == ([value] if value is not None else None)


@pytest.mark.parametrize(("case", "row"), cases("health"))
def test_a_target_is_as_healthy_as_aws_says_it_is(case: Any, row: Any) -> None:  # noqa: ANN401, ARG001 - of the file
    checks, state, reason, description = row
    check = check_of(document("health")["check"])
    health = CHECKING
    for ended in checks:
        health = after(health, outcome(ended, check), check)
    assert (health.state, health.reason, health.description) == (state, reason, description)


def asked(path: str = "/", query: str = "", host: str = "shop.example", **changed: Any) -> RoutingInput:  # noqa: ANN401
    headers = [(name.encode(), value.encode()) for name, value in changed.pop("headers", ())]
    fields = {"method": "GET", "source": "127.0.0.1", **changed}
    return RoutingInput(path=path, query=query, host=host, headers=headers, **fields)


def outcome(ended: str | int, check: HealthCheck) -> Outcome:
    if isinstance(ended, str):
        return {"refused": FAILED, "timeout": TIMED_OUT}[ended]
    return PASSED if any(first <= ended <= last for first, last in check.codes) else mismatch(ended)


def long(value: Any) -> bytes:  # noqa: ANN401 - text, or what is repeated how often
    if isinstance(value, str):
        return value.encode()
    ((part, times),) = value.items()
    return str(part).encode() * int(times)
