"""The table itself: each row is of AWS's own operations, has AWS's page, and refuses what it says."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.model import Shape

from seatrial.core.wire.modelled import operations, service_model
from seatrial.services.constraints import members, rules
from seatrial.services.constraints.check import refusal
from seatrial.services.constraints.refusals import dialect_of
from seatrial.services.constraints.requests import SERVICES
from seatrial.services.constraints.rows import Row, rows, services
from tests.support.documented import put

ROWS = [row for service in services() for row in rows(service)]
BY_NAME = [
    pytest.param(row, id=f"{row.service}-{row.members[0]}-{'-'.join(row.rule)}-{n}") for n, row in enumerate(ROWS)
]


def shape_of(service: str, operation: str) -> Shape:
    shape = service_model(service).operation_model(operation).input_shape
    assert shape is not None
    return shape


def operations_of(row: Row) -> list[str]:
    return [name for name in sorted(operations(row.service)) if row.is_of(name)]


def sized(kind: str, size: int) -> Any:  # noqa: ANN401 - JSON
    """A text, list or map of so many characters or entries."""
    return {"string": "a" * size, "list": [""] * size, "map": {f"k{number}": "" for number in range(size)}}[kind]


def larger(kind: str, size: int) -> Any:  # noqa: ANN401 - JSON
    """More than so many bytes."""
    return {"string": "a" * (size + 1), "blob": b"a" * (size + 1)}.get(kind, {"A": "a" * size})


def policy(words: int) -> str:
    return f'{{"Statement": [{{"Effect": "Allow", "Action": "s3:{"a" * words}", "Resource": "*"}}]}}'


TOO_MUCH: dict[str, Callable[[str, Any], Any]] = {
    "least": lambda kind, limit: sized(kind, limit - 1),
    "most": lambda kind, limit: sized(kind, limit + 1),
    "low": lambda kind, limit: str(limit - 1) if kind == "string" else limit - 1,
    "high": lambda kind, limit: str(limit + 1) if kind == "string" else limit + 1,
    "step": lambda _, limit: limit * 2.5,
    "octets": larger,
    "json_length": larger,
    "unspaced": lambda _, limit: policy(limit),
    "unique": lambda _, key: [{key: "same"}, {key: "same"}],
    "one_of": lambda kind, _: "such" if kind == "string" else -7,
}
"""A value that breaks a limit, of the kind that AWS's model has there."""


def test_there_are_rows_for_each_service_that_has_a_file() -> None:
    assert len(ROWS) > 200
    assert set(services()) <= set(SERVICES.values())


@pytest.mark.parametrize("row", BY_NAME)
def test_a_row_is_about_members_that_awss_model_has(row: Row) -> None:
    assert set(row.operations) <= operations(row.service)
    known = [
        [member for member in row.members if members.shape_at(member, shape_of(row.service, operation))]
        for operation in operations_of(row)
    ]
    assert known
    assert all(known), "an operation that has none of the members"
    assert {member for each in known for member in each} == set(row.members), "a member that no operation has"


@pytest.mark.parametrize("row", BY_NAME)
def test_a_row_has_awss_page_and_a_rule_and_an_example_where_the_limit_is_none(row: Row) -> None:
    assert re.fullmatch(r"https://docs\.aws\.amazon\.com/\S+\.html", row.page)
    assert row.rule
    assert row.rule.keys() <= rules.CONSTRAINTS.keys()
    assert row.rule.keys() <= TOO_MUCH.keys() or row.refused is not None


@pytest.mark.parametrize("row", BY_NAME)
def test_a_row_refuses_what_it_says(row: Row) -> None:
    operation = operations_of(row)[0]
    member = next(each for each in row.members if members.shape_at(each, shape_of(row.service, operation)))
    shape = members.shape_at(member, shape_of(row.service, operation))
    assert shape is not None
    kind = "list" if row.together else shape.type_name
    beside = {name: next(iter(pattern.replace(".*", "").strip("|").split("|"))) for name, pattern in row.where.items()}
    limits = [(name, limit) for name, limit in row.rule.items() if name in TOO_MUCH]
    examples = [TOO_MUCH[name](kind, limit) for name, limit in limits]
    examples += [] if row.refused is None else [row.refused]
    assert examples
    for example in examples:
        values = [put(member, each) for each in example] if row.together else [put(member, example)]
        asked = together(member, values) if row.together else values[0]
        found = refusal(row.service, operation, {**beside, **asked})
        assert found is not None, example
        # Of two rows about one value the first answers: a text that is too long may be none of the right words either.
        codes = {each.code for each in rows(row.service) if set(each.members) & set(row.members)}
        assert found.code in {code or dialect_of(row.service).code for code in codes}


def together(member: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    (name, _), *_ = members.steps(member)
    return {name: [entry for each in values for entry in each[name]]}


@pytest.mark.parametrize("service", services())
def test_no_row_says_again_what_the_model_says(service: str) -> None:
    """What a row allows to be no longer than the model does already would never be seen."""
    again = [
        (row.members, name)
        for row in rows(service)
        for operation in operations_of(row)[:1]
        for member in row.members
        if (shape := members.shape_at(member, shape_of(service, operation)))
        for name, trait in (("most", "max"), ("least", "min"))
        if not row.code and not row.words and row.rule.get(name) == shape.metadata.get(trait, -1)
    ]
    assert again == []
