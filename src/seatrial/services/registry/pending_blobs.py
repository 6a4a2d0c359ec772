"""Blobs that a client was told are here, and that no manifest refers to yet."""

from collections.abc import Iterable

from seatrial.ground.clock import Clock

PATIENCE = 600.0
"""Seconds in which a push that was told so is expected to end with its manifest."""


class PendingBlobs:
    """Keeps a push from losing a layer to the removal of the last image that had it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made: dict[str, float] = {}

    def add(self, digest: str) -> None:
        """A client was told that this blob is here, and will not send it."""
        self._made[digest] = self._clock.monotonic()

    def resolve(self, digests: Iterable[str]) -> None:
        """A manifest refers to these now."""
        for digest in digests:
            self._made.pop(digest, None)

    def outstanding(self) -> set[str]:
        """The digests of blobs that must not be removed."""
        now = self._clock.monotonic()
        self._made = {digest: made for digest, made in self._made.items() if now - made < PATIENCE}
        return set(self._made)
