"""``tagship local``: the list of its commands."""

from typing import Any

import click

from tagship.cli.lazy import Entry, LazyGroup


class _Local(LazyGroup):
    """Its own commands, and those of the embedded AWS."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's shape
        """As click does it; whatever is invoked speaks and fails as ours."""
        from tagship.wiring.local import mounted

        with mounted(ctx):
            return super().invoke(ctx)


local = _Local(
    "local",
    {
        "up": Entry("tagship.cli.local.up:up", "Start it; inside an app, also make the git remote `local`."),
        "status": Entry("tagship.cli.local.mounted:status", "Whether it runs, and where it answers."),
        "env": Entry("tagship.cli.local.env:env", "Print its address and credentials, for other programs."),
        "browse": Entry("tagship.cli.local.mounted:browse", "Open a browser in which AWS's names lead to it."),
        "down": Entry("tagship.cli.local.mounted:down", "Stop it and its containers; what was made stays."),
        "fault": Entry(
            "tagship.cli.local.mounted:fault", "Let something go wrong as at AWS, to see what a release does."
        ),
        "reset": Entry("tagship.cli.local.mounted:reset", "Stop it and forget everything that was made in it."),
    },
    help="The embedded AWS: one for each user, on loopback only.",
)
