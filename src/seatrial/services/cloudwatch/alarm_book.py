"""All alarms of one embedded AWS: in memory, and in the store before a call is answered."""

from collections.abc import Iterator

from seatrial.core.state import Store
from seatrial.services.cloudwatch.alarm import Alarm

_KIND = "cloudwatch.alarm"


class AlarmBook:
    """All alarms by ARN.

    Args:
        store: outlives the process.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._alarms = {arn: Alarm.from_json(value) for arn, value in store.all(_KIND).items()}

    def __iter__(self) -> Iterator[Alarm]:
        return iter(list(self._alarms.values()))

    def get(self, arn: str) -> Alarm | None:
        """The alarm of that ARN."""
        return self._alarms.get(arn)

    def of(self, region: str) -> list[Alarm]:
        """The alarms of a region, by name."""
        return sorted((alarm for alarm in self if alarm.region == region), key=lambda alarm: alarm.name)

    def save(self, alarm: Alarm) -> None:
        """Keep an alarm as it is now."""
        self._store.put(_KIND, alarm.arn, alarm.as_json())
        self._alarms[alarm.arn] = alarm

    def remove(self, arn: str) -> None:
        """Forget an alarm."""
        self._store.delete(_KIND, arn)
        self._alarms.pop(arn, None)


def alarm_arn(region: str, account_id: str, name: str) -> str:
    """The ARN of an alarm."""
    return f"arn:aws:cloudwatch:{region}:{account_id}:alarm:{name}"
