"""``tagship secret set``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagship.base.errors import Refused
from tagship.base.events import Events
from tagship.cli import options, output
from tagship.manifest.address import Address

if TYPE_CHECKING:
    from tagship.secret.keeper import Changed


@click.command(name="set")
@click.argument("name")
@options.environment
@options.manifest
@click.option("--key", metavar="KEY", help="Set one key of a secret whose value is a JSON object; the others stay.")
@click.option(
    "--from-env-file",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Set a key for each `NAME=value` line of this file; the other keys stay.",
)
def set_(name: str, *, environment: Address, manifest_path: Path, key: str | None, file: Path | None) -> None:
    """Set the secret NAME, as the manifest names it; the value is read from standard input, or asked for.

    One line break at the end of the input is left out.
    """
    from tagship.secret.env_file import parse
    from tagship.wiring.environment import connect

    if key and file:
        raise click.UsageError("--key and --from-env-file exclude each other.")
    keeper = connect(manifest_path, environment, Events()).secret_keeper()
    keeper.full(name)  # before anybody is asked for a value
    if file:
        _say(keeper.set_keys(name, parse(_text(file))))
    elif key:
        _say(keeper.set_keys(name, {key: _value(name)}))
    else:
        _say(keeper.set(name, _value(name)))


def _value(name: str) -> str:
    """What is typed, unseen, or what comes in by a pipe."""
    if sys.stdin.isatty():
        return str(click.prompt(f"Value of {name}", hide_input=True, err=True))
    try:
        return sys.stdin.read().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise Refused("The value is not UTF-8 text.", hint=f"tagship secret set {name}, with text") from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"`{file}` cannot be read as UTF-8 text.", hint="Correct the path, then try again") from error


def _say(changed: Changed) -> None:
    output.say(f"The secret `{changed.name}` {'was made' if changed.created else 'has a new value'}.")
    if changed.keys_known is False:
        output.say("The names of its keys do not fit into a tag of AWS, so a release does not check them.")
    if not changed.services:
        output.say("No service uses it yet: name it under `services.NAME.secrets` in tagship.yaml.")
        return
    names = ", ".join(f"`{service}`" for service in changed.services)
    output.say(f"Used by {names}. Their tasks keep the old value until the next release, of the same tag, too.")
    output.next_step("tagship deploy")
