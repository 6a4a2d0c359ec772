"""What AWS documents of ECS, case by case, and what we answer: see ``conformance/``."""

import json
from typing import Any

import pytest

from tests.seatrial.unit.ecs.conformance.runner import Player, files
from tests.seatrial.unit.ecs.harness import Harness

CASES = [
    pytest.param(case, id=f"{file.stem}: {case['claim']}")
    for file in files()
    for case in json.loads(file.read_text(encoding="utf-8"))["cases"]
]


@pytest.mark.parametrize("case", CASES)
async def test_ecs_answers_what_aws_documents(ecs: Harness, case: dict[str, Any]) -> None:
    await Player(ecs).play(case["steps"])


@pytest.mark.parametrize("file", files(), ids=lambda file: file.stem)
def test_each_file_says_where_aws_documents_it(file: Any) -> None:  # noqa: ANN401 - a path
    document = json.loads(file.read_text(encoding="utf-8"))
    assert document["pages"]
    assert all(case["documented"] for case in document["cases"])
    claims = [case["claim"] for case in document["cases"]]
    assert len(set(claims)) == len(claims)
