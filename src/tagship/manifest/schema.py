"""The JSON Schema of ``tagship.yaml``, for editors: made from the model, never written by hand.

It says what a schema can say; what combines several keys (memory and cpu, shared paths) only ``tagship check`` says.
"""

import json
from typing import Any, Final

from tagship.manifest.model import Manifest

FILE: Final = "tagship.schema.json"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema as a JSON object."""
    return {
        "$schema": _DIALECT,
        "$id": "urn:tagship:manifest",
        **_strict(Manifest.model_json_schema()),
        "title": "tagship.yaml",
        "description": "The application that tagship builds, ships and watches, with its services and environments.",
    }


def _strict(part: Any) -> Any:  # noqa: ANN401 - any JSON value
    """With the names of a mapping's keys as a rule: in ``patternProperties`` another name would be overlooked."""
    if isinstance(part, list):
        return [_strict(each) for each in part]
    if not isinstance(part, dict):
        return part
    strict = {key: _strict(value) for key, value in part.items()}
    for pattern, values in strict.pop("patternProperties", {}).items():
        strict["propertyNames"] = {**strict.get("propertyNames", {}), "pattern": pattern}
        strict["additionalProperties"] = values
    return strict


def schema_text() -> str:
    """The schema as a file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
