"""``tagship local up``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.base.errors import ManifestInvalid, TagshipError
from tagship.base.events import Events
from tagship.cli import options, output

if TYPE_CHECKING:
    from tagship.wiring.local import LocalAws


@click.command()
@options.manifest
@click.option("--port", type=click.IntRange(1024, 65535), help="Port of the AWS API.  [default: 4566]")
def up(manifest_path: Path, *, port: int | None) -> None:
    """Start the embedded AWS; inside an app, also create the git remote `local`, which ships pushed tags."""
    from tagship.wiring.local import LocalAws

    local = LocalAws(output.say, port)
    started = local.up()
    output.say(f"The embedded AWS is running at {started.endpoint}")
    if not started.docker:
        output.say("No Docker engine found: the AWS APIs work, but no containers can run.")
    if not manifest_path.exists():
        output.next_step("tagship init")
        return
    _remote(local, manifest_path.parent)
    output.next_step(_next(manifest_path))


def _next(manifest_path: Path) -> str:
    """After a restart all may stand already."""
    from tagship.manifest.address import LOCAL, Address
    from tagship.wiring.environment import connect

    try:
        place = connect(manifest_path, Address(LOCAL), Events())
        place.infrastructure()
        return place.next_release()
    except ManifestInvalid:
        return "tagship check"
    except TagshipError:
        return "tagship infra apply"


def _remote(local: LocalAws, checkout: Path) -> None:
    """An app that is in no git repository can be deployed all the same, so this only tells."""
    try:
        if local.ensure_remote(checkout):
            output.say("The git remote `local` ships the tags that are pushed to it.")
    except TagshipError as error:
        output.say(f"Could not create the git remote `local`: {error.message}")
