"""Local time from a user's time zone settings ("Specify time zone settings for a user"). Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_LAST = 5
"""Occurrence that stands for the last such weekday of a month."""
_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change to or from daylight saving time, in the local time before it."""

    month: int
    day: int
    """Day of the month if there is a year; otherwise the occurrence of the weekday in the month, where 5 is the last.
    """
    weekday: int
    """0 is Sunday."""
    hour: int = 0
    minute: int = 0
    year: int = 0
    """0 for a transition that recurs each year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeZone:
    """A time zone. A bias is the number of minutes to add to local time to get UTC."""

    bias: int = 0
    standard_bias: int = 0
    daylight_bias: int = 0
    standard: Transition | None = None
    daylight: Transition | None = None
    """None if there is no daylight saving time."""

    def local_time(self, at: datetime) -> datetime:
        """Return the local time without a zone. Raise `OverflowError` outside of the calendar."""
        utc = at.astimezone(UTC).replace(tzinfo=None)
        standard = timedelta(minutes=-(self.bias + self.standard_bias))
        daylight = timedelta(minutes=-(self.bias + self.daylight_bias))
        return utc + (daylight if self._is_daylight(utc, standard, daylight) else standard)

    def _is_daylight(self, utc: datetime, standard: timedelta, daylight: timedelta) -> bool:
        if self.standard is None or self.daylight is None:
            return False
        year = (utc + standard).year
        begin, end = _moment(self.daylight, year), _moment(self.standard, year)
        if begin is None or end is None:
            return False
        begin, end = begin - standard, end - daylight
        # South of the equator, daylight saving time includes the turn of the year.
        return begin <= utc < end if begin < end else not end <= utc < begin


def _moment(transition: Transition, year: int) -> datetime | None:
    """Return the local time of the transition in this year, or None if it is not a time."""
    if transition.year not in {0, year}:
        return None
    try:
        day = transition.day if transition.year else _day_of_month(transition, year)
        return datetime(year, transition.month, day, transition.hour, transition.minute)  # noqa: DTZ001 local time
    except ValueError:
        return None


def _day_of_month(transition: Transition, year: int) -> int:
    first_weekday, days = monthrange(year, transition.month)
    # Python's weeks start with Monday.
    first = 1 + (transition.weekday - 1 - first_weekday) % _DAYS
    day = first + _DAYS * (min(transition.day, _LAST) - 1)
    return day if day <= days else day - _DAYS
