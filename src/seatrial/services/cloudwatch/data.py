"""What is measured, and what an alarm does: the values that other parts hand to CloudWatch and take from it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Datum:
    """Samples of one metric at one time.

    Args:
        name: ``CPUUtilization``.
        at: seconds since 1970.
        samples: the values, each with how often it occurred.
        dimensions: ``{"ClusterName": …, "ServiceName": …}``.
        unit: ``Percent``, ``Count``, ``Seconds``, ``Bytes``, ``None``.
        resolution: the samples of so many seconds of AWS are kept as one: 60, or 1 for a high-resolution metric.
    """

    name: str
    at: float
    samples: Mapping[float, float]
    dimensions: Mapping[str, str] = field(default_factory=dict)
    unit: str = "None"
    resolution: int = 60


@dataclass(frozen=True)
class AlarmAction:
    """An alarm has changed its state, or is still in ALARM, and has this action for it.

    Args:
        action: the ARN that the alarm names.
        alarm_name: which alarm.
        alarm_arn: its ARN.
        state: ``ALARM``, ``OK``, ``INSUFFICIENT_DATA``.
        reason: AWS's sentence.
        value: the newest datapoint that was evaluated; None where there was none.
        threshold: the threshold of the alarm.
        region: where it lives.
        at: seconds since 1970.
    """

    action: str
    alarm_name: str
    alarm_arn: str
    state: str
    reason: str
    value: float | None
    threshold: float
    region: str
    at: float


Act = Callable[[AlarmAction], Awaitable[None]]
"""A function that does what an alarm's action asks for."""
