"""What happens while Terraform runs."""

from dataclasses import dataclass
from typing import Literal

from tagship.base.events import Event

Action = Literal["create", "update", "delete", "replace", "move"]
"""``move``: the resource stays as it is, and Terraform's state knows it by another address."""

Stage = Literal["bucket", "init", "plan", "roles", "apply", "protection", "readers", "destroy", "clean-up"]


@dataclass(frozen=True)
class StageStarted(Event):
    """Tagship begins something that takes a while."""

    stage: Stage
    text: str


@dataclass(frozen=True)
class PlanSummary(Event):
    """Terraform has compared what is with what should be."""

    add: int
    change: int
    destroy: int


@dataclass(frozen=True)
class ResourceStarted(Event):
    """Terraform begins with one resource."""

    address: str
    action: Action


@dataclass(frozen=True)
class ResourceWaiting(Event):
    """A resource takes longer than ten seconds; told every ten seconds.

    ``waiting_for`` says for what, in words, where that is known; else it is empty.
    """

    address: str
    action: Action
    elapsed_seconds: float
    waiting_for: str


@dataclass(frozen=True)
class ResourceFinished(Event):
    """One resource is done."""

    address: str
    action: Action
    elapsed_seconds: float


@dataclass(frozen=True)
class ResourceFailed(Event):
    """One resource could not be made, changed or deleted; the error at the end says why."""

    address: str
    action: Action
    elapsed_seconds: float


@dataclass(frozen=True)
class TerraformInterrupted(Event):
    """Ctrl-C: Terraform was interrupted once, finished what it had begun, and wrote its state down."""
