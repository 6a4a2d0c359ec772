"""``tagship secret list``."""

from dataclasses import asdict
from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command(name="list")
@options.environment
@options.manifest
@options.as_json
def list_(environment: Address, manifest_path: Path, *, as_json: bool) -> None:
    """List the environment's secrets and what the manifest names beside them: never a value."""
    from tagship.secret.overview import entries
    from tagship.wiring.environment import connect

    place = connect(manifest_path, environment, Events())
    found = entries(place.secret_keeper(), place.parameters())
    if as_json:
        output.as_json([asdict(each) for each in found])
        return
    if not found:
        output.say(f"No secrets in {environment.name}, and the manifest names none.")
        return
    output.table(
        [
            (
                each.name,
                each.state,
                f"{each.changed:%Y-%m-%d %H:%M:%S}" if each.changed else "-",
                ", ".join(each.used_by) or "-",
            )
            for each in found
        ],
        ("NAME", "STATE", "CHANGED", "USED BY"),
    )
    if any(each.state in {"missing", "no value"} for each in found):
        output.next_step("tagship secret check")
