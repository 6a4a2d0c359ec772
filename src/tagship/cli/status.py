"""``tagship status``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address

if TYPE_CHECKING:
    from tagship.release.records.record import ReleaseRecord
    from tagship.release.status import EnvironmentStatus, ServiceStatus
    from tagship.site.status import SiteStatus
    from tagship.wiring.environment import Environment


@click.command()
@options.environment
@options.manifest
@options.as_json
def status(environment: Address, manifest_path: Path, *, as_json: bool) -> int:
    """Show what is live, and its health.

    \b
    Exit codes: 0 every service is up   17 a service is down   18 a service is degraded
    """  # noqa: D301 - \b tells click to keep the lines as they are
    from tagship.cli.live import print_event
    from tagship.wiring.environment import connect

    place = connect(manifest_path, environment, Events(print_event))
    found = place.status().read()
    if as_json:
        output.as_json(_as_json(found))
        return found.exit_code
    _show(place, found)
    for service in found.services:
        if service.why:
            output.outage(f"{service.name} is {service.state.upper()}: {service.why}.{_since(service)}")
    if found.exit_code:
        unrouted = any(service.unrouted for service in found.services)
        output.next_step("tagship infra apply" if unrouted else "tagship recover")
    return found.exit_code


def _show(place: Environment, found: EnvironmentStatus) -> None:
    output.data(f"{place.manifest.app} on {place.manifest.environment}: {found.url}")
    output.data(headline(found))
    if found.newest and found.newest != found.serving:
        output.data(f"Newest:  {_release(found.newest, found.newest.abandoned(place.ledger.now()))}")
    if found.site:
        output.data(f"Site:    {_site(found.site)}")
    output.data("")
    rows = [
        (
            service.name,
            service.state.upper() if service.why else service.state,
            service.version or "-",
            f"{service.running}/{service.desired}",
            f"{service.healthy}/{service.targets}",
            service.rollout,
            service.revision,
        )
        for service in found.services
    ]
    output.table(rows, ("SERVICE", "STATE", "VERSION", "TASKS", "HEALTHY", "ROLLOUT", "REVISION"))
    for service in found.services:
        for event in service.events:
            output.say(f"  {service.name}  {event}")


def headline(found: EnvironmentStatus) -> str:
    """What is live; where nothing is healthy, no version is."""
    if found.serving is None or found.live:
        down = [service.name for service in found.services if service.down]
        but = f"; DOWN: {', '.join(down)}" if found.serving and down else ""
        return f"Live:    {_release(found.serving)}{but}"
    return f"DOWN:    nothing is live; last live: {_release(found.serving)}"


def _since(service: ServiceStatus) -> str:
    from tagship.cli.narration import readable

    if service.since is None:
        return " Start unknown: ECS has no event for it."
    return f" Since {service.since.at:%Y-%m-%d %H:%M:%S} UTC, according to ECS: {readable(service.since.basis)}"


def _release(record: ReleaseRecord | None, abandoned: bool = False) -> str:  # noqa: FBT001, FBT002 - two words
    if record is None:
        return "nothing yet"
    verdict = record.verdict or ("cut off without a verdict" if abandoned else "running")
    when = record.finished_at or record.started_at
    return f"{record.version}, {record.kind} {record.number} by {record.who}, {when:%Y-%m-%d %H:%M} UTC: {verdict}"


def _site(found: SiteStatus) -> str:
    if found.unfinished:
        return f"the publication of build {found.unfinished} was cut off; deploy again"
    return f"build {found.build}, {found.files} files" if found.build else "nothing yet"


def _as_json(found: EnvironmentStatus) -> dict[str, object]:
    return {
        "url": found.url,
        "state": found.state,
        "exit_code": found.exit_code,
        "services": [asdict(service) for service in found.services],
        "site": asdict(found.site) if found.site else None,
        "live": found.serving.model_dump(mode="json") if found.serving else None,
        "newest": found.newest.model_dump(mode="json") if found.newest else None,
    }
