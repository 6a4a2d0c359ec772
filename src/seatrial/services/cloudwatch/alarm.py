"""An alarm: how it is configured, and in which state it is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from seatrial.services.cloudwatch.evaluation import INSUFFICIENT_DATA, Condition
from seatrial.services.cloudwatch.metric_calls import moment
from seatrial.services.cloudwatch.reasons import CREATED

METRIC = "MetricAlarm"
COMPOSITE = "CompositeAlarm"
ACTIONS = {"OK": "OKActions", "ALARM": "AlarmActions", INSUFFICIENT_DATA: "InsufficientDataActions"}


@dataclass
class Alarm:
    """An alarm.

    Args:
        arn: ``arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME``.
        kind: ``MetricAlarm`` or ``CompositeAlarm``.
        params: the parameters as ``PutMetricAlarm`` or ``PutCompositeAlarm`` took them, without tags.
        configured_at: when it was put, in seconds since 1970.
        state: ``OK``, ``ALARM``, ``INSUFFICIENT_DATA``.
        reason: AWS's sentence for it.
        reason_data: the same in JSON; empty where there is none.
        updated_at: when state or reason were set.
        transitioned_at: when the state became another one.
        tags: the tags by key.
    """

    arn: str
    kind: str
    params: dict[str, Any]
    configured_at: float
    state: str = INSUFFICIENT_DATA
    reason: str = CREATED
    reason_data: str = ""
    updated_at: float = 0.0
    transitioned_at: float = 0.0
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name."""
        name: str = self.params["AlarmName"]
        return name

    @property
    def region(self) -> str:
        """Where it lives."""
        return self.arn.split(":")[3]

    @property
    def account_id(self) -> str:
        """The account that has it."""
        return self.arn.split(":")[4]

    @property
    def period(self) -> int:
        """AWS's seconds of one datapoint; of a composite alarm, a minute."""
        if self.kind == COMPOSITE:
            return 60
        queries = self.params.get("Metrics")
        return query_period(queries) if queries else int(self.params["Period"])

    @property
    def condition(self) -> Condition:
        """When a metric alarm is in ALARM."""
        periods = self.params["EvaluationPeriods"]
        # Alarms on AWS/DynamoDB ignore missing data whatever they were told (alarms-and-missing-data).
        missing = "ignore" if self.params.get("Namespace") == "AWS/DynamoDB" else self.params.get("TreatMissingData")
        return Condition(
            operator=self.params["ComparisonOperator"],
            threshold=float(self.params["Threshold"]),
            periods=periods,
            to_alarm=self.params.get("DatapointsToAlarm", periods),
            missing=missing or "missing",
        )

    def actions(self) -> list[str]:
        """The ARNs of what is to be done in its state; none where ``ActionsEnabled`` is false."""
        return list(self.params.get(ACTIONS[self.state], ())) if self.params.get("ActionsEnabled", True) else []

    def described(self) -> dict[str, Any]:
        """As ``DescribeAlarms`` shows it."""
        shown: dict[str, Any] = {
            **{name: [] for name in ACTIONS.values()},
            "ActionsEnabled": True,
            **({"Dimensions": []} if "MetricName" in self.params else {}),
            **self.params,
            "AlarmArn": self.arn,
            "AlarmConfigurationUpdatedTimestamp": moment(self.configured_at),
            "StateValue": self.state,
            "StateReason": self.reason,
            "StateUpdatedTimestamp": moment(self.updated_at),
            "StateTransitionedTimestamp": moment(self.transitioned_at),
        }
        return {**shown, "StateReasonData": self.reason_data} if self.reason_data else shown

    def as_json(self) -> dict[str, Any]:
        """The value that the store keeps."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Alarm":
        """Read from the value that the store keeps."""
        return cls(**value)


def query_period(queries: list[dict[str, Any]]) -> int:
    """The period of an alarm's metric math: that of its metrics, which must be one, or of its expression."""
    periods = [query["MetricStat"]["Period"] for query in queries if "MetricStat" in query]
    return int(periods[0] if periods else next((query["Period"] for query in queries if "Period" in query), 60))
