"""``seatrial env``."""

from shlex import quote

import click

from seatrial.cli import options, output
from seatrial.cli.program import control

OTHERS = ("AWS_PROFILE", "AWS_SESSION_TOKEN")
"""Variables that would have a program ask as somebody else."""


@click.command()
@click.option("--region", metavar="NAME", help="AWS region for the programs.  [default: us-east-1]")
@options.as_json
def env(*, region: str | None, as_json: bool) -> None:
    """Print endpoint and credentials of the embedded AWS, for other programs: eval "$(seatrial env)"."""
    found = control().variables(region)
    if as_json:
        output.as_json(found)
        return
    for name, value in found.items():
        output.data(f"export {name}={quote(value)}")
    output.data(f"unset {' '.join(OTHERS)}")
