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
        "up": Entry("tagship.cli.local.up:up", "Start it; inside an app, also create the git remote `local`."),
        "status": Entry("tagship.cli.local.mounted:status", "Show whether it runs, and at which addresses."),
        "env": Entry("tagship.cli.local.env:env", "Print its endpoint and credentials, for other programs."),
        "images": Entry("tagship.cli.local.mounted:images", "Have the images that databases and functions run from."),
        "browse": Entry("tagship.cli.local.mounted:browse", "Open a browser in which AWS's names lead to it."),
        "down": Entry("tagship.cli.local.mounted:down", "Stop it and its containers; its resources are kept."),
        "fault": Entry(
            "tagship.cli.local.mounted:fault", "Inject a failure as it occurs on AWS, to see what a release does."
        ),
        "reset": Entry("tagship.cli.local.reset:reset", "Stop it and delete all its resources."),
    },
    help="The embedded AWS: one for each user, on loopback only.",
)
