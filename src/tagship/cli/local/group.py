"""``tagship local``: the list of its commands."""

from tagship.cli.lazy import Entry, LazyGroup

local = LazyGroup(
    "local",
    {
        "up": Entry("tagship.cli.local.up:up", "Start it; inside an app, also make the git remote `local`."),
        "status": Entry("tagship.cli.local.status:status", "Whether it runs, and where it answers."),
        "env": Entry("tagship.cli.local.env:env", "Print its address and credentials, for other programs."),
        "down": Entry("tagship.cli.local.down:down", "Stop it and its containers; what was made stays."),
        "fault": Entry(
            "tagship.cli.local.fault:fault", "Let something go wrong as at AWS, to see what a release does."
        ),
        "reset": Entry("tagship.cli.local.reset:reset", "Stop it and forget everything that was made in it."),
    },
    help="The embedded AWS: one for each user, on loopback only.",
)
