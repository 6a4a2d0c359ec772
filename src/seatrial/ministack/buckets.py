"""The door to what MiniStack's buckets say of web pages: their CORS configurations."""

import importlib
from typing import Any

from seatrial.core.incoming import Incoming
from seatrial.core.service import AwsResponse


class Buckets:
    """The buckets of MiniStack, once it is loaded."""

    def __init__(self) -> None:
        self._app: Any = importlib.import_module("ministack.app")
        self._s3: Any = importlib.import_module("ministack.services.s3")

    def preflight(self, request: Incoming) -> AwsResponse | None:
        """What a bucket answers a browser that asks first; None where no bucket is asked."""
        target = self._target(request)
        if target is None:
            return None
        status, headers, body = self._s3.cors_preflight(*target, request.headers)
        return AwsResponse(status, {name.lower(): value for name, value in headers.items()}, body)

    def allows(self, request: Incoming) -> dict[str, str]:
        """The headers by which a bucket lets a page read the answer; empty where it does not."""
        target = self._target(request)
        if target is None:
            return {}
        found = self._s3.cors_response_headers(target[0], request.method, request.headers)
        return {name.lower(): value for name, value in found.items()}

    def _target(self, request: Incoming) -> tuple[str, str] | None:
        """Bucket and key, where there is such a bucket."""
        found: tuple[str, str] | None = self._app._s3_cors_target(request.headers.get("host", ""), request.path)  # noqa: SLF001 - see docs/architecture.md
        return found
