"""The options that several commands share."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final, get_args

import click

from tagship.cli.addressed import about
from tagship.manifest.address import LOCAL, Address, On

MANIFEST = "tagship.yaml"

_env: Final = click.option(
    "--env",
    "environment",
    default=LOCAL,
    show_default=True,
    metavar="NAME",
    help="The environment; `local` is the embedded AWS.",
)
on: Final = click.option(
    "--on",
    type=click.Choice(get_args(On)),
    help="Which AWS: the account (`aws`), or the embedded AWS at this environment's own size (`local`) or at the "
    "smallest (`local-small`). Default: the account, and for `local` the embedded AWS.",
)


def environment(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--env`` and ``--on``, which the command gets as one: its parameter ``environment`` is an ``Address``."""

    @wraps(command)
    def with_address(*arguments: Any, environment: str, on: On | None, **options: Any) -> Any:  # noqa: ANN401 - click's
        return command(*arguments, environment=address_of(environment, on), **options)

    return _env(on(with_address))


def address_of(name: str, on: On | None) -> Address:
    """What the two options say; from now on, what is shown is about it.

    Raises:
        click.BadParameter: the environment ``local`` on an account.
    """
    found = Address(name, on)
    if found.impossible:
        raise click.BadParameter(f"`{LOCAL}` is always the embedded AWS; name another --env", param_hint="--on")
    return about(found)


manifest = click.option(
    "--manifest",
    "manifest_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path(MANIFEST),
    show_default=True,
    help="Path of the manifest.",
)
json_lines = click.option("--json-lines", is_flag=True, help="Print each event as one line of JSON.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
