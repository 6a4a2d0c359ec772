"""Which version was live last: from the records, and where those cannot be read, from what ECS remembers."""

from dataclasses import dataclass, replace

from tagship.aws.ecs_shapes import Revision, ServiceDeployment
from tagship.base.errors import AwsNotFound, Refused
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
from tagship.release.conduct import draft_record
from tagship.release.definition import CONTENT_TAG, VERSION_TAG
from tagship.release.ledger import Ledger
from tagship.release.observation import repository_name
from tagship.release.record import ReleaseRecord, ServiceRecord
from tagship.release.rollback import contracted_since
from tagship.release.work import Doors


@dataclass(frozen=True)
class Found:
    """The release that was live last, and what to know of it."""

    target: ReleaseRecord
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LastLive:
    """Looks for it."""

    doors: Doors
    ledger: Ledger
    infrastructure: Infrastructure

    def find(self, *, past_contract: bool) -> Found:
        """The newest release that went live and of which everything is still there.

        Raises:
            Refused: nothing was ever live, or a migration since has gone beyond what it works with.
            LeaseHeld: a release is running.
        """
        self.ledger.require_free()
        records = self.ledger.records()
        unreadable = ", ".join(self.ledger.unreadable)
        if unreadable and not any(record.good for record in records):
            note = f"No record that can be read went live ({unreadable} cannot), so this comes from ECS."
            return Found(self._of_ecs(), (note,))
        found = self._of_records(records, past_contract=past_contract)
        newer = [key for key in self.ledger.unreadable if key > found.target.key]
        if newer:
            note = (
                f"A newer release may have been live, or have migrated the database: {', '.join(newer)} cannot be read."
            )
            return replace(found, notes=(*found.notes, note))
        return found

    def _of_records(self, records: list[ReleaseRecord], *, past_contract: bool) -> Found:
        notes: list[str] = []
        for record in records:
            if not record.good:
                continue
            if missing := self._missing(record):
                notes.append(f"Not release {record.number} ({record.version}): {missing}")
                continue
            between = None if past_contract else contracted_since(record, records)
            if between:
                raise Refused(
                    f"Release {between.number} ({between.version}) ran a migration that `{record.version}`, "
                    "which was live last, does not work with.",
                    hint="tagship recover --past-contract, if you know that it does; else fix it and push a new tag",
                )
            return Found(record, tuple(notes))
        raise Refused("\n".join(["No version that was live can be brought back.", *notes]), hint=_NEW_TAG)

    def _missing(self, record: ReleaseRecord) -> str:
        """What of it is gone; empty where everything is there."""
        if not any(name in self.infrastructure.services for name in record.services):
            return "none of its services exists any more"
        for name, kept in record.services.items():
            place = self.infrastructure.services.get(name)
            if place is None:
                continue
            if not (revision := self._revision(kept.revision)) or not revision.active:
                return f"the revision `{kept.revision.rpartition('/')[2]}` of `{name}` was deregistered"
            if not self.doors.ecr.has(repository_name(place.repository_url), kept.digest):
                return f"the image {kept.digest[:19]} of `{name}` is gone from the registry"
        return ""

    def _of_ecs(self) -> ReleaseRecord:
        """For every service the revision of its newest service deployment that was SUCCESSFUL.

        ECS lists service deployments for 90 days (API reference, ListServiceDeployments).
        """
        found = {name: self._last_good(place) for name, place in self.infrastructure.services.items()}
        kept = {name: _kept(revision) for name, revision in found.items() if revision}
        if not kept:
            raise Refused("No version was ever live, as far as ECS remembers.", hint=_NEW_TAG)
        version = next(revision.tags.get(VERSION_TAG, "") for revision in found.values() if revision)
        return draft_record("deploy", version, "", "").model_copy(update={"services": kept})

    def _last_good(self, place: ServiceInfrastructure) -> Revision | None:
        deployments = self.doors.ecs.service_deployments(self.infrastructure.cluster, place.service)
        revisions = (self._revision(each.task_definition) for each in deployments if _was_live(each))
        return next((each for each in revisions if each and each.active and CONTENT_TAG in each.tags), None)

    def _revision(self, arn: str) -> Revision | None:
        try:
            return self.doors.ecs.revision(arn)
        except AwsNotFound:
            return None


_NEW_TAG = "fix the cause, and push a new tag"


def _was_live(deployment: ServiceDeployment) -> bool:
    return deployment.status == "SUCCESSFUL" and bool(deployment.task_definition)


def _kept(revision: Revision) -> ServiceRecord:
    image = str(revision.definition["containerDefinitions"][0]["image"])
    return ServiceRecord(
        digest=image.partition("@")[2], revision=revision.arn, content=revision.tags.get(CONTENT_TAG, "")
    )
