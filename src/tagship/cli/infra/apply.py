"""``tagship infra apply``."""

from pathlib import Path

import click

from tagship.base.errors import Refused
from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@options.environment
@options.manifest
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
@click.option(
    "--allow-destroy",
    "allowed",
    multiple=True,
    metavar="RESOURCE",
    help=(
        "Allow this resource to be destroyed, including its contents: an address, or a module's name. Can be repeated."
    ),
)
@click.option(
    "--allow-live-change",
    "live_allowed",
    multiple=True,
    metavar="RESOURCE",
    help="Allow this change although it affects running tasks and users. Can be repeated.",
)
def apply(
    environment: Address, manifest_path: Path, *, yes: bool, allowed: tuple[str, ...], live_allowed: tuple[str, ...]
) -> None:
    """Create or update the infrastructure: plan, ask for confirmation, and apply exactly that plan.

    A plan that destroys data that cannot be restored, or that breaks running tasks, is refused,
    unless you allow each such resource by name.
    """
    from tagship.cli.cost import monthly
    from tagship.cli.infra.progress import shown
    from tagship.infra import commands
    from tagship.infra.summary import in_words
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    tools = place.infra()
    place.have_images(output.say)
    place.have_hosted_zone(output.say)
    with shown(events):
        intended = commands.plan(tools, allowed)
    for line in in_words(intended):
        output.say(line)
    commands.refuse(tools, intended, allowed, live_allowed)
    output.say(monthly(place.manifest, local=place.local is not None))
    for loss in intended.losses:
        output.say(f"!! Allowed: {loss.in_words()}")
    for change in intended.live:
        output.say(f"{'   Checked' if change.well else '!! Allowed'}: {change.in_words()}")
    if intended.changes and not yes:
        _ask()
    with shown(events):
        done = commands.apply(tools, intended, allowed, live_allowed)
    if place.database_user(done.infrastructure):
        output.say("The application's database user matches its secret.")
    if intended.changes:
        output.say(f"The infrastructure of `{environment.name}` is ready after {done.seconds:.0f} s.")
    output.next_step(place.next_release())


def _ask() -> None:
    if not output.is_terminal():
        raise Refused(
            "This changes the infrastructure, and needs your confirmation.",
            hint="tagship infra apply --yes",
        )
    click.confirm("Apply this plan?", abort=True, err=True)
