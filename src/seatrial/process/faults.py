"""The faults of an embedded AWS, asked from outside."""

from collections.abc import Mapping
from typing import Any

import httpx

from seatrial.core.pages import FAULTS_PATH
from seatrial.core.settings import InstanceSettings
from seatrial.ground.errors import EmbeddedAwsUnavailable, SeatrialError
from seatrial.process import instance

PATIENCE = 10.0
"""Seconds for an answer."""


def set_fault(settings: InstanceSettings, order: Mapping[str, Any]) -> dict[str, Any]:
    """Set a fault; ``order`` has the fields of ``kinds.Order``, without those that are not said.

    Raises:
        EmbeddedAwsUnavailable: the embedded AWS is not running.
        SeatrialError: there is no such fault, or it does not take this.
    """
    return _ask(settings, "POST", FAULTS_PATH, order)


def list_faults(settings: InstanceSettings) -> list[dict[str, Any]]:
    """The faults that are set; raises ``EmbeddedAwsUnavailable``."""
    found: list[dict[str, Any]] = _ask(settings, "GET", FAULTS_PATH)["faults"]
    return found


def clear_faults(settings: InstanceSettings, identity: str | None) -> int:
    """Clear one fault, or all; returns how many.

    Raises:
        EmbeddedAwsUnavailable: the embedded AWS is not running.
        SeatrialError: no such fault is set.
    """
    return int(_ask(settings, "DELETE", f"{FAULTS_PATH}/{identity or ''}".rstrip("/"))["cleared"])


def _ask(settings: InstanceSettings, method: str, path: str, order: Mapping[str, Any] | None = None) -> dict[str, Any]:
    running = instance.status(settings)
    if not running.running:
        raise instance.unavailable(running)
    shown = instance.shown(settings)
    try:
        url = running.endpoint + path
        answer = httpx.request(method, url, json=order, headers=shown, timeout=PATIENCE, trust_env=False)
        told: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise EmbeddedAwsUnavailable(
            f"The embedded AWS at {running.endpoint} does not respond: {error}.", hint="seatrial status"
        ) from error
    if answer.is_error:
        raise SeatrialError(told.get("message", f"Status {answer.status_code}."), hint=told.get("hint") or None)
    return told
