"""``tagship infra plan``."""

from dataclasses import asdict
from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output


@click.command()
@options.environment
@options.manifest
@options.as_json
def plan(environment: str, manifest_path: Path, *, as_json: bool) -> None:
    """Show what `apply` would change."""
    from tagship.cli.cost import monthly
    from tagship.cli.infra.progress import shown
    from tagship.infra import commands
    from tagship.infra.summary import in_words
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    place.have_database_image(output.say)
    with shown(events):
        found = commands.preview(place.infra())
    if as_json:
        output.as_json(asdict(found))
        return
    for line in in_words(found):
        output.data(line)
    output.say(monthly(place.manifest))
    for loss in found.losses:
        output.say(f"!! Warning: apply would refuse to {loss.in_words()}")
    for change in found.live:
        output.say(f"{'   Checked' if change.well else '!! Warning: apply would refuse'}: {change.in_words()}")
        if not change.well:
            output.say(f"   Safe order: {change.safe}")
    if found.changes and not found.losses and all(change.well for change in found.live):
        output.next_step(f"tagship infra apply --env {environment}")
