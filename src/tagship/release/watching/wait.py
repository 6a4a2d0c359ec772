"""Waits for a release that runs elsewhere, by its record."""

from tagship.base.clock import Clock
from tagship.base.errors import AwsThrottled, AwsUnreachable, Refused
from tagship.base.events import Events
from tagship.release.events import Waiting
from tagship.release.records.ledger import Ledger
from tagship.release.records.record import ReleaseRecord

POLL = 2.0
"""Seconds between two looks: one GET each."""


def wait(ledger: Ledger, number: int | None, *, clock: Clock, events: Events, patience: float) -> ReleaseRecord:
    """The record when its release has ended; or as it is, where its run was cut off or the time is up.

    Args:
        ledger: the environment's records.
        number: which release; None is the newest.
        clock: tells time and waits.
        events: hear what is waited for.
        patience: seconds.

    Raises:
        Refused: there is no such release.
    """
    deadline, told = clock.monotonic() + patience, False
    while True:
        try:
            record = ledger.newest() if number is None else ledger.record(number)
        except (AwsThrottled, AwsUnreachable):
            if clock.monotonic() >= deadline:
                raise
            clock.sleep(POLL)
            continue
        if record is None:
            raise Refused(f"There is no release {'yet' if number is None else number}.", hint="tagship history")
        number = record.number
        if record.verdict or record.abandoned(ledger.now()) or clock.monotonic() >= deadline:
            return record
        if not told:
            events.emit(Waiting(record.number, record.version, record.who))
            told = True
        clock.sleep(POLL)
