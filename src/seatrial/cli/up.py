"""``seatrial up``."""

import click

from seatrial.cli import options, output
from seatrial.cli.program import control


@click.command()
@options.port
def up(*, port: int | None) -> None:
    """Start the embedded AWS, and wait until it responds."""
    started = control(output.say, port).up()
    output.say(f"The embedded AWS is running at {started.endpoint}")
    if not started.docker:
        output.say("No Docker engine found: the AWS APIs work, but no containers can run.")
    output.next_step('eval "$(seatrial env)"')
