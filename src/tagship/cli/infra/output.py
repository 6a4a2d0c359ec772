"""``tagship infra output``."""

from dataclasses import asdict
from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options
from tagship.cli import output as terminal
from tagship.manifest.address import Address


@click.command()
@options.environment
@options.manifest
@options.as_json
def output(environment: Address, manifest_path: Path, *, as_json: bool) -> None:
    """Print the infrastructure: URL, registries, roles."""
    from tagship.wiring.environment import connect

    found = connect(manifest_path, environment, Events()).infrastructure()
    if as_json:
        terminal.as_json(asdict(found))
        return
    terminal.data(f"address   {found.url}")
    terminal.data(f"account   {found.account_id} in {found.region}")
    terminal.data(f"cluster   {found.cluster}")
    for name, service in found.services.items():
        terminal.data(f"\n{name}")
        for label, value in asdict(service).items():
            terminal.data(f"  {label:<20}{_shown(value)}")
    for name, system in found.systems.items():
        terminal.data(f"\n{name}")
        for label, value in system.items():
            terminal.data(f"  {label:<20}{value}")


def _shown(value: object) -> object:
    """A mapping by its names: what a secret's variable points to says nothing to a reader."""
    return " ".join(value) or "none" if isinstance(value, dict) else value
