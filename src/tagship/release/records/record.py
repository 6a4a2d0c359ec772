"""The record of a release: one object in the environment's bucket, which is the history, the lease and the order.

Records are numbered. Making the next number with a conditional put is what gives a release its turn:
of two that try at once, one succeeds. While it runs, the record carries who holds the turn and until when.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from tagship.release.records.verdict import FORMER_WORDS, Verdict

PREFIX = "releases/"

HIGHEST = 99_999_999
"""The last number whose key has eight digits, as those that are read have."""

Kind = Literal["deploy", "rollback", "recovery", "rehearsal"]
"""What this tagship writes; a newer one may write others, which are shown as they are."""


VerdictWords = Annotated[str, AfterValidator(lambda words: FORMER_WORDS.get(words, words))]
"""Empty while there is no verdict; a newer tagship's is kept as it is."""


class _Part(BaseModel):
    # An older tagship must be able to read what a newer one wrote, and this one also reads the keys of before 0.1.0.
    # Deferred: reading validates the whole alone.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class DiagnosisRecord(_Part):
    """Why a service failed, kept because ECS forgets within about an hour."""

    cause: str
    happened: str
    change: str
    facts: tuple[str, ...]
    log_stream: str
    log_lines: tuple[str, ...]
    then: str = ""


class MigrationRecord(_Part):
    """What a migration did."""

    task: str
    kind: str
    exit_code: int | None
    seconds: float
    log_stream: str
    log_lines: tuple[str, ...]

    @property
    def contracted(self) -> bool:
        """Whether the version before may not work with the database any more."""
        return self.kind == "contract" and self.exit_code == 0


class ServiceRecord(_Part):
    """What a release did to one service; a rollback needs the digest and the revision.

    ``content`` is the hash of the revision's content; ``previous`` the revision before;
    ``reverted`` whether it was reverted because another service failed; ``live_after`` the seconds from the update
    until the version was live, 0 where it was not; ``seconds`` those until the verdict.
    """

    digest: str
    revision: str
    content: str = ""
    previous: str = ""
    reverted: bool = Field(default=False, validation_alias=AliasChoices("reverted", "taken_back"))
    migration: MigrationRecord | None = None
    service_deployment: str = ""
    verdict: VerdictWords = ""
    live_after: float = Field(default=0, validation_alias=AliasChoices("live_after", "served"))
    seconds: float = 0
    diagnosis: DiagnosisRecord | None = None


class StepRecord(_Part):
    """One step of a release, in the words of the plan, and how long it took; one that failed is there, too."""

    step: str = Field(validation_alias=AliasChoices("step", "says"))
    seconds: float


class SiteRecord(_Part):
    """What a release did to the front end; its files are listed in ``builds/BUILD.json`` of the site's bucket.

    ``build`` is the build of this release, ``previous`` the one before; ``published`` whether visitors get it because
    of this release; ``reverted`` whether the one before is live again, because its publication or a service failed.
    """

    build: str
    files: int = 0
    previous: str = ""
    published: bool = False
    reverted: bool = Field(default=False, validation_alias=AliasChoices("reverted", "put_back"))
    seconds: float = 0


class PhaseRecord(_Part):
    """What users saw in one phase of a release; latencies in milliseconds."""

    name: str
    requests: int
    failed: int
    p50: float
    p99: float
    slowest: float
    problems: tuple[str, ...]


class ProbeRecord(_Part):
    """What users saw before, during and after a release."""

    url: str
    phases: tuple[PhaseRecord, ...]


class ReleaseRecord(_Part):
    """One release, one rollback to an earlier one, one recovery, or one rehearsal, which changes nothing in the end.

    ``verdict`` is empty while it runs; ``expires_at`` is when others may take the turn from a holder
    that stopped renewing it.
    """

    number: int
    kind: str
    version: str
    commit: str
    who: str
    run: str = ""
    """Which process holds the turn, or held it last: a word of chance, by which it knows its own record again."""
    started_at: datetime
    expires_at: datetime
    finished_at: datetime | None = None
    verdict: VerdictWords = ""
    services: Mapping[str, ServiceRecord] = {}
    steps: tuple[StepRecord, ...] = ()
    site: SiteRecord | None = None
    probe: ProbeRecord | None = None

    @property
    def key(self) -> str:
        """The object's key; numbers are padded so that the bucket lists them in order."""
        return key_of(self.number)

    @property
    def good(self) -> bool:
        """Whether this release went live; a rehearsal restores what was live before it."""
        verdict = Verdict.of_words(self.verdict)
        return self.kind != "rehearsal" and verdict is not None and verdict.good

    def running(self, now: datetime) -> bool:
        """Whether somebody holds the turn with this record."""
        return not self.verdict and self.finished_at is None and now < self.expires_at

    def abandoned(self, now: datetime) -> bool:
        """Whether its holder vanished without a verdict, or was too late with it: somebody else closed the record."""
        return not self.verdict and not self.running(now)


def key_of(number: int) -> str:
    """``releases/00000001.json``."""
    return f"{PREFIX}{number:08d}.json"


# inside: records.py and ledger.py, which pass it over
class UnreadableRecord(ValueError):
    """It is no record, or none that this tagship understands; says why, in one line."""


def parse(body: bytes) -> ReleaseRecord:
    """A record out of an object.

    Raises:
        UnreadableRecord: it is none.
    """
    if not body.strip():
        raise UnreadableRecord("it is empty")
    try:
        return ReleaseRecord.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        at = ".".join(str(part) for part in first["loc"])
        raise UnreadableRecord(f"{at}: {first['msg']}" if at else str(first["msg"])) from error


def draft_record(kind: Kind, version: str, commit: str, who: str) -> ReleaseRecord:
    """A record before its turn: the ledger gives it number and times."""
    never = datetime.min.replace(tzinfo=UTC)
    return ReleaseRecord(
        number=0, kind=kind, version=version, commit=commit, who=who, started_at=never, expires_at=never
    )
