"""``seatrial status``."""

from dataclasses import asdict

import click

from seatrial.cli import options, output
from seatrial.cli.program import control


@click.command()
@options.as_json
def status(*, as_json: bool) -> None:
    """Show whether the embedded AWS runs, and at which addresses."""
    found = control().status()
    if as_json:
        output.as_json(asdict(found))
        return
    if not found.running:
        if found.pid is not None:
            output.data(f"The embedded AWS does not respond (process {found.pid} is running).")
            return
        output.data("The embedded AWS is not running.")
        output.next_step("seatrial up")
        return
    output.data(f"The embedded AWS is running at {found.endpoint} (process {found.pid}, since {found.started}).")
    output.data("Docker: found." if found.docker else "Docker: no engine found, so no containers can run.")
    for name, listeners in (found.front_doors or {}).items():
        for port, url in listeners.items():
            output.data(f"{url}  is port {port} of {name}")
    output.say(f"Files: {found.directory}")
