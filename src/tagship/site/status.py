"""How the front end is now."""

from dataclasses import dataclass

from tagship.site.bucket import SiteBucket


@dataclass(frozen=True)
class SiteStatus:
    """The front end: which build is live, of how many files; which build a publication that was cut off began."""

    build: str
    files: int
    unfinished: str


def site_status(bucket: SiteBucket) -> SiteStatus:
    """Look into the site's bucket."""
    live = bucket.live()
    found = bucket.build(live.build) if live.build else None
    return SiteStatus(live.build, len(found.files) if found else 0, live.publishing)
