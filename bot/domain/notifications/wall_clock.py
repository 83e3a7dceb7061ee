"""Instants of local times, also in the two nights when clocks change. Pure.

`zoneinfo` accepts a local time that does not exist, and needs a hint for one that occurs twice. The functions here
return an instant for both, so that a wall clock never shows a quiet time outside of the computed span.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_ZONE_LENGTH = 64
"""Characters of an IANA time zone name. The longest known name has 32."""


def find_zone(name: str) -> ZoneInfo | None:
    """Return the IANA time zone, or None if there is none of this name."""
    if not name or len(name) > MAX_ZONE_LENGTH:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A name such as `../x` is a ValueError, and a folder's name such as `Europe` an OSError.
        return None


def first_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC at which a wall clock shows the time for the first time."""
    return min(_instants(day, at, zone))


def last_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant in UTC at which a wall clock shows the time for the last time."""
    return max(_instants(day, at, zone))


def next_instant(after: datetime, at: time, zone: ZoneInfo) -> datetime:
    """Return the first instant after `after` at which a wall clock shows the time."""
    today = after.astimezone(zone).date()
    found = (first_instant(today + timedelta(days=days), at, zone) for days in range(3))
    return next(each for each in found if each > after)


@lru_cache(maxsize=1024)
def _instants(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return both instants of a time that occurs twice, and twice the change of clocks for one that does not exist."""
    local = datetime.combine(day, at, tzinfo=zone)
    earlier, later = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if earlier <= later:
        return earlier, later
    change = _change_of_clocks(later, earlier, zone)
    return change, change


def _change_of_clocks(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant between the two at which the zone's offset changes, exact to the second."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        same = (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset
        low, high = (middle, high) if same else (low, middle)
    return before + timedelta(seconds=high)
