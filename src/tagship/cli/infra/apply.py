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
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--allow-destroy",
    "allowed",
    multiple=True,
    metavar="RESOURCE",
    help="Let this be destroyed with what lies in it: an address, or a module's name. Can be repeated.",
)
@click.option(
    "--allow-live-change",
    "live_allowed",
    multiple=True,
    metavar="RESOURCE",
    help="Let this be changed under running tasks, although people would notice. Can be repeated.",
)
def apply(
    environment: Address, manifest_path: Path, *, yes: bool, allowed: tuple[str, ...], live_allowed: tuple[str, ...]
) -> None:
    """Bring the infrastructure to what the manifest says: plan, ask, and apply exactly that plan.

    A plan that destroys what nobody can bring back, or that breaks tasks that run, is refused,
    unless each such resource is allowed by name.
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
        output.say(f"{'   Asked' if change.well else '!! Allowed'}: {change.in_words()}")
    if intended.changes and not yes:
        _ask()
    with shown(events):
        done = commands.apply(tools, intended, allowed, live_allowed)
    if place.database_user(done.infrastructure):
        output.say("The application's own database user is as its secret says.")
    if intended.changes:
        output.say(f"The infrastructure of `{environment.name}` stands after {done.seconds:.0f} s.")
    output.next_step(place.next_release())


def _ask() -> None:
    if not output.is_terminal():
        raise Refused("This changes the infrastructure.", hint="tagship infra apply --yes")
    click.confirm("Apply this?", abort=True, err=True)
