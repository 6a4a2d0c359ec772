"""``tagship infra destroy``."""

from pathlib import Path

import click

from tagship.base.errors import Refused
from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@options.environment
@options.manifest
@click.option("--confirm", metavar="NAME", help="The environment's name; skips the prompt for it.")
def destroy(environment: Address, manifest_path: Path, *, confirm: str | None) -> None:
    """Destroy everything in one environment: services, images, logs, release records, the bucket."""
    from tagship.cli.infra.progress import shown
    from tagship.infra import destruction
    from tagship.infra.summary import in_words
    from tagship.wiring.environment import connect

    events = Events()
    place = connect(manifest_path, environment, events)
    tools = place.infra()
    with shown(events):
        intended = destruction.plan_destroy(tools)
    for line in in_words(intended):
        output.say(line)
    for loss in intended.losses:
        output.say(f"!! This destroys {loss.lost}.")
    _require_name(environment.name, confirm)
    with shown(events):
        done = destruction.destroy(tools, intended)
    for snapshot in done.snapshots:
        output.say(f"The database's final snapshot is kept, and billed until you delete it: `{snapshot}`.")
        output.say(f"To delete it: {destruction.forget_snapshot(snapshot, place.manifest.region)}")
    own = any(service.secrets for service in place.manifest.services.values())
    if own:
        output.say("The app's own secrets are kept: `tagship secret list` names them.")
    left = "Nothing else" if done.snapshots or own else "Nothing"
    output.say(f"{left} is left of `{environment.name}` after {done.seconds:.0f} s.")


def _require_name(environment: str, confirm: str | None) -> None:
    if confirm is None and output.is_terminal():
        confirm = click.prompt(f"This cannot be undone. Type the environment's name, {environment}", err=True)
    if confirm != environment:
        raise Refused(
            f"Destroying `{environment}` must be confirmed with its name.",
            hint=f"tagship infra destroy --confirm {environment}",
        )
