"""The table: what AWS documents in prose, a row for each limit. Pure but for reading its files once.

A file of ``table/`` is one service::

    service = "ec2"                        # botocore's name
    pages = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"

    [[row]]
    members = ["GroupDescription"]         # paths, see members.py
    operations = ["CreateSecurityGroup"]   # all that have these members, where it is left out
    most = 255                             # what a value may be, see rules.py
    together = true                        # where the limit is on all values of one request as a list
    where = { Engine = ".*postgres.*" }    # only of requests with such members, as patterns; absent ones are ""
    refused = "sg-notes"                   # a value that it refuses, where that is not a matter of counting
    code = "InvalidParameterValue"         # where it is not the service's own
    words = "… '{value}' …"                # AWS's, where they are known
    page = "API_CreateSecurityGroup.html"  # where AWS says so
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from seatrial.core.wire.modelled import service_model
from seatrial.services.constraints.members import shape_at
from seatrial.services.constraints.rules import CONSTRAINTS

TABLE: Final = Path(__file__).with_name("table")


@dataclass(frozen=True)
class Row:
    """One documented limit.

    Args:
        service: botocore's name.
        operations: the operations that it is of; empty: all that have one of its members.
        members: paths of the values that it is about.
        rule: what a value may be, by the names of ``rules.CONSTRAINTS``.
        page: AWS's, which says so; a URL.
        code: AWS's error code; empty: the service's own for values that are invalid.
        words: AWS's; empty: as the service words such errors.
        together: whether the rule is about all values of one request, as one list.
        where: patterns of members beside, which a request must have for the rule to hold; one that is absent is "".
        refused: a value that the rule refuses, for readers and tests; None where the limit says it.
    """

    service: str
    operations: tuple[str, ...]
    members: tuple[str, ...]
    rule: Mapping[str, Any] = field(hash=False)
    page: str
    code: str = ""
    words: str = ""
    together: bool = False
    where: Mapping[str, str] = field(default_factory=dict, hash=False)
    refused: Any = field(default=None, hash=False)

    def holds(self, params: Mapping[str, Any]) -> bool:
        """Whether a request is one that the rule is about."""
        return all(re.fullmatch(pattern, str(params.get(name, ""))) for name, pattern in self.where.items())

    def is_of(self, operation: str) -> bool:
        """Whether it says something of an operation."""
        if self.operations:
            return operation in self.operations
        shape = service_model(self.service).operation_model(operation).input_shape
        return shape is not None and any(shape_at(member, shape) for member in self.members)


def services() -> tuple[str, ...]:
    """Every service that has rows."""
    return tuple(sorted(file.stem for file in TABLE.glob("*.toml")))


@cache
def rows(service: str) -> tuple[Row, ...]:
    """A service's rows, in the order of its file; none where it has no file."""
    file = TABLE / f"{service}.toml"
    if not file.exists():
        return ()
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(_row(service, written.get("pages", ""), each) for each in written["row"])


@cache
def rows_of(service: str, operation: str) -> tuple[Row, ...]:
    """What the table says of an operation."""
    return tuple(row for row in rows(service) if row.is_of(operation))


def _row(service: str, pages: str, written: Mapping[str, Any]) -> Row:
    page: str = written["page"]
    return Row(
        service,
        operations=tuple(written.get("operations", ())),
        members=tuple(written["members"]),
        rule={name: limit for name, limit in written.items() if name in CONSTRAINTS},
        page=page if page.startswith("https:") else pages + page,
        code=written.get("code", ""),
        words=written.get("words", ""),
        together=written.get("together", False),
        where=written.get("where", {}),
        refused=written.get("refused"),
    )
