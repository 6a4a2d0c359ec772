"""Each correction, on requests and answers recorded from Terraform and MiniStack."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.seatrial.unit.corrections.cases import CASES, FakeAws, context, corrected, correction_of, texts


@pytest.mark.parametrize("case", [json.loads(path.read_text()) for path in CASES], ids=[path.stem for path in CASES])
async def test_the_answer_is_the_one_that_aws_gives(case: dict[str, Any], tmp_path: Path) -> None:
    aws = FakeAws()
    where = context(tmp_path, aws)
    correction = correction_of(where, case["correction"])
    for number, step in enumerate(case["steps"]):
        aws.answers = step.get("calls", {})
        answer = await corrected(correction, case["service"], step)
        found = {wanted: texts(answer, wanted) for wanted in step.get("has", {})}
        wanted = {at: [text] if isinstance(text, str) else text for at, text in step.get("has", {}).items()}
        assert found == wanted, f"step {number}"
        assert [at for at in step.get("lacks", ()) if texts(answer, at)] == [], f"step {number}"
        assert [text for text in step.get("hides", ()) if text in answer.body.decode()] == []
        assert set(step.get("called", ())) <= set(aws.called)
    where.store.close()
