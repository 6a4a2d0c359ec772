"""``tagship exec``."""

import shlex
from pathlib import Path

import click

from tagship.base.events import Events
from tagship.cli import options, output
from tagship.cli.window import TerminalWindow
from tagship.manifest.address import Address


@click.command("exec", context_settings={"ignore_unknown_options": True})
@click.argument("service")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@options.environment
@options.manifest
@click.option("--task", metavar="ID", help="Task ID or prefix (default: newest).")
def exec_(
    service: str, command: tuple[str, ...], *, environment: Address, manifest_path: Path, task: str | None
) -> None:
    """Run COMMAND in a running task of SERVICE, with a terminal. Without COMMAND: a shell.

    Example: tagship exec api -- python -m app.shell
    """
    from tagship.wiring.environment import connect

    place = connect(manifest_path, environment, Events())
    cluster, found, container = place.manual().task(service, task)
    output.say(f"Connected to task {found.id} of `{service}`.")
    join = place.terminal(found, cluster, container, shlex.join(command) if command else "/bin/sh")
    with TerminalWindow() as window:
        last_words = join(window)
    if last_words:
        output.say(last_words)
