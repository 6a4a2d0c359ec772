"""``seatrial browse``."""

from shlex import join

import click

from seatrial.cli import output
from seatrial.cli.program import control


@click.command()
@click.argument("url", required=False)
@click.option("--print", "as_text", is_flag=True, help="Print the command instead of running it.")
def browse(url: str | None, *, as_text: bool) -> None:
    """Open a browser in which AWS's names lead to the embedded AWS, by HTTPS.

    It is a Chromium with a profile of its own, which alone trusts the authority of the embedded AWS: nothing is added
    to a store of your system or of your other profiles. URL is the front door's unless you name one.
    """
    there = control()
    if as_text:
        output.data(join(there.browser(url).argv))
        return
    there.browse(url)
    output.say("The browser is open. Names that are made from now on need another one.")
