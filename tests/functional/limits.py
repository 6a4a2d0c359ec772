"""What the embedded AWS counted: which calls it refused for a value that AWS does not take, and which are new."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from seatrial.core.pages import CONSTRAINTS_PATH
from tests.functional.harness import App
from tests.support.documented import gives_values

CALLED: Final[Mapping[str, list[str]]] = json.loads(
    Path(__file__).with_name("called_operations.json").read_text(encoding="utf-8")
)
"""The operations that the stories call, by service: tests/unit/aws/test_documented_limits.py asks for their limits."""


def beyond_limits(app: App) -> list[str]:
    """What was refused by AWS's documented limits, and what was called without being recorded."""
    url = f"{app.aws.endpoint}{CONSTRAINTS_PATH}"
    held = httpx.get(url, headers=app.aws.shown, trust_env=False).json()
    refused = [f"{service}: {operations}" for service, operations in held["refused"].items()]
    called = [(service, operation) for service, operations in held["calls"].items() for operation in operations]
    new = [(service, name) for service, name in called if gives_values(name) and name not in CALLED.get(service, ())]
    return refused + [f"{service} {name} is not in called_operations.json" for service, name in new]
