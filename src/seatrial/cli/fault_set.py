"""``seatrial fault list`` and ``seatrial fault clear``."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from seatrial.cli import options, output
from seatrial.cli.program import control


@click.command("list")
@options.as_json
def list_(*, as_json: bool) -> None:
    """List the faults that are set, and how many tasks or deployments each has hit."""
    found = control(output.say).faults()
    if as_json:
        output.as_json(found)
        return
    if not found:
        output.say("No fault is set.")
        output.next_step("seatrial fault --help")
        return
    output.table([_row(fault) for fault in found], ("id", "fault", "service", "hit", "until"))


@click.command()
@click.argument("identity", metavar="[ID]", required=False)
@options.as_json
def clear(*, identity: str | None, as_json: bool) -> None:
    """Clear one fault, or all. Affected tasks stay affected; tasks that start from now on are not."""
    cleared = control(output.say).clear_faults(identity)
    if as_json:
        output.as_json({"cleared": cleared})
        return
    output.say(f"Cleared {cleared} {'fault' if cleared == 1 else 'faults'}.")


def _row(fault: Mapping[str, Any]) -> tuple[str, ...]:
    seconds, share, tasks = fault["seconds"], fault["share"], fault["tasks"]
    told = [fault.get("zone") or "", f"{seconds:g}s" if seconds else "", f"{share:g}" if share else ""]
    until = datetime.fromtimestamp(fault["until"], UTC).strftime("%H:%M:%S UTC") if fault["until"] else "cleared"
    left = f", or {tasks} more tasks" if tasks else ""
    name = " ".join(word for word in (fault["kind"], *told) if word)
    return (fault["id"], name, fault["service"], str(fault["hit"]), until + left)
