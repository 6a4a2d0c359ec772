"""The door to the Parameter Store, as far as a release looks at it: that a parameter is there, and never its value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Protocol

from tagship.aws.errors import translated
from tagship.aws.session import Aws

_NAMES_A_CALL: Final = 50
"""API reference, ParameterStringFilter: Values."""


@dataclass(frozen=True)
class ParameterFacts:
    """What is known of a parameter without its value: its version counts its changes, from 1."""

    arn: str
    version: int
    changed: datetime | None = None


class Parameters(Protocol):
    """The Parameter Store, as far as a release needs it."""

    def describe(self, names: Sequence[str]) -> Mapping[str, ParameterFacts]:
        """What is known of parameters by their names, which begin with ``/``; those that are not there are left out."""
        ...


class AwsParameters:
    """The Parameter Store by its API; see ``Parameters``."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - boto3 has no stubs here
        return self._aws.client("ssm")

    def describe(self, names: Sequence[str]) -> Mapping[str, ParameterFacts]:
        """See ``Parameters.describe``."""
        found: dict[str, ParameterFacts] = {}
        for start in range(0, len(names), _NAMES_A_CALL):
            some = list(names[start : start + _NAMES_A_CALL])
            with translated():
                pages = self._client.get_paginator("describe_parameters").paginate(
                    ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": some}]
                )
                for each in (each for page in pages for each in page["Parameters"]):
                    facts = ParameterFacts(each.get("ARN", ""), each["Version"], each.get("LastModifiedDate"))
                    found[each["Name"]] = facts
        return found
