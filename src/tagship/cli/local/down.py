"""``tagship local down``."""

import click

from tagship.cli import output


@click.command()
def down() -> None:
    """Stop the embedded AWS and its containers; what was made in it stays for the next `up`."""
    from tagship.wiring.local import LocalAws

    ran = LocalAws(output.say).down()
    output.say("The embedded AWS is stopped." if ran else "The embedded AWS was not running.")
    output.next_step("tagship local up")
