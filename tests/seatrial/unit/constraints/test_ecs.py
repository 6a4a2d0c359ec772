"""Texts that AWS refuses although its SDK lets them pass, each with AWS's own error."""

from typing import Any

import pytest

from seatrial.services.constraints.check import refusal

RUN = {"taskDefinition": "web"}
LONG_COMMAND = {"containerOverrides": [{"name": "web", "command": ["x" * 8192]}]}

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("RunTask", RUN | {"startedBy": "tagship/v1.2.3/migrate"}),
    ("RunTask", RUN | {"startedBy": "ann@desk"}),
    ("RunTask", RUN | {"startedBy": "ann (GitHub run 1)"}),
    ("RunTask", RUN | {"startedBy": "a" * 129}),
    ("RunTask", RUN | {"clientToken": "a" * 65}),
    ("RunTask", RUN | {"clientToken": "a b"}),
    ("RunTask", RUN | {"overrides": LONG_COMMAND}),
    ("RunTask", RUN | {"tags": [{"key": "who", "value": "ann (desk)"}]}),
    ("RunTask", RUN | {"tags": [{"key": "aws:who", "value": "ann"}]}),
    ("RunTask", RUN | {"tags": [{"key": "who", "value": "a" * 257}]}),
    ("RunTask", RUN | {"tags": [{"key": f"k{number}", "value": ""} for number in range(51)]}),
    ("StartTask", RUN | {"containerInstances": ["i"], "startedBy": "a" * 37}),
    ("CreateCluster", {"clusterName": "shop.local"}),
    ("CreateService", {"serviceName": "a b"}),
    ("CreateService", {"serviceName": "web", "clientToken": "a" * 37}),
    ("RegisterTaskDefinition", {"family": "web", "containerDefinitions": [], "tags": [{"key": "a", "value": "#"}]}),
]


@pytest.mark.parametrize(("operation", "params"), REFUSED)
def test_a_text_that_aws_refuses_is_refused(operation: str, params: dict[str, Any]) -> None:
    refused = refusal("ecs", operation, params)
    assert refused is not None
    assert refused.code == "InvalidParameterException"


@pytest.mark.parametrize("name", ["tagship/v1-2-3/migrate", "ecs-svc/1234567890", "a" * 128])
def test_a_text_that_aws_takes_is_taken(name: str) -> None:
    params = RUN | {"startedBy": name, "clientToken": "!" * 64, "tags": [{"key": "a:b", "value": "é 1"}]}
    assert refusal("ecs", "RunTask", params) is None
