"""What MiniStack was told and does not keep, noted here by the resource's identifier."""

from typing import Any

from seatrial.core.service import AwsRequest
from seatrial.core.state import Store


class Notes:
    """JSON objects by account, region and identifier; each is on disk when the call returns.

    Args:
        store: the embedded AWS's.
        kind: such as ``corrections.flow-log``.
    """

    def __init__(self, store: Store, kind: str) -> None:
        self._store = store
        self._kind = kind

    def get(self, request: AwsRequest, identifier: str) -> dict[str, Any] | None:
        """What is noted, or None."""
        noted: dict[str, Any] | None = self._store.get(self._kind, _key(request, identifier))
        return noted

    def put(self, request: AwsRequest, identifier: str, noted: dict[str, Any]) -> None:
        """Note this instead of what was noted."""
        self._store.put(self._kind, _key(request, identifier), noted)

    def add(self, request: AwsRequest, identifier: str, noted: dict[str, Any]) -> None:
        """Note this beside what was noted."""
        self.put(request, identifier, {**(self.get(request, identifier) or {}), **noted})

    def all(self, request: AwsRequest) -> dict[str, dict[str, Any]]:
        """Every note of the request's account and region by identifier, in their order."""
        prefix = _key(request, "")
        notes = self._store.all(self._kind).items()
        return {key.removeprefix(prefix): noted for key, noted in notes if key.startswith(prefix)}

    def forget(self, request: AwsRequest, *identifiers: str) -> None:
        """Note nothing more of these."""
        self._store.delete(self._kind, *(_key(request, identifier) for identifier in identifiers))


def _key(request: AwsRequest, identifier: str) -> str:
    return f"{request.account_id}/{request.region}/{identifier}"
