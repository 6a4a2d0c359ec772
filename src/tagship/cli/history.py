"""``tagship history``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address

if TYPE_CHECKING:
    from tagship.release.records.record import ReleaseRecord


@click.command()
@options.environment
@options.manifest
@options.as_json
@click.option("--limit", default=20, show_default=True, metavar="N", help="Maximum number of releases.")
def history(environment: Address, manifest_path: Path, *, as_json: bool, limit: int) -> None:
    """List the releases, newest first, each with its verdict."""
    from tagship.cli.live import print_event
    from tagship.wiring.environment import connect

    place = connect(manifest_path, environment, Events(print_event))
    place.infrastructure()
    records = place.ledger.records(limit)
    if as_json:
        output.as_json([record.model_dump(mode="json") for record in records])
        return
    if not records:
        output.say(f"No release on {environment.name} yet.")
        output.next_step(place.next_release())
        return
    output.table(
        [_row(record, place.ledger.now()) for record in records],
        ("NO", "KIND", "VERSION", "COMMIT", "SITE", "STARTED", "WHO", "VERDICT"),
    )


def _row(record: ReleaseRecord, now: datetime) -> tuple[str, ...]:
    started = f"{record.started_at:%Y-%m-%d %H:%M:%S}"
    causes = {service.diagnosis.cause for service in record.services.values() if service.diagnosis}
    verdict = record.verdict or ("running" if record.running(now) else "cut off without a verdict")
    why = f" ({', '.join(sorted(causes))})" if causes else ""
    return (
        str(record.number),
        record.kind,
        record.version,
        record.commit[:8],
        record.site.build[:8] if record.site else "-",
        started,
        record.who,
        verdict + why,
    )
