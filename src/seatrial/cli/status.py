"""``seatrial status``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from seatrial.cli import options, output
from seatrial.cli.program import control

if TYPE_CHECKING:
    from seatrial.process.instance import InstanceStatus
    from seatrial.process.names import Named
    from seatrial.process.storage import Stored


@click.command()
@options.as_json
def status(*, as_json: bool) -> None:
    """Show whether the embedded AWS runs, its addresses, its files, and which systems are real in it."""
    from seatrial.process.systems import systems  # noqa: PLC0415 - help needs none of it

    local = control()
    found, stored = local.status(), local.stored()
    there = systems(engine=found.docker)
    if as_json:
        told = {"stored": [asdict(each) for each in stored], "systems": [asdict(each) for each in there]}
        output.as_json({**asdict(found), **told})
        return
    _show(found)
    if found.running:
        _show_names(local.named())
    _show_stored(found, stored)
    if found.running:
        output.data("")
        output.table([(each.name, each.kind, f"{each.by}: {each.differs}") for each in there], ("system", "is", "by"))
    elif found.pid is None:
        output.next_step("seatrial up")


def _show(found: InstanceStatus) -> None:
    if not found.running:
        if found.pid is not None:
            output.data(f"The embedded AWS does not respond (process {found.pid} is running).")
            return
        output.data("The embedded AWS is not running.")
        return
    output.data(f"The embedded AWS is running at {found.endpoint} (process {found.pid}, since {found.started}).")
    output.data("Docker: found." if found.docker else "Docker: no engine found, so no containers can run.")
    for name, listeners in (found.front_doors or {}).items():
        for port, url in listeners.items():
            output.data(f"{url}  is port {port} of {name}")


def _show_names(named: Named) -> None:
    if named.names:
        output.data(f"127.0.0.1:{named.port}  is port 443, by HTTPS, of {', '.join(named.names)}")
        output.data(f"The authority of these names: {named.authority}")
        output.next_step("seatrial browse")


def _show_stored(found: InstanceStatus, stored: Sequence[Stored]) -> None:
    output.data(f"Files: {found.directory}")
    if stored:
        from seatrial.process.storage import in_words  # noqa: PLC0415 - it knows Docker

        output.data("")
        rows = [(each.what, in_words(each.bytes, whole=each.whole), each.where) for each in stored]
        output.table(rows, ("what", "size", "where"))
