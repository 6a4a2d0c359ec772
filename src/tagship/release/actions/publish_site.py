"""Builds the front end beside the images, and publishes it when every service serves.

A build is kept under its version, as an image is under its tag; publishing it is the same whether it has just been
built or is the one of an earlier release.
"""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

from tagship.base.errors import NotReady, TagshipError
from tagship.site.bucket import SiteVersion
from tagship.site.build import SiteSource
from tagship.site.publish import Publisher

if TYPE_CHECKING:
    from tagship.infra.outputs import SiteInfrastructure
    from tagship.release.board import ProgressBoard
    from tagship.release.context import ReleaseContext
    from tagship.release.planning.steps import BuildSite, PublishSite


def build(context: ReleaseContext, board: ProgressBoard, step: BuildSite) -> str:
    """Build in the clean checkout and keep the build; returns its id and what was sent.

    Raises:
        ProgramFailed: the build command failed.
        NotReady: it did not write an ``index.html``.
    """
    wanted, source = context.wanted, context.source
    site = wanted.manifest.site
    if site is None or source is None:
        raise TagshipError("The source of the site is not available to build from.")
    tree = context.tree
    found = context.doors.site.builder.build(site, SiteSource(tree, source.top(tree), step.version, source.commit))
    sent, size = context.doors.site.bucket(_place(context).bucket).save(
        found, tree / site.folder, SiteVersion(step.version, found.id, source.commit)
    )
    board.site_built(found.id, len(found.files))
    return f"{found.id}: {len(found.files)} files, {sent} new ({size / 1000:.1f} kB)"


def publish(context: ReleaseContext, board: ProgressBoard, step: PublishSite) -> str:
    """Give visitors the build; returns in words what changed.

    Raises:
        TagshipError: it could not be published; the build of before is live again where that could be done.
    """
    bucket, began = context.doors.site.bucket(_place(context).bucket), context.doors.clock.monotonic()
    before = bucket.live()
    identity = step.build or board.site.build
    board.site_publishing(identity, before.build)
    try:
        done = _publisher(context).publish(identity, _reference(context))
    except TagshipError:
        _put_back(context, board, before.build)
        raise
    board.site_published(done.total, context.doors.clock.monotonic() - began)
    return (
        f"{done.files} of {done.total} files uploaded, {done.invalidated} paths invalidated, {done.swept} old "
        "objects deleted"
    )


def take_back(context: ReleaseContext, board: ProgressBoard) -> None:
    """Give visitors the build of before, where this release has published another and its services go back."""
    known = board.site
    if known.published and known.build != known.previous and not board.contracted:
        _put_back(context, board, known.previous)


def _put_back(context: ReleaseContext, board: ProgressBoard, before: str) -> None:
    """Best effort: what is told is why the publication failed."""
    from tagship.release.events import SiteReverted  # noqa: PLC0415 - `status` reads this file, too

    if not before:
        return
    try:
        _publisher(context).publish(before, _reference(context))
    except TagshipError:
        return
    board.site_reverted()
    context.doors.events.emit(SiteReverted(before))


def _publisher(context: ReleaseContext) -> Publisher:
    place, doors = _place(context), context.doors
    return Publisher(doors.site.bucket(place.bucket), doors.site.edge, place.distribution, doors.clock, doors.events)


def _reference(context: ReleaseContext) -> str:
    """A new one each time: CloudFront refuses one that it knows with other paths."""
    return f"release-{context.number}-{token_hex(4)}"


def _place(context: ReleaseContext) -> SiteInfrastructure:
    wanted = context.wanted
    if wanted.infrastructure.site is None:
        raise NotReady(
            "The site has no infrastructure yet.", hint=f"tagship infra apply --env {wanted.manifest.environment}"
        )
    return wanted.infrastructure.site
