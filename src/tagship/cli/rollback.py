"""``tagship rollback``."""

from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options
from tagship.manifest.address import Address
from tagship.wiring.person import who


@click.command()
@click.argument("release", required=False)
@options.environment
@options.manifest
@options.as_json
@options.json_lines
@click.option("--dry-run", is_flag=True, help="Print the plan, and change nothing.")
@click.option("--past-contract", is_flag=True, help="Roll back past a contract migration.")
@click.option("--probe", metavar="URL", help="Same as for `tagship deploy`.")
@click.option(
    "--timeout", default=30, show_default=True, metavar="MINUTES", help="Stop watching after this many minutes."
)
def rollback(  # noqa: PLR0913 - one parameter an option, as click has it
    release: str | None,
    *,
    environment: Address,
    manifest_path: Path,
    as_json: bool,
    json_lines: bool,
    dry_run: bool,
    past_contract: bool,
    timeout: int,
    probe: str | None,
) -> int:
    """Roll back to RELEASE: a version or a release's number. Without RELEASE: to the previous live version."""
    from tagship.cli.interruption import Interruption
    from tagship.cli.live import Screen, narrated
    from tagship.cli.verdict import conclude
    from tagship.release.context import ReleaseOptions
    from tagship.release.rollback import RollbackRequest
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    screen = Screen()
    interruption = Interruption(screen.paused)
    options = ReleaseOptions(timeout * 60, choose=interruption.choose, probe=place.probe(probe))
    with narrated(events, place.clock, json_lines=json_lines, screen=screen), interruption.heard():
        place.warn_of_expiry(timeout * 60)
        request = RollbackRequest(who(), release, dry_run, options, past_contract=past_contract)
        outcome = place.rollbacker().roll_back(request)
    url = place.infrastructure().url
    return conclude(outcome, environment=environment.name, url=url, as_json=as_json, json_lines=json_lines)
