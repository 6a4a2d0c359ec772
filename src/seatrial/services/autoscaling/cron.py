"""AWS's cron expressions: six fields, with ``?``, ``L``, ``W`` and ``#``. Pure.

Source: Application Auto Scaling user guide, "Schedule recurring scaling actions using cron expressions". Days of the
week are 1 (Sunday) to 7 (Saturday).
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_WEEK = 7
_FIELDS = 6


# inside: schedules.py, which answers AWS's validation error
class BadCron(ValueError):
    """This is no cron expression of AWS."""


@dataclass(frozen=True)
class Cron:
    """When it is time.

    Args:
        days: the days of the month, as written; ``?`` where the weekday decides.
        weekdays: the weekdays as written; ``?`` where the day of the month decides.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: str
    months: tuple[int, ...]
    weekdays: str
    years: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> "Cron":
        """Read the six fields.

        Raises:
            BadCron: a field is missing or wrong, or not exactly one of the two fields of days is ``?``.
        """
        fields = text.upper().split()
        if len(fields) != _FIELDS:
            raise BadCron(f"six fields are needed: {text}")
        minutes, hours, days, months, weekdays, years = fields
        if (days == "?") == (weekdays == "?"):
            raise BadCron(f"one of day-of-month and day-of-week must be ?: {text}")
        made = cls(
            _numbers(minutes, 0, 59),
            _numbers(hours, 0, 23),
            days,
            _numbers(months, 1, 12, _MONTHS),
            weekdays,
            _numbers(years, _FIRST_YEAR, _LAST_YEAR),
        )
        made.days_of(2000, 1)
        return made

    def after(self, moment: datetime) -> datetime | None:
        """The first time later than this one, on the same wall clock; None where there is none."""
        for year in (year for year in self.years if year >= moment.year):
            for month in (month for month in self.months if (year, month) >= (moment.year, moment.month)):
                for found in self._times(year, month):
                    if found > moment:
                        return found
        return None

    def days_of(self, year: int, month: int) -> list[int]:
        """The days of this month, ascending."""
        last = calendar.monthrange(year, month)[1]
        if self.days != "?":
            found = {day for part in self.days.split(",") for day in _days(part, year, month)}
        else:
            found = {day for part in self.weekdays.split(",") for day in _weekdays(part, year, month)}
        return sorted(day for day in found if 1 <= day <= last)

    def _times(self, year: int, month: int) -> Iterator[datetime]:
        for day in self.days_of(year, month):
            for hour in self.hours:
                for minute in self.minutes:
                    yield datetime(year, month, day, hour, minute)  # noqa: DTZ001 - a wall clock's


def _days(part: str, year: int, month: int) -> Iterator[int]:
    """One item of day-of-month: a number, a range, ``L``, ``L-3``, ``LW``, ``15W``."""
    last = calendar.monthrange(year, month)[1]
    if part == "L":
        yield last
    elif part == "LW":
        yield _nearest_workday(last, year, month)
    elif part.startswith("L-"):
        yield last - _number(part[2:], 0, 30)
    elif part.endswith("W"):
        day = _number(part[:-1], 1, 31)
        if day <= last:
            yield _nearest_workday(day, year, month)
    else:
        yield from _numbers(part, 1, 31)


def _nearest_workday(day: int, year: int, month: int) -> int:
    """Monday to Friday, and never in another month."""
    last = calendar.monthrange(year, month)[1]
    weekday = calendar.weekday(year, month, day)
    if weekday == calendar.SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == calendar.SUNDAY:
        return day + 1 if day < last else day - 2
    return day


def _weekdays(part: str, year: int, month: int) -> Iterator[int]:
    """One item of day-of-week: a number or name, a range, ``6L`` (the last Friday), ``6#3`` (the third), ``L``."""
    name, hash_sign, nth = part.partition("#")
    if hash_sign:
        days = _all_of(_number(name, 1, _WEEK, _WEEKDAYS), year, month)
        yield from days[_number(nth, 1, 5) - 1 :][:1]
    elif part == "L":
        yield from _all_of(_WEEK, year, month)
    elif part.endswith("L"):
        yield _all_of(_number(part[:-1], 1, _WEEK, _WEEKDAYS), year, month)[-1]
    else:
        for weekday in _numbers(part, 1, _WEEK, _WEEKDAYS):
            yield from _all_of(weekday, year, month)


def _all_of(weekday: int, year: int, month: int) -> list[int]:
    """The days of a month that are this day of the week."""
    first, last = calendar.monthrange(year, month)
    # Python's week begins with Monday as 0, AWS's with Sunday as 1.
    return list(range(1 + (weekday - 2 - first) % _WEEK, last + 1, _WEEK))


def _numbers(field: str, low: int, high: int, names: dict[str, int] | None = None) -> tuple[int, ...]:
    """A field of numbers: ``*``, ``5``, ``1-5``, ``0/15``, ``*/10``, ``1-20/5``, and lists of these."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        width = _number(step, 1, high) if slash else 1
        if span == "*":
            first, last = low, high
        elif "-" in span:
            first, last = (_number(end, low, high, names) for end in span.split("-", 1))
        else:
            first = _number(span, low, high, names)
            last = high if slash else first
        # FRI-MON goes round the end of the week.
        last += high - low + 1 if last < first else 0
        found |= {low + (number - low) % (high - low + 1) for number in range(first, last + 1, width)}
    return tuple(sorted(found))


def _number(text: str, low: int, high: int, names: dict[str, int] | None = None) -> int:
    if names and text in names:
        return names[text]
    if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
        raise BadCron(f"{text or 'nothing'} is not between {low} and {high}")
    return int(text)
