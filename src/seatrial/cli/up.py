"""``seatrial up``."""

import click

from seatrial.cli import options, output
from seatrial.cli.program import control


@click.command()
@options.port
def up(*, port: int | None) -> None:
    """Start the embedded AWS, and wait until it answers."""
    started = control(output.say, port).up()
    output.say(f"The embedded AWS answers at {started.endpoint}")
    if not started.docker:
        output.say("No Docker engine answers: it has the APIs, but no container can run.")
    output.next_step('eval "$(seatrial env)"')
