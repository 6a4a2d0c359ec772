"""Parameters of AWS's query protocol, as EC2, RDS, IAM and Elastic Load Balancing speak it, read and changed. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from seatrial.core.service import AwsRequest
from seatrial.core.wire.protocols import forms


def flat(request: AwsRequest) -> dict[str, str]:
    """See ``protocols.forms.flat``."""
    return forms.flat(request.body)


def read(request: AwsRequest) -> dict[str, Any]:
    """See ``protocols.forms.nested``."""
    return forms.nested(request.body)


def with_form(request: AwsRequest, form: Mapping[str, str]) -> AwsRequest:
    """The same request with other parameters."""
    return replace(request, body=urlencode(form).encode())


def changed(request: AwsRequest, change: Callable[[str, str], str]) -> AwsRequest:
    """The same request with each value as ``change(name, value)`` gives it."""
    return with_form(request, {name: change(name, value) for name, value in flat(request).items()})


def strings(value: Any) -> list[str]:  # noqa: ANN401 - a part of a form
    """A list of strings, where the form has one; else an empty list."""
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def part(value: Any, *path: str) -> Any:  # noqa: ANN401 - a part of a form
    """What is found along a path, or None."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
