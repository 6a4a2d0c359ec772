"""``tagship infra``: the list of its commands."""

from tagship.cli.lazy import Entry, LazyGroup

infra = LazyGroup(
    "infra",
    {
        "plan": Entry("tagship.cli.infra.plan:plan", "Say what apply would change."),
        "apply": Entry("tagship.cli.infra.apply:apply", "Bring the infrastructure to what the manifest says."),
        "output": Entry(
            "tagship.cli.infra.output:output", "Print what stands: the address, the registries, the roles."
        ),
        "eject": Entry("tagship.cli.infra.eject:eject", "Write plain Terraform that works without tagship."),
        "destroy": Entry("tagship.cli.infra.destroy:destroy", "Take everything of one environment away."),
        "unlock": Entry("tagship.cli.infra.unlock:unlock", "Take away the lock of a run that is gone for good."),
    },
    help="The infrastructure of one environment, by Terraform.",
)
