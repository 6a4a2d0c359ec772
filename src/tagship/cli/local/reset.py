"""``tagship local reset``."""

from pathlib import Path

import click

from tagship.cli import options, output


@click.command()
@options.manifest
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def reset(context: click.Context, manifest_path: Path, *, yes: bool) -> None:
    """Stop the embedded AWS and forget everything that was made in it; inside an app, also its working files."""
    from tagship.wiring.local import command, forget_working_files

    context.invoke(command("reset"), yes=yes)
    for left in forget_working_files(manifest_path.parent):
        output.say(left)
