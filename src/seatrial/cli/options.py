"""The options that several commands share."""

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
port = click.option("--port", type=click.IntRange(1024, 65535), help="Port of the AWS API.  [default: 4566]")
