"""The words of the OCI distribution API: paths, errors, headers. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NAME = r"(?P<name>[a-z0-9]+(?:[._/-]+[a-z0-9]+)*)"
_ROUTES = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("base", r"/v2/?"),
        ("upload", rf"/v2/{_NAME}/blobs/uploads/(?P<reference>[0-9a-f]*)"),
        ("blob", rf"/v2/{_NAME}/blobs/(?P<reference>[^/]+)"),
        ("manifest", rf"/v2/{_NAME}/manifests/(?P<reference>[^/]+)"),
        ("tags", rf"/v2/{_NAME}/tags/list"),
    )
)
TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
"""Source: OCI distribution specification, "Pulling manifests"."""


@dataclass(frozen=True)
class Route:
    """What a path means.

    Args:
        kind: ``base``, ``upload``, ``blob``, ``manifest`` or ``tags``.
        name: the name of the repository.
        reference: a digest, a tag, or the id of an upload (empty: a new one).
    """

    kind: str
    name: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""


# inside: the registry, which answers it in the protocol's own form
class RegistryError(Exception):
    """An error of the distribution specification.

    Args:
        code: such as ``NAME_UNKNOWN``.
        message: ECR's words where they are known.
        status: the HTTP status.
    """

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    @property
    def answer(self) -> Answer:
        """The error as it is sent."""
        return json_answer({"errors": [{"code": self.code, "message": self.message}]}, self.status)


def route(path: str) -> Route | None:
    """What a path means; None where it is not the registry's (other AWS APIs have paths below ``/v2/`` too)."""
    for kind, pattern in _ROUTES:
        if found := pattern.fullmatch(path):
            return Route(kind, **found.groupdict())
    return None


def json_answer(document: Mapping[str, Any], status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, {"content-type": "application/json"}, json.dumps(document).encode())


UNAUTHORIZED = Answer(
    401,
    {
        "content-type": "application/json",
        # As ECR's own, whose realm is the registry's address.
        "www-authenticate": 'Basic realm="ecr",service="ecr.amazonaws.com"',
    },
    json.dumps({"errors": [{"code": "UNAUTHORIZED", "message": "Not Authorized"}]}).encode(),
)


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Start and length of a ``Range: bytes=…``; None where all is wanted.

    Raises:
        RegistryError: it lies outside.
    """
    found = re.fullmatch(r"bytes=([0-9]{0,19})-([0-9]{0,19})", header or "")
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        raise RegistryError("SIZE_INVALID", f"the blob has {size} bytes", 416)
    return start, end - start + 1
