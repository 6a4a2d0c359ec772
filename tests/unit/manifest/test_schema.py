"""The JSON Schema agrees with the model, and the file in docs with both."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tagship.manifest.document import parse
from tagship.manifest.load import examine
from tagship.manifest.schema import FILE, schema, schema_text

ROOT = Path(__file__).parents[3]
CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


def objects(part: object) -> list[dict[str, Any]]:
    if isinstance(part, dict):
        return [part, *(found for each in part.values() for found in objects(each))]
    if isinstance(part, list):
        return [found for each in part for found in objects(each)]
    return []


def test_the_file_in_docs_is_current() -> None:
    assert (ROOT / "docs" / FILE).read_text(encoding="utf-8") == schema_text()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_key_is_described() -> None:
    missing = [
        f"{name}.{key}"
        for name, part in (("Manifest", schema()), *schema()["$defs"].items())
        for key, value in part.get("properties", {}).items()
        if not value.get("description")
    ]
    assert missing == []


def test_unknown_keys_are_refused_at_every_level() -> None:
    closed = [part for part in objects(schema()) if "properties" in part and part.get("type") == "object"]
    assert len(closed) > 10
    assert all(part["additionalProperties"] is False for part in closed)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_what_the_loader_accepts_the_schema_accepts(case: Path) -> None:
    text = case.read_text(encoding="utf-8")
    if examine(text).manifest is None:
        return
    jsonschema.validate(parse(text).data, schema())


@pytest.mark.parametrize(
    "case",
    ["unknown-key-near", "service-name-in-capitals", "port-too-large", "environment-a-truth-value", "cpu-quoted"],
)
def test_an_editor_sees_what_a_schema_can_say(case: str) -> None:
    text = (Path(__file__).parent / "cases" / f"{case}.yaml").read_text(encoding="utf-8")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(parse(text).data, schema())
