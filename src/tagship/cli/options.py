"""The options that several commands share."""

from pathlib import Path

import click

from tagship.cli.addressed import about

MANIFEST = "tagship.yaml"

environment = click.option(
    "--env",
    "environment",
    default="local",
    show_default=True,
    metavar="NAME",
    callback=lambda _context, _parameter, value: about(value),
    help="The environment; `local` is the embedded AWS.",
)
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
