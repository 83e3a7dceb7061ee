"""Quiet hours: what a wall clock in the chat's zone shows, also in the nights when clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from bot.domain.notifications.quiet_hours import EVERY_DAY, QuietHours, quiet_hours_problem
from bot.domain.notifications.wall_clock import find_zone, first_instant, last_instant, next_instant
from tests.tiers import examples

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(zone="Europe/Berlin", start=time(22), end=time(7))
OFFICE = QuietHours(
    zone="Europe/Berlin", start=time(18), end=time(8), days=frozenset(range(5)), whole_days=frozenset({5, 6})
)


def berlin(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        (NIGHT, "2026-11-24 21:59", None),
        (NIGHT, "2026-11-24 22:00", "2026-11-25 07:00"),
        (NIGHT, "2026-11-25 00:00", "2026-11-25 07:00"),
        (NIGHT, "2026-11-25 06:59", "2026-11-25 07:00"),
        (NIGHT, "2026-11-25 07:00", None),
        # From Friday evening to Monday morning, one span. Sunday evening starts no span of its own.
        (OFFICE, "2026-11-27 17:59", None),
        (OFFICE, "2026-11-27 18:00", "2026-11-30 00:00"),
        (OFFICE, "2026-11-28 12:00", "2026-11-30 00:00"),
        (OFFICE, "2026-11-30 00:00", None),
        # The nights when clocks change.
        (NIGHT, "2027-03-28 01:00", "2027-03-28 07:00"),
        (NIGHT, "2026-10-25 01:00", "2026-10-25 07:00"),
    ],
)
def test_the_end_is_what_a_wall_clock_shows(hours: QuietHours, now: str, end: str | None) -> None:
    assert hours.end_after(berlin(now)) == (berlin(end) if end else None)


def test_the_hour_that_occurs_twice_is_quiet_both_times() -> None:
    hours = QuietHours(zone="Europe/Berlin", start=time(2, 15), end=time(2, 45))
    for fold in (0, 1):
        assert hours.end_after(berlin("2026-10-25 02:30", fold=fold)) == berlin("2026-10-25 02:45", fold=1)
    assert hours.end_after(berlin("2026-10-25 02:45", fold=1)) is None


def test_a_time_that_does_not_exist_is_the_change_of_clocks() -> None:
    change = datetime(2027, 3, 28, 1, tzinfo=UTC)
    day = change.date()
    assert first_instant(day, time(2, 30), BERLIN) == last_instant(day, time(2, 30), BERLIN) == change
    until = QuietHours(zone="Europe/Berlin", start=time(22), end=time(2, 30))
    assert until.end_after(change - timedelta(minutes=1)) == change
    assert until.end_after(change) is None


def test_the_next_instant_of_a_time_is_after_now() -> None:
    assert next_instant(berlin("2026-11-25 07:59"), time(8), BERLIN) == berlin("2026-11-25 08:00")
    assert next_instant(berlin("2026-11-25 08:00"), time(8), BERLIN) == berlin("2026-11-26 08:00")
    # A zone that skipped a whole day: Samoa had no 30 December 2011.
    apia = ZoneInfo("Pacific/Apia")
    before = datetime(2011, 12, 29, 9, tzinfo=apia).astimezone(UTC)
    assert next_instant(before, time(8), apia) > before


@pytest.mark.parametrize("name", ["", "Europe", "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "x" * 1000, "a\0b"])
def test_an_unknown_zone_is_none(name: str) -> None:
    assert find_zone(name) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"zone": "Mars/Olympus"}, "Choose a time zone"),
        ({"end": time(22)}, "must be different"),
        ({"days": frozenset()}, "at least one day"),
        ({"whole_days": EVERY_DAY}, "cover the whole week"),
        ({"start": time(8), "end": time(7, 59), "whole_days": frozenset({0, 1, 2, 3, 4, 5, 6})}, "whole week"),
        ({"start": time(18), "end": time(17, 59)}, None),
    ],
)
def test_quiet_hours_that_make_no_sense_are_refused(change: dict[str, object], problem: str | None) -> None:
    hours = QuietHours(**{"zone": "Europe/Berlin", "start": time(22), "end": time(7), **change})  # type: ignore[arg-type]
    found = quiet_hours_problem(hours)
    assert (found is None) if problem is None else (found is not None and problem in found)


ZONES = ("Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC")
MINUTES = some.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
DAYS = some.frozensets(some.integers(0, 6))
QUIET = some.builds(
    QuietHours, zone=some.sampled_from(ZONES), start=MINUTES, end=MINUTES, days=DAYS, whole_days=DAYS
).filter(lambda hours: quiet_hours_problem(hours) is None)


def shows_quiet(hours: QuietHours, now: datetime) -> bool:
    """Read the wall clock."""
    local = now.astimezone(ZoneInfo(hours.zone))
    today, yesterday = local.weekday(), (local.weekday() - 1) % 7
    at = local.time().replace(fold=0)
    if today in hours.whole_days:
        return True
    if hours.end > hours.start:
        return today in hours.days and hours.start <= at < hours.end
    return (today in hours.days and at >= hours.start) or (yesterday in hours.days and at < hours.end)


@examples(200)
@given(hours=QUIET, minutes=some.integers(0, 2 * 366 * 24 * 60))
def test_a_wall_clock_that_shows_a_quiet_time_is_never_disturbed(hours: QuietHours, minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    end = hours.end_after(now)
    if shows_quiet(hours, now):
        assert end is not None
    if end is None:
        return
    assert now < end < now + timedelta(days=8)
    assert hours.end_after(end) is None
    around = (now + (end - now) * part / 16 for part in range(17))
    assume(len({each.astimezone(ZoneInfo(hours.zone)).utcoffset() for each in around}) == 1)
    # Without a change of clocks, the wall clock shows quiet times up to the end, and none at the end.
    assert shows_quiet(hours, end - timedelta(minutes=1))
    assert not shows_quiet(hours, end)
