"""``tagship local env``."""

from pathlib import Path
from shlex import quote

import click

from tagship.cli import options, output

_OTHERS = ("AWS_PROFILE", "AWS_SESSION_TOKEN")
"""Variables that would have a program ask as somebody else."""


@click.command()
@options.manifest
@options.as_json
def env(manifest_path: Path, *, as_json: bool) -> None:
    """Print endpoint and credentials of the embedded AWS, for other programs: eval "$(tagship local env)"."""
    from tagship.manifest.address import LOCAL
    from tagship.manifest.load import load
    from tagship.wiring.local import LocalAws

    region = load(manifest_path).for_environment(LOCAL).region if manifest_path.exists() else None
    found = LocalAws().variables(region)
    if as_json:
        output.as_json(found)
        return
    for name, value in found.items():
        output.data(f"export {name}={quote(value)}")
    output.data(f"unset {' '.join(_OTHERS)}")
