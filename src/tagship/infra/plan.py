"""What Terraform intends, as frozen values. Pure."""

from dataclasses import dataclass

from tagship.infra.events import Action, PlanSummary
from tagship.infra.guard import GUARDED, Loss
from tagship.infra.live import LiveChange


@dataclass(frozen=True)
class Change:
    """What happens to one resource.

    ``reason`` is Terraform's own word for it, such as ``cannot_update``; often empty.
    """

    address: str
    resource_type: str
    action: Action
    reason: str = ""

    @property
    def module(self) -> str:
        """``module.network`` of ``module.network.aws_vpc.this``; empty for a resource of the root."""
        return self.address.rpartition(f".{self.resource_type}.")[0]


@dataclass(frozen=True)
class Plan:
    """Every change that Terraform would make; the empty plan is a good answer.

    ``losses`` are those among them that nobody could bring back; ``live`` those that reach running tasks at once.
    """

    changes: tuple[Change, ...] = ()
    losses: tuple[Loss, ...] = ()
    live: tuple[LiveChange, ...] = ()

    @property
    def takes_away(self) -> bool:
        """Whether it deletes or replaces anything that is guarded."""
        return any(
            change.action in {"delete", "replace"} and change.resource_type in GUARDED for change in self.changes
        )

    @property
    def summary(self) -> PlanSummary:
        """Counted as Terraform counts: a replacement is one to add and one to destroy."""
        actions = [change.action for change in self.changes]
        replaced = actions.count("replace")
        return PlanSummary(
            add=actions.count("create") + replaced,
            change=actions.count("update"),
            destroy=actions.count("delete") + replaced,
        )
