"""Which version was live last: from the records, and where those cannot be read, from what ECS remembers."""

from dataclasses import dataclass, replace

from tagship.aws.ecs_shapes import Revision, ServiceDeployment
from tagship.base.errors import Refused
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
from tagship.release.doors import Doors
from tagship.release.planning.restorable import find_revision, missing, require_database_fits, revisions_of
from tagship.release.planning.task_definition import CONTENT_TAG, VERSION_TAG
from tagship.release.records.ledger import Ledger
from tagship.release.records.record import ReleaseRecord, ServiceRecord, draft_record


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
            note = f"No readable release record went live ({unreadable} cannot be read), so this comes from ECS."
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
            if gone := self._missing(record):
                notes.append(f"Not release {record.number} ({record.version}): {gone}")
                continue
            if not past_contract:
                require_database_fits(record, records, "tagship recover --past-contract")
            return Found(record, tuple(notes))
        raise Refused("\n".join(["No version that was live can be restored.", *notes]), hint=_NEW_TAG)

    def _missing(self, record: ReleaseRecord) -> str:
        """What of it is gone; a service that the infrastructure has not any more need not come back."""
        services = {name: kept for name, kept in record.services.items() if name in self.infrastructure.services}
        if not services:
            return "none of its services still exists"
        return missing(services, revisions_of(services, self.doors.ecs), self.infrastructure, self.doors.ecr)

    def _of_ecs(self) -> ReleaseRecord:
        """The revision of every service: that of its newest service deployment that was SUCCESSFUL.

        ECS lists service deployments for 90 days (API reference, ListServiceDeployments).
        """
        found = {name: self._last_good(place) for name, place in self.infrastructure.services.items()}
        kept = {name: _kept(revision) for name, revision in found.items() if revision}
        if not kept:
            raise Refused("No version was ever live, according to ECS.", hint=_NEW_TAG)
        version = next(revision.tags.get(VERSION_TAG, "") for revision in found.values() if revision)
        return draft_record("deploy", version, "", "").model_copy(update={"services": kept})

    def _last_good(self, place: ServiceInfrastructure) -> Revision | None:
        deployments = self.doors.ecs.service_deployments(self.infrastructure.cluster, place.service)
        revisions = (find_revision(each.task_definition, self.doors.ecs) for each in deployments if _was_live(each))
        return next((each for each in revisions if each and each.active and CONTENT_TAG in each.tags), None)


_NEW_TAG = "fix the cause and push a new tag"


def _was_live(deployment: ServiceDeployment) -> bool:
    return deployment.status == "SUCCESSFUL" and bool(deployment.task_definition)


def _kept(revision: Revision) -> ServiceRecord:
    image = str(revision.definition["containerDefinitions"][0]["image"])
    return ServiceRecord(
        digest=image.partition("@")[2], revision=revision.arn, content=revision.tags.get(CONTENT_TAG, "")
    )
