import json
import logging
from pathlib import Path

import pytest

from tagship.base.errors import AwsDenied
from tagship.base.fakes import ManualClock
from tagship.notify.function.index import Dependencies, notify
from tagship.notify.function.slack import Undelivered

EVENT = json.loads((Path(__file__).parent / "events/alarm-cpu.json").read_text())["event"]


def means(webhook: str | None) -> Dependencies:
    return Dependencies(lambda: webhook, ManualClock(), "shop-staging", seconds=3)


@pytest.mark.parametrize("webhook", [None, "", "  \n"])
def test_without_a_webhook_nothing_fails_and_the_log_says_so(
    webhook: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert notify(EVENT, means(webhook)) == 0

    assert "no webhook" in caplog.text


def test_a_webhook_that_cannot_be_fetched_is_an_error_so_that_lambda_tries_again() -> None:
    def refused() -> str:
        raise AwsDenied("no", code="AccessDeniedException")

    with pytest.raises(AwsDenied):
        notify(EVENT, Dependencies(refused, ManualClock(), "shop-staging", seconds=3))


def test_what_slack_does_not_take_is_an_error_so_that_lambda_tries_again() -> None:
    with pytest.raises(Undelivered):
        notify(EVENT, means("http://127.0.0.1:1/x"))
