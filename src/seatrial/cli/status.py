"""``seatrial status``."""

from dataclasses import asdict

import click

from seatrial.cli import options, output
from seatrial.cli.program import control


@click.command()
@options.as_json
def status(*, as_json: bool) -> None:
    """Whether the embedded AWS runs, and where it answers."""
    there = control()
    found = there.status()
    if as_json:
        output.as_json(asdict(found))
        return
    if not found.running:
        if found.pid is not None:
            output.data(f"The embedded AWS does not answer (process {found.pid} is there).")
            return
        output.data("The embedded AWS is not running.")
        output.next_step("seatrial up")
        return
    output.data(f"The embedded AWS answers at {found.endpoint} (process {found.pid}, since {found.started}).")
    output.data("Docker: found." if found.docker else "Docker: no engine answers, so no container runs.")
    for name, listeners in (found.front_doors or {}).items():
        for port, url in listeners.items():
            output.data(f"{url}  is port {port} of {name}")
    if (named := there.named()).names:
        output.data(f"127.0.0.1:{named.port}  is port 443, by HTTPS, of {', '.join(named.names)}")
        output.data(f"The authority of these names: {named.authority}")
        output.next_step("seatrial browse")
    output.say(f"Its files: {found.directory}")
