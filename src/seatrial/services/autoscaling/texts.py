"""AWS's words for scaling activities (user guide, "Scaling activities for Application Auto Scaling"). Pure."""

import re
from collections.abc import Mapping

NOT_SCALED = "Attempting to scale due to alarm triggered"


def capacity(dimension: str) -> str:
    """``desired count`` of ``ecs:service:DesiredCount``, ``write capacity units``, ``read replica count``."""
    return " ".join(re.findall("[A-Z][a-z]*", dimension.rpartition(":")[2])).lower()


def setting(dimension: str, to: int) -> str:
    """The description of an activity that sets a capacity."""
    return f"Setting {capacity(dimension)} to {to}."


def waiting(dimension: str, to: int) -> str:
    """The resource has taken the capacity, and is not there yet."""
    return f"{_set(dimension, to)} Waiting for change to be fulfilled by {dimension.partition(':')[0]}."


def fulfilled(dimension: str, to: int) -> str:
    """The resource has the capacity."""
    return f"{_set(dimension, to)} Change successfully fulfilled by {dimension.partition(':')[0]}."


def overridden(dimension: str, to: int, found: int) -> str:
    """Somebody has set another capacity meanwhile."""
    return f"{_set(dimension, to)} Found it was later changed to {found}."


def unfulfilled(dimension: str, to: int) -> str:
    """The resource did not reach the capacity in time, or cannot."""
    return f"{_set(dimension, to)} Change was not fulfilled by {dimension.partition(':')[0]}."


def failed(dimension: str, to: int, reason: str) -> str:
    """The resource did not take the capacity."""
    return f"Failed to set {capacity(dimension)} to {to}. Reason: {reason}"


def alarm_cause(alarm: str, state: str, policy: str) -> str:
    """An alarm has invoked a policy."""
    return f"monitor alarm {alarm} in state {state} triggered policy {policy}"


def schedule_cause(name: str) -> str:
    """A scheduled action has run."""
    return f"scheduled action name {name} was triggered"


def bounds(action: Mapping[str, int]) -> str:
    """``min capacity to 5 and max capacity to 10``."""
    words = {"MinCapacity": "min capacity", "MaxCapacity": "max capacity"}
    return " and ".join(f"{words[name]} to {action[name]}" for name in words if name in action)


def crossed(wanted: str) -> str:
    """A scheduled action would have set the minimum above the maximum."""
    return f"Failed to set {wanted}. Reason: Maximum capacity cannot be less than minimum capacity"


def _set(dimension: str, to: int) -> str:
    return f"Successfully set {capacity(dimension)} to {to}."
