"""Which rights building and destroying asks for, as a test keeps them: out of a recording of the embedded AWS.

    SEATRIAL_RECORD=/tmp/rights.jsonl make tour
    .venv/bin/python -m scripts.operator_calls /tmp/rights.jsonl

Of rights that differ in nothing but an id, one is kept; of who else asked meanwhile, none.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

TARGET: Final = Path(__file__).parents[1] / "tests" / "unit" / "infra" / "operator_calls.json"
WHO: Final = ":assumed-role/notes-tour-operator/"

_IDS: Final = re.compile(
    r"(?<=-)[0-9a-f]{8,17}(?![0-9a-z])|(?<=_)[A-Za-z0-9]{9}$|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]{32}|E[0-9A-Z]{12,14}"
)
_CONTEXT: Final = (
    "aws:requesttag/tagship",
    "aws:resourcetag/tagship",
    "ec2:createaction",
    "iam:",
    "aws:resourcetag/appl",
)


def needs(lines: Iterator[str]) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Action, resource and condition keys of each right, the first of those that are alike."""
    seen = set()
    for line in lines:
        told = json.loads(line)
        if WHO not in told["who"]:
            continue
        for action, resource, context in told["needs"]:
            kept = {key: value for key, value in context.items() if key.startswith(_CONTEXT)}
            alike = (action, _IDS.sub("0", resource), *sorted(kept))
            if alike not in seen:
                seen.add(alike)
                yield action, resource, kept


def main() -> None:
    """Write the file."""
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        found: list[Any] = sorted(needs(lines), key=lambda need: need[:2])
    rows = ",\n".join(f" {json.dumps(each)}" for each in found)
    TARGET.write_text(f"[\n{rows}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
