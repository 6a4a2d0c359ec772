"""What to type next where the infrastructure stands: from what is tagged, and what was released. Pure."""

from collections.abc import Iterable, Sequence

from tagship.image.version import in_order, next_patch
from tagship.release.diagnosis.cause import Cure
from tagship.release.records.record import ReleaseRecord


def next_release(tags: Iterable[str], records: Sequence[ReleaseRecord], *, environment: str, local: bool) -> str:
    """The command.

    Args:
        tags: the tags of the repository.
        records: the records of the environment's releases, newest first.
        environment: its name.
        local: whether a tag is shipped by pushing it to the git remote of this name.
    """
    option = "" if local else f" --env {environment}"
    versions = in_order(tags)
    if not versions:
        first = next_patch(())
        return f"git tag {first} && " + _ship(first, environment, local=local)
    newest = versions[-1]
    tried = [record for record in records if record.version == newest]
    live = next((record.version for record in records if record.good), "")
    if any(record.good for record in tried) or in_order([newest, live])[-1] != newest:
        return f"tagship status{option}"
    if not tried:
        return _ship(newest, environment, local=local)
    # A tag that was pushed before is not pushed again: git finds it up to date.
    cause = _of_the_code(tried[0])
    return f"tagship explain {cause}" if cause else f"tagship deploy {newest}{option}"


def _of_the_code(record: ReleaseRecord) -> str:
    """The cause that only another tag takes away; empty where the same tag may do."""
    found = (service.diagnosis for service in record.services.values() if service.diagnosis)
    return next((diagnosis.cause for diagnosis in found if diagnosis.then == Cure.CODE.value), "")


def _ship(tag: str, environment: str, *, local: bool) -> str:
    return f"git push {environment} {tag}" if local else f"tagship deploy {tag} --env {environment}"
