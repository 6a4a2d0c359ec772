"""``tagship rollback``."""

from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options
from tagship.cli.live import narrated
from tagship.cli.verdict import conclude
from tagship.release.rollback import RollbackRequest
from tagship.wiring import connect, who


@click.command()
@click.argument("release", required=False)
@options.environment
@options.manifest
@options.as_json
@click.option("--dry-run", is_flag=True, help="Print the plan, and do nothing.")
def rollback(
    release: str | None,
    *,
    environment: str,
    manifest_path: Path,
    as_json: bool,
    dry_run: bool,
) -> int:
    """Put RELEASE back: a version or a release's number. Without RELEASE: the version before the serving one."""
    events = Events()
    place = connect(manifest_path, environment, events)
    with narrated(events, place.clock):
        outcome = place.rollbacker().roll_back(RollbackRequest(who=who(), target=release, dry_run=dry_run))
    return conclude(outcome, environment=environment, url=place.infrastructure().url, as_json=as_json)
