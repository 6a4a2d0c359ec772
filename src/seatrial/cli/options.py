"""The options that several commands share."""

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
port = click.option("--port", type=click.IntRange(1024, 65535), help="Where the AWS API answers.  [default: 4566]")
