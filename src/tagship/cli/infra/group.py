"""``tagship infra``: the list of its commands."""

from tagship.cli.lazy import Entry, LazyGroup

infra = LazyGroup(
    "infra",
    {
        "plan": Entry("tagship.cli.infra.plan:plan", "Show what `apply` would change."),
        "apply": Entry("tagship.cli.infra.apply:apply", "Create or update the infrastructure."),
        "output": Entry("tagship.cli.infra.output:output", "Print the infrastructure: URL, registries, roles."),
        "policy": Entry("tagship.cli.infra.policy:policy", "Print the IAM policies that applying and destroying need."),
        "eject": Entry("tagship.cli.infra.eject:eject", "Write plain Terraform that works without tagship."),
        "destroy": Entry("tagship.cli.infra.destroy:destroy", "Destroy everything in one environment."),
        "unlock": Entry("tagship.cli.infra.unlock:unlock", "Remove the state lock of a run that will not come back."),
    },
    help="One environment's infrastructure, by Terraform.",
)
