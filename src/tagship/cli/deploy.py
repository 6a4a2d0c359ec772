"""``tagship deploy``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.base.errors import Refused
from tagship.base.events import Events
from tagship.cli import options
from tagship.manifest.address import Address
from tagship.wiring.person import who

if TYPE_CHECKING:
    from tagship.image.source import SourceRequest
    from tagship.manifest.model import EnvironmentManifest
    from tagship.release.deploy import DeployRequest
    from tagship.release.run import Outcome
    from tagship.wiring.environment import Environment


@click.command()
@click.argument("tag", required=False)
@options.environment
@options.manifest
@options.as_json
@options.json_lines
@click.option("--dry-run", is_flag=True, help="Print the plan, and change nothing.")
@click.option("--resume", metavar="NUMBER", help="Resume a release whose run was cut off: its number, or `newest`.")
@click.option("--allow-dirty", is_flag=True, help="Include uncommitted changes of the working tree.")
@click.option("--allow-any-tag", is_flag=True, help="Allow tags that are not semantic versions.")
@click.option("--allow-older", is_flag=True, help="Allow a version older than the live one.")
@click.option(
    "--until",
    type=click.Choice(["live", "drained"]),
    default="drained",
    show_default=True,
    help="Stop when the new version is live, or when the old tasks have stopped as well.",
)
@click.option(
    "--probe",
    metavar="URL",
    help=(
        "Request this URL during the rollout and report failed requests; `off`: no requests. Default on the "
        "embedded AWS: the front door."
    ),
)
@click.option(
    "--timeout", default=30, show_default=True, metavar="MINUTES", help="Stop watching after this many minutes."
)
def deploy(  # noqa: PLR0913 - one parameter an option, as click has it
    tag: str | None,
    *,
    environment: Address,
    manifest_path: Path,
    as_json: bool,
    json_lines: bool,
    dry_run: bool,
    resume: str | None,
    allow_dirty: bool,
    allow_any_tag: bool,
    allow_older: bool,
    timeout: int,
    until: str,
    probe: str | None,
) -> int:
    """Ship TAG, and watch it to a verdict. Without TAG: the newest version tag at HEAD.

    \b
    Exit codes: 0 released, or nothing to do
                10 released, still draining   11 rolled back by ECS
                12 superseded                 13 cancelled
                14 failed before the update   15 timed out, still in progress
                16 reverted by tagship: the site could not be published
                17 down: a service has no healthy task
                18 degraded: the previous version is live with too few tasks
    """  # noqa: D301 - \b tells click to keep the lines as they are
    from tagship.cli.interruption import Interruption
    from tagship.cli.live import Screen, narrated
    from tagship.cli.verdict import conclude
    from tagship.release.context import ReleaseOptions
    from tagship.release.deploy import DeployRequest
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    screen = Screen()
    interruption = Interruption(screen.paused)
    request = DeployRequest(
        source=_source(place.manifest, tag, allow_dirty=allow_dirty, allow_any_tag=allow_any_tag),
        who=who(),
        dry_run=dry_run,
        allow_older=allow_older,
        options=ReleaseOptions(timeout * 60, until == "drained", interruption.choose, place.probe(probe)),
    )
    with narrated(events, place.clock, json_lines=json_lines, screen=screen), interruption.heard():
        place.warn_of_expiry(timeout * 60)
        outcome = _gone_on(place, request, resume) if resume else place.deployer().deploy(request)
    url = place.infrastructure().url
    code = conclude(outcome, environment=environment.name, url=url, as_json=as_json, json_lines=json_lines)
    return 0 if until == "live" and _serves(outcome) else code


def _source(manifest: EnvironmentManifest, tag: str | None, *, allow_dirty: bool, allow_any_tag: bool) -> SourceRequest:
    """What is shipped; an uncommitted change matters in whatever is built or published."""
    from tagship.image.source import SourceRequest

    site = manifest.site
    front = () if site is None else (site.build.context if site.build else site.folder,)
    folders = (*(service.build.context for service in manifest.services.values()), *front)
    return SourceRequest(tag, allow_dirty, allow_any_tag, folders)


def _serves(outcome: Outcome) -> bool:
    """Whether the new version serves alone: who asked for no more than that has got it, whatever drains still."""
    from tagship.release.records.verdict import Verdict

    return outcome.verdict is Verdict.STILL_DRAINING


def _gone_on(place: Environment, request: DeployRequest, number: str) -> Outcome:
    """The outcome of going on with a release that was cut off.

    Raises:
        click.BadParameter: it is no number.
        Refused: there is no such release, it has ended, or it was a rollback.
    """
    from tagship.cli.verdict import way_on

    if number != "newest" and not number.isdecimal():
        raise click.BadParameter("must be the number of a release, or `newest`", param_hint="--resume")
    cut_off = place.ledger.cut_off(None if number == "newest" else int(number))
    if hint := way_on(cut_off):
        raise Refused(f"Release {cut_off.number} is a {cut_off.kind}.", hint=hint)
    named = replace(request, source=replace(request.source, tag=cut_off.version))
    return place.deployer().resume(cut_off, named)
