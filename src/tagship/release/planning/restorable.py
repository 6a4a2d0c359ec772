"""Whether an earlier release can be live again: what of it is gone, and whether a migration since went beyond it.

A rollback and a recovery ask the same, before either touches anything.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from tagship.aws.ecr import Ecr
from tagship.aws.ecs_shapes import Ecs, Revision
from tagship.base.errors import AwsNotFound, Refused
from tagship.infra.outputs import Infrastructure
from tagship.release.planning.task_definition import repository_name
from tagship.release.records.record import ReleaseRecord, ServiceRecord
from tagship.site.doors import SiteDoors

_SHOWN: Final = 19
"""Characters of a digest that a sentence names: ``sha256:`` and twelve."""


def revisions_of(services: Mapping[str, ServiceRecord], ecs: Ecs) -> Mapping[str, Revision]:
    """The revision that each service had in the release; without those that ECS does not know any more."""
    found = {name: find_revision(kept.revision, ecs) for name, kept in services.items()}
    return {name: revision for name, revision in found.items() if revision}


def find_revision(arn: str, ecs: Ecs) -> Revision | None:
    """The revision, active or not; None where ECS does not know it any more."""
    try:
        return ecs.revision(arn)
    except AwsNotFound:
        return None


def missing(
    services: Mapping[str, ServiceRecord], revisions: Mapping[str, Revision], infrastructure: Infrastructure, ecr: Ecr
) -> str:
    """The first thing that these services need and that is gone, in words; empty where everything is there.

    Args:
        services: the services as the release left them.
        revisions: the revisions that ECS knows of theirs: see ``revisions_of``.
        infrastructure: where their images are.
        ecr: knows the images.
    """
    for name, kept in services.items():
        place, revision = infrastructure.services.get(name), revisions.get(name)
        if place is None:
            return f"the service `{name}` no longer exists"
        if revision is None or not revision.active:
            return f"the revision `{kept.revision.rpartition('/')[2]}` of `{name}` was deregistered"
        if not ecr.has(repository_name(place.repository_url), kept.digest):
            return f"the image {kept.digest[:_SHOWN]} of `{name}` is no longer in the registry"
    return ""


def require_site_kept(doors: SiteDoors, infrastructure: Infrastructure, release: ReleaseRecord) -> None:
    """Everything that the release's front end needs is still there.

    Raises:
        Refused: it is not.
    """
    wanted = release.site
    if wanted is None or not wanted.build:
        return
    if infrastructure.site is None:
        raise Refused("The site of that release no longer exists.", hint="tagship history")
    bucket = doors.bucket(infrastructure.site.bucket)
    found = bucket.build(wanted.build)
    if found is None:
        raise Refused(f"The site's build `{wanted.build}` is no longer stored.", hint="tagship history")
    if gone := bucket.missing(found):
        raise Refused(f"`{gone[0]}` of the site's build `{wanted.build}` is missing.", hint="tagship history")


def require_database_fits(release: ReleaseRecord, records: Iterable[ReleaseRecord], command: str) -> None:
    """No migration since the release went beyond what its version works with.

    Args:
        release: the release that is to be live again.
        records: the records of the environment, newest first.
        command: the command that goes back all the same: ``tagship rollback 3 --past-contract``.

    Raises:
        Refused: one did.
    """
    if between := _contracted_since(release, records):
        raise Refused(
            f"Release {between.number} ({between.version}) ran a migration with which `{release.version}` (release "
            f"{release.number}) does not work.",
            hint=f"{command}, if you know that it does; otherwise fix the cause and push a new tag",
        )


def _contracted_since(release: ReleaseRecord, records: Iterable[ReleaseRecord]) -> ReleaseRecord | None:
    """The newest release after this one whose migration was marked ``contract``."""
    return next(
        (
            record
            for record in records
            if record.number > release.number
            and any(service.migration and service.migration.contracted for service in record.services.values())
        ),
        None,
    )
