"""Publishes a build: files that pages name before the pages, and nothing taken away that an open page may load."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from tagship.base.clock import Clock
from tagship.base.errors import Refused, TagshipError
from tagship.base.events import Event, Events
from tagship.site.bucket import SiteBucket
from tagship.site.changes import Changes, changes

KEPT: Final = 10
"""Builds that can be published again, the live one among them."""

PATIENCE: Final = 20 * 60
"""Seconds for CloudFront: a distribution that has just been made takes minutes, an invalidation mostly seconds."""

_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 5.0


class Edge(Protocol):
    """The calls of ``aws/cloudfront.py`` that a publication needs."""

    def deployed(self, distribution: str) -> bool:
        """Whether every edge location has the distribution's configuration."""
        ...

    def invalidate(self, distribution: str, paths: tuple[str, ...], reference: str) -> str:
        """Have CloudFront forget paths; returns the invalidation's id."""
        ...

    def invalidated(self, distribution: str, invalidation: str) -> bool:
        """Whether every edge location has forgotten."""
        ...


@dataclass(frozen=True)
class FilesPublished(Event):
    """Files are where visitors get them: how many of which kind."""

    hashed: int
    assets: int
    pages: int


@dataclass(frozen=True)
class EdgeAwaited(Event):
    """CloudFront is waited for."""

    what: str


@dataclass(frozen=True)
class Published:
    """What a publication did: files put of how many, pages taken away, paths invalidated, old objects deleted."""

    files: int
    total: int
    gone: int
    invalidated: int
    swept: int


@dataclass(frozen=True)
class Publisher:
    """Publishes builds of one site.

    Args:
        bucket: the site's.
        edge: the door to CloudFront.
        distribution: the id of the site's distribution.
        clock: tells time.
        events: hears how far it is.
    """

    bucket: SiteBucket
    edge: Edge
    distribution: str
    clock: Clock
    events: Events

    def publish(self, identity: str, reference: str) -> Published:
        """Give visitors a build that the bucket keeps.

        Args:
            identity: the build's id.
            reference: tells this publication from every other; the same one is not invalidated twice.

        Raises:
            Refused: the build is not kept any more.
            TagshipError: CloudFront did not get ready in time.
        """
        live = self.bucket.live()
        wanted = self.bucket.build(identity)
        if wanted is None:
            raise Refused(f"The build `{identity}` of the site is no longer stored.", hint="tagship history")
        cut_off = bool(live.publishing)
        self.bucket.mark(replace(live, publishing=identity))
        found = changes(wanted, self.bucket.served(), cut_off=cut_off)
        self._put(found)
        self._await_edge(found, reference)
        kept = (identity, *(each for each in live.kept if each != identity))[:KEPT]
        self.bucket.mark(replace(live, build=identity, kept=kept, publishing=""))
        return Published(found.count, len(wanted.files), len(found.gone), len(found.stale), self.bucket.sweep(kept))

    def _put(self, found: Changes) -> None:
        for placed in (found.hashed, found.assets, found.pages):
            self.bucket.serve(placed)
        self.bucket.withdraw(found.gone)
        self.events.emit(FilesPublished(len(found.hashed), len(found.assets), len(found.pages)))

    def _await_edge(self, found: Changes, reference: str) -> None:
        if not self.edge.deployed(self.distribution):
            self.events.emit(EdgeAwaited("CloudFront deploys the distribution to its edge locations"))
            self._until(lambda: self.edge.deployed(self.distribution), "has not deployed the distribution")
        if not found.stale:
            return
        invalidation = self.edge.invalidate(self.distribution, found.stale, reference)
        if not self.edge.invalidated(self.distribution, invalidation):
            self.events.emit(EdgeAwaited(f"CloudFront invalidates {len(found.stale)} paths"))
            self._until(
                lambda: self.edge.invalidated(self.distribution, invalidation), "has not invalidated the old files"
            )

    def _until(self, done: Callable[[], bool], failed: str) -> None:
        deadline, pause = self.clock.monotonic() + PATIENCE, _PAUSE
        while not done():
            if self.clock.monotonic() > deadline:
                raise TagshipError(f"CloudFront {failed} within {PATIENCE // 60} minutes.", hint="tagship status")
            self.clock.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
