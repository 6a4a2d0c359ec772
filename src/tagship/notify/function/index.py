"""What Lambda calls: an alarm or an event comes, a message to Slack goes."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from tagship.base.clock import Clock, SystemClock
from tagship.notify.function.messages import messages
from tagship.notify.function.slack import deliver, post_to

_log: Final = logging.getLogger("tagship.notify")
_MARGIN: Final = 2.0
"""Seconds that are kept from the function's time, to end in order."""


class Context(Protocol):
    """What Lambda tells of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        """Until the invocation is cut off."""
        ...


@dataclass(frozen=True)
class Dependencies:
    """What the function works with.

    Args:
        webhook: fetches Slack's webhook; None where there is none yet.
        clock: tells time and waits.
        cluster: whose alarms these are.
        seconds: seconds in which all must be done.
    """

    webhook: Callable[[], str | None]
    clock: Clock
    cluster: str
    seconds: float


def handler(event: object, context: Context) -> None:
    """The entry point."""
    # Here and not above: tests of the rest need no boto3, and a broken event is found out before it is loaded.
    from tagship.aws.secret import secret_text  # noqa: PLC0415

    secret = os.environ["WEBHOOK_SECRET"]
    notify(
        event,
        Dependencies(
            webhook=lambda: secret_text(secret),
            clock=SystemClock(),
            cluster=os.environ.get("CLUSTER", ""),
            seconds=context.get_remaining_time_in_millis() / 1000 - _MARGIN,
        ),
    )


def notify(event: object, dependencies: Dependencies) -> int:
    """Tell what happened; returns how many messages Slack took.

    Raises:
        Undelivered: Slack did not take one.
        AwsError: the webhook could not be fetched.
    """
    deadline = dependencies.clock.monotonic() + dependencies.seconds
    told = messages(event, dependencies.cluster)
    if not told:
        return 0
    webhook = dependencies.webhook()
    if not webhook or not webhook.strip():
        # No error: trying again would not help, and e-mail tells the same.
        _log.warning("The secret has no webhook yet, so %d messages were not delivered.", len(told))
        return 0
    post = post_to(webhook)
    for message in told:
        deliver(message.payload(), post, dependencies.clock, deadline)
    return len(told)
