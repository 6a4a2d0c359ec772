"""``tagship logs``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address

if TYPE_CHECKING:
    from tagship.aws.logs import LogLine
    from tagship.wiring.environment import Environment


@click.command()
@click.argument("services", nargs=-1)
@options.environment
@options.manifest
@options.as_json
@click.option("-f", "--follow", is_flag=True, help="Follow: print new lines until Ctrl-C.")
@click.option("--since", default=10, show_default=True, metavar="MINUTES", help="How many minutes back.")
def logs(
    services: tuple[str, ...],
    *,
    environment: Address,
    manifest_path: Path,
    as_json: bool,
    follow: bool,
    since: int,
) -> None:
    """Print the containers' logs: of all services, or of SERVICES."""
    from tagship.release.logs import follow_logs, read_logs
    from tagship.wiring.environment import connect

    place = connect(manifest_path, environment, Events())
    read = follow_logs if follow else read_logs
    for service, line in read(place.logs, _groups(place, services), since=timedelta(minutes=since), clock=place.clock):
        _show(service, line, as_json=as_json)


def _groups(place: Environment, services: tuple[str, ...]) -> dict[str, str]:
    known = {name: found.log_group for name, found in place.infrastructure().services.items()}
    for name in services:
        if name not in known:
            raise click.BadParameter(f"there is no service `{name}`; there is {', '.join(known)}")
    return {name: group for name, group in known.items() if name in services or not services}


def _show(service: str, line: LogLine, *, as_json: bool) -> None:
    at = datetime.fromtimestamp(line.at / 1000, UTC)
    task = line.stream.rpartition("/")[2][:8]
    if as_json:
        output.as_json_line({"at": at.isoformat(), "service": service, "task": task, "text": line.text})
    else:
        output.data(f"{at:%H:%M:%S.%f} {service}/{task} {line.text}")
