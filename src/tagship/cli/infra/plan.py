"""``tagship infra plan``."""

from dataclasses import asdict
from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@options.environment
@options.manifest
@options.as_json
def plan(environment: Address, manifest_path: Path, *, as_json: bool) -> None:
    """Show what `apply` would change; nothing is written but tagship's own folder, `.tagship`."""
    from tagship.cli.cost import monthly
    from tagship.cli.infra.progress import shown
    from tagship.infra import commands
    from tagship.infra.summary import in_words
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    for missing in place.images_that_are_missing():
        output.say(f"!! {missing}")
    place.have_hosted_zone(output.say)
    with shown(events):
        found = commands.preview(place.infra())
    if as_json:
        output.as_json(asdict(found))
        return
    for line in in_words(found):
        output.data(line)
    output.say(monthly(place.manifest, local=place.local is not None))
    for loss in found.losses:
        output.say(f"!! Warning: apply would refuse to {loss.in_words()}")
    for change in found.live:
        output.say(f"{'   Checked' if change.well else '!! Warning: apply would refuse'}: {change.in_words()}")
        if not change.well:
            output.say(f"   Safe order: {change.safe}")
    if found.changes and not found.losses and all(change.well for change in found.live):
        output.next_step("tagship infra apply")
