"""The roles that a call hands to a service of AWS, for each of which it needs ``iam:PassRole``. Pure.

Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from seatrial.access.rights.calls import Call

_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/.+")
_MEMBER = re.compile(r"role(_?arn)?s?$|permission_?arn$", re.IGNORECASE)

_PRINCIPALS: Mapping[str, str] = {
    "autoscaling": "autoscaling.amazonaws.com",
    "cognito-identity": "cognito-identity.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "stepfunctions": "states.amazonaws.com",
}
"""Service principals that are not called as the service; those of an operation are below."""

_OF_OPERATION: Mapping[str, str] = {
    "ec2:CreateFlowLogs": "vpc-flow-logs.amazonaws.com",
    "ecs:CreateService": "ecs.amazonaws.com",
    "ecs:UpdateService": "ecs.amazonaws.com",
    "rds:CreateDBCluster": "monitoring.rds.amazonaws.com",
    "rds:CreateDBInstance": "monitoring.rds.amazonaws.com",
    "rds:ModifyDBCluster": "monitoring.rds.amazonaws.com",
    "rds:ModifyDBInstance": "monitoring.rds.amazonaws.com",
}
_RUNS = frozenset({"RunTask", "StartTask", "RunInstances"})
"""Operations that start what has roles already."""


def passed(call: Call, roles: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Each role that a call hands on, and the service that gets it.

    Args:
        call: the call.
        roles: the roles of the task definition or the instance profile that it names.
    """
    if call.service in {"iam", "sts"}:
        return []
    service = _OF_OPERATION.get(f"{call.service}:{call.operation}") or _PRINCIPALS.get(
        call.service, f"{call.service}.amazonaws.com"
    )
    if call.operation in _RUNS:
        replaced = list(_named(call.params.get("overrides") or {}))
        return [(role, service) for role in dict.fromkeys([*(() if replaced else roles), *replaced])]
    return [(role, service) for role in dict.fromkeys(_named(call.params))]


def _named(params: Any) -> Iterator[str]:  # noqa: ANN401 - a call's parameters
    """The roles in members that are called so."""
    if isinstance(params, Mapping):
        for name, value in params.items():
            if isinstance(value, str) and _MEMBER.search(name) and _ROLE.fullmatch(value):
                yield value
            elif isinstance(value, Mapping | list):
                yield from _named(value)
    elif isinstance(params, list):
        for each in params:
            yield from _named(each)
