"""Whether the credentials last as long as a release may."""

from datetime import datetime

from tagship.base.events import Events
from tagship.release.events import CredentialsExpire


def warn_of_expiry(expires: datetime | None, now: datetime, patience: float, events: Events) -> None:
    """Say so where they may not: a release that loses them in the middle goes on, and nobody watches it.

    Args:
        expires: when they stop being good; None where that is not known.
        now: the time.
        patience: seconds that a watch may take.
        events: hear of it.
    """
    if expires is None:
        return
    left = (expires - now).total_seconds()
    if left < patience:
        events.emit(CredentialsExpire(expires, left, patience))
