"""What a release needs to build and to publish a front end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tagship.site.bucket import Objects, SiteBucket

if TYPE_CHECKING:
    from tagship.site.build import SiteBuilder
    from tagship.site.publish import Edge


@dataclass(frozen=True)
class SiteDoors:
    """Everything outside that a front end touches."""

    objects: Objects
    edge: Edge
    builder: SiteBuilder

    def bucket(self, name: str) -> SiteBucket:
        """The bucket of one site."""
        return SiteBucket(self.objects, name)
