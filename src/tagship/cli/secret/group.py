"""``tagship secret``: the list of its commands."""

from tagship.cli.lazy import Entry, LazyGroup

secret = LazyGroup(
    "secret",
    {
        "set": Entry("tagship.cli.secret.set:set_", "Set a secret's value, from standard input."),
        "list": Entry("tagship.cli.secret.list:list_", "List the secrets: last change, and which services use them."),
        "check": Entry("tagship.cli.secret.check:check", "Find secrets that are missing, empty or unused."),
        "unset": Entry("tagship.cli.secret.unset:unset", "Delete a secret after a recovery window."),
        "restore": Entry("tagship.cli.secret.restore:restore", "Bring a secret back that is being deleted."),
        "copy": Entry("tagship.cli.secret.copy:copy", "Copy missing secrets from another environment."),
    },
    help="The app's own secrets in one environment.",
)
