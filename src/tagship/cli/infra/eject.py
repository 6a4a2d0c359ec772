"""``tagship infra eject``."""

from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@options.environment
@options.manifest
@click.option("--force", is_flag=True, help="Overwrite existing files.")
def eject(folder: Path | None, *, environment: Address, manifest_path: Path, force: bool) -> None:
    """Write one environment into FOLDER as plain Terraform that works without tagship; its plan is the same.

    Without FOLDER: `terraform-ENVIRONMENT`, beside the manifest. The state is not moved.
    """
    from tagship.infra import commands
    from tagship.wiring.environment import connect

    place = connect(manifest_path, environment, Events())
    place.have_hosted_zone(output.say)
    target = folder or place.folder / f"terraform-{environment.name}"
    commands.eject(place.infra(), target, force=force)
    output.say(f"Wrote plain Terraform to `{target}`; its README.md has the commands, and your tasks from now on.")
    output.next_step(f"terraform -chdir={target / 'root'} init -backend-config=../backend.json")
