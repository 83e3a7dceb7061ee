"""Quiet hours of a chat: spans of the week in which changes are held (spec V6)."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter

from bot.domain.notifications.wall_clock import find_zone, first_instant, last_instant
from bot.domain.texts import text

EVERY_DAY = frozenset(range(7))
"""Weekdays from Monday (0) to Sunday (6)."""

_MIDNIGHT = time(0)
_LONGEST_DAYS = 9
"""Days around an instant that are searched. Quiet hours that do not cover the week end within eight days."""

Span = tuple[datetime, datetime]
_START = itemgetter(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Local times between which a chat is quiet. Times have no seconds."""

    zone: str
    """IANA name of the time zone."""
    start: time
    end: time
    """An end at or before the start is on the next day."""
    days: frozenset[int] = EVERY_DAY
    """Weekdays on which the daily span starts, from Monday (0)."""
    whole_days: frozenset[int] = frozenset()
    """Weekdays that are quiet from midnight to midnight."""

    def end_after(self, now: datetime) -> datetime | None:
        """Return the instant at which the current quiet span ends, or None if the chat is not quiet now."""
        spans = _spans_around(self, now.astimezone(UTC).date())
        after = bisect_right(spans, now, key=_START)
        end = spans[after - 1][1] if after else now
        return end if end > now else None


def quiet_hours_problem(hours: QuietHours) -> str | None:
    """Return the reason why quiet hours cannot be saved, or None."""
    if find_zone(hours.zone) is None:
        return text("Choose a time zone from the list, such as Europe/Berlin.")
    if not (hours.days or hours.whole_days):
        return text("Choose at least one day.")
    if hours.days and hours.start == hours.end:
        return text("The start and the end must be different. For a whole day, choose the day.")
    if _covers_the_week(hours):
        return text("These quiet hours cover the whole week. Leave some time for cards, or mute the chat.")
    return None


def _covers_the_week(hours: QuietHours) -> bool:
    """Check a week of plain 24-hour days, in minutes."""
    week = 7 * 24 * 60
    quiet = bytearray(week)
    for start, end in _week_spans(hours):
        for minute in range(start, end):
            quiet[minute % week] = 1
    return all(quiet)


def _week_spans(hours: QuietHours) -> Iterator[tuple[int, int]]:
    start, end = (each.hour * 60 + each.minute for each in (hours.start, hours.end))
    for day in range(7):
        midnight = day * 24 * 60
        if day in hours.whole_days:
            yield midnight, midnight + 24 * 60
        if day in hours.days:
            yield midnight + start, midnight + end + (24 * 60 if end <= start else 0)


@lru_cache(maxsize=4096)
def _spans_around(hours: QuietHours, day: date) -> tuple[Span, ...]:
    """Return the quiet spans around a day in UTC, in order, joined if they touch or overlap."""
    around = (day + timedelta(days=offset) for offset in range(-_LONGEST_DAYS, _LONGEST_DAYS + 1))
    return tuple(_joined(sorted(span for each in around for span in _spans_of(hours, each))))


def _spans_of(hours: QuietHours, day: date) -> Iterator[Span]:
    """Return the spans that start on a local day."""
    zone = find_zone(hours.zone)
    if zone is None:
        return
    tomorrow = day + timedelta(days=1)
    if day.weekday() in hours.whole_days:
        yield first_instant(day, _MIDNIGHT, zone), first_instant(tomorrow, _MIDNIGHT, zone)
    if day.weekday() in hours.days:
        last_day = tomorrow if hours.end <= hours.start else day
        yield first_instant(day, hours.start, zone), last_instant(last_day, hours.end, zone)


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    current: Span | None = None
    for start, end in spans:
        if current and start <= current[1]:
            current = (current[0], max(current[1], end))
        else:
            if current:
                yield current
            current = (start, end)
    if current:
        yield current
