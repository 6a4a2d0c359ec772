"""Terraform's machine-readable UI, one JSON object a line, as frozen values. Pure.

Source: Terraform documentation, "Machine-Readable UI"; OpenTofu speaks the same.
"""

import json
from typing import Any, cast, get_args

from tagship.base.events import Event
from tagship.infra.diagnostics import Diagnostic
from tagship.infra.events import Action, ResourceFailed, ResourceFinished, ResourceStarted, ResourceWaiting
from tagship.infra.plan import Change
from tagship.infra.waits import waiting_for

Message = Event | Change | Diagnostic


def parse(line: str) -> Message | None:
    """What a line says; None where it says nothing that we pass on, or is no JSON (a warning of the CLI itself)."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    match said.get("type"):
        case "planned_change":
            return _change(said["change"])
        case "diagnostic":
            return _diagnostic(said["diagnostic"])
        case "apply_start" | "apply_progress" | "apply_complete" | "apply_errored" as kind:
            return _event(kind, said["hook"])
        case _:
            return None


def _change(said: dict[str, Any]) -> Change | None:
    """Reading a data source is no change."""
    action = _action(said)
    resource = said["resource"]
    return action and Change(resource["addr"], resource["resource_type"], action, said.get("reason", ""))


def _diagnostic(said: dict[str, Any]) -> Diagnostic:
    return Diagnostic(said["severity"], said["summary"], said.get("detail", ""), said.get("address", ""))


def _event(kind: str, hook: dict[str, Any]) -> Event | None:
    action = _action(hook)
    if action is None:
        return None
    address = hook["resource"]["addr"]
    elapsed = float(hook.get("elapsed_seconds", 0))
    if kind == "apply_start":
        return ResourceStarted(address, action)
    if kind == "apply_progress":
        return ResourceWaiting(address, action, elapsed, waiting_for(hook["resource"]["resource_type"], action))
    return (ResourceFinished if kind == "apply_complete" else ResourceFailed)(address, action, elapsed)


def _action(said: dict[str, Any]) -> Action | None:
    return cast("Action", said["action"]) if said.get("action") in get_args(Action) else None
