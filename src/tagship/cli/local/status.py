"""``tagship local status``."""

from dataclasses import asdict

import click

from tagship.cli import options, output


@click.command()
@options.as_json
def status(*, as_json: bool) -> None:
    """Whether the embedded AWS runs, and where it answers."""
    from tagship.wiring.local import LocalAws

    found = LocalAws().status()
    if as_json:
        output.as_json(asdict(found))
        return
    if not found.running:
        if found.pid is not None:
            output.data(f"The embedded AWS does not answer (process {found.pid} is there).")
            return
        output.data("The embedded AWS is not running.")
        output.next_step("tagship local up")
        return
    output.data(f"The embedded AWS answers at {found.endpoint} (process {found.pid}, since {found.started}).")
    output.data("Docker: found." if found.docker else "Docker: no engine answers, so no container runs.")
    for name, listeners in (found.front_doors or {}).items():
        for port, url in listeners.items():
            output.data(f"{url}  is port {port} of {name}")
    output.say(f"Its files: {found.directory}")
