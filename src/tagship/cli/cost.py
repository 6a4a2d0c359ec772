"""``tagship cost``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.cli import options, output
from tagship.manifest.address import Address

if TYPE_CHECKING:
    from tagship.cost.estimate import Estimate, Line
    from tagship.manifest.model import EnvironmentManifest


@click.command()
@options.environment
@options.manifest
@options.as_json
def cost(environment: Address, manifest_path: Path, *, as_json: bool) -> None:
    """Estimate what the environment costs a month, without calling AWS.

    The infrastructure has a fixed price; usage costs what its line assumes.
    """
    from tagship.cost.estimate import estimate
    from tagship.cost.manifest import inputs_of
    from tagship.manifest.load import load

    found = estimate(inputs_of(load(manifest_path).for_environment(environment.name)))
    if as_json:
        output.as_json({**asdict(found), "fixed": round(found.fixed, 2), "by_use": round(found.by_use, 2)})
        return
    show(found)


def monthly(manifest: EnvironmentManifest, *, local: bool) -> str:
    """The one line for whoever plans."""
    from tagship.cost.estimate import estimate, in_one_line
    from tagship.cost.manifest import inputs_of

    found = estimate(inputs_of(manifest))
    return in_one_line(found, local=local, environment=manifest.environment)


def show(found: Estimate) -> None:
    """The table, its sums and its notes."""
    from tagship.cost.estimate import Line

    stands, used = ([line for line in found.lines if line.kind == kind] for kind in ("fixed", "by use"))
    sums = Line("Infrastructure", "", found.fixed, "fixed"), Line("Usage", "as assumed", found.by_use, "by use")
    rows = [_row(line) for line in (*stands, sums[0], *used, sums[1])]
    output.table(rows, (f"{found.region}, {found.date}", "how much", "$ a month"))
    for note in found.notes:
        output.say(note)


def _row(line: Line) -> tuple[str, str, str]:
    price = "?" if line.monthly is None else f"{line.monthly:>9,.2f}"
    return line.what, line.quantity, price if line.confirmed else f"{price} (not confirmed)"
