"""Builds the front end beside the images, and publishes it when every service serves.

A build is kept under its version, as an image is under its tag; publishing it is the same whether it has just been
built or is the one of an earlier release.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from secrets import token_hex
from typing import TYPE_CHECKING

from tagship.base.errors import NotReady, Refused, TagshipError
from tagship.site.bucket import SiteVersion
from tagship.site.build import SiteSource
from tagship.site.publish import Publisher

if TYPE_CHECKING:
    from tagship.infra.outputs import Infrastructure, SiteInfrastructure
    from tagship.release.record import SiteRecord
    from tagship.release.steps import BuildSite, PublishSite
    from tagship.release.work import Work
    from tagship.site.doors import SiteDoors


@dataclass(frozen=True)
class SiteStatus:
    """The front end: which build is live, of how many files; which build a publication that was cut off began."""

    build: str
    files: int
    unfinished: str


def build(work: Work, step: BuildSite) -> str:
    """Build in the clean checkout and keep the build; returns its id and what was sent.

    Raises:
        ProgramFailed: the build command failed.
        NotReady: it did not write an ``index.html``.
    """
    wanted, source = work.materials.wanted, work.materials.source
    site = wanted.manifest.site
    if site is None or source is None:
        raise TagshipError("There is no source to build the site from.")
    tree = work.materials.tree
    found = work.doors.site.builder.build(site, SiteSource(tree, source.top(tree), step.version, source.commit))
    sent, size = work.doors.site.bucket(_place(work).bucket).keep(
        found, tree / site.folder, SiteVersion(step.version, found.id, source.commit)
    )
    work.site = replace(work.site, build=found.id, files=len(found.files))
    return f"{found.id}: {len(found.files)} files, {sent} new ({size / 1000:.1f} kB)"


def publish(work: Work, step: PublishSite) -> str:
    """Give visitors the build; returns in words what changed.

    Raises:
        TagshipError: it could not be published; the build of before is live again where that could be done.
    """
    bucket, began = work.doors.site.bucket(_place(work).bucket), work.doors.clock.monotonic()
    before = bucket.live()
    identity = step.build or work.site.build
    work.site = replace(work.site, build=identity, previous=before.build, begun=True)
    try:
        done = _publisher(work).publish(identity, _reference(work))
    except TagshipError:
        _put_back(work, before.build)
        raise
    seconds = work.doors.clock.monotonic() - began
    work.site = replace(work.site, files=done.total, published=True, seconds=seconds)
    return f"{done.files} of {done.total} files put, {done.invalidated} paths invalidated, {done.swept} objects swept"


def take_back(work: Work) -> None:
    """Give visitors the build of before, where this release has published another and its services go back."""
    known = work.site
    if known.published and known.build != known.previous and not work.contracted:
        _put_back(work, known.previous)


def status(doors: SiteDoors, infrastructure: Infrastructure) -> SiteStatus | None:
    """How the front end is now; None where there is none."""
    if infrastructure.site is None:
        return None
    bucket = doors.bucket(infrastructure.site.bucket)
    live = bucket.live()
    found = bucket.build(live.build) if live.build else None
    return SiteStatus(live.build, len(found.files) if found else 0, live.publishing)


def require_kept(doors: SiteDoors, infrastructure: Infrastructure, wanted: SiteRecord | None) -> None:
    """Everything that an earlier release's front end needs is still there.

    Raises:
        Refused: it is not.
    """
    if wanted is None or not wanted.build:
        return
    if infrastructure.site is None:
        raise Refused("The site of that release does not exist any more.", hint="tagship history")
    bucket = doors.bucket(infrastructure.site.bucket)
    found = bucket.build(wanted.build)
    if found is None:
        raise Refused(f"The site's build `{wanted.build}` is not kept any more.", hint="tagship history")
    if gone := bucket.missing(found):
        raise Refused(f"`{gone[0]}` of the site's build `{wanted.build}` is gone.", hint="tagship history")


def _put_back(work: Work, before: str) -> None:
    """Best effort: what is told is why the publication failed."""
    from tagship.release.happenings import SitePutBack  # noqa: PLC0415 - `status` reads this file, too

    if not before:
        return
    try:
        _publisher(work).publish(before, _reference(work))
    except TagshipError:
        return
    work.site = replace(work.site, put_back=True, published=False)
    work.doors.events.emit(SitePutBack(before))


def _publisher(work: Work) -> Publisher:
    place, doors = _place(work), work.doors
    return Publisher(doors.site.bucket(place.bucket), doors.site.edge, place.distribution, doors.clock, doors.events)


def _reference(work: Work) -> str:
    """A new one each time: CloudFront refuses one that it knows with other paths."""
    return f"release-{work.number}-{token_hex(4)}"


def _place(work: Work) -> SiteInfrastructure:
    wanted = work.materials.wanted
    if wanted.infrastructure.site is None:
        raise NotReady(
            "The site has no infrastructure yet.", hint=f"tagship infra apply --env {wanted.manifest.environment}"
        )
    return wanted.infrastructure.site
