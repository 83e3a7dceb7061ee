"""The old and the new value of a change are written alike, regardless of their sources."""

from datetime import UTC, datetime

import pytest

from bot.domain.change_texts import change_texts
from bot.domain.formatting import canonical_value, format_value
from bot.domain.number_texts import learn_number_format
from bot.domain.tables import Column, ColumnType, ColumnValue, DateBehavior, Raw
from bot.domain.time_zones import TimeZone, Transition
from bot.domain.user_formats import UserFormats

BERLIN = TimeZone(
    bias=-60,
    daylight_bias=-60,
    standard=Transition(month=10, day=5, weekday=0, hour=3),
    daylight=Transition(month=3, day=5, weekday=0, hour=2),
)
SYDNEY = TimeZone(
    bias=-600,
    daylight_bias=-60,
    standard=Transition(month=4, day=1, weekday=0, hour=3),
    daylight=Transition(month=10, day=1, weekday=0, hour=2),
)
GERMAN = UserFormats(
    zone=BERLIN, date="dd/MM/yyyy", time="HH:mm", date_separator=".", group_separator=".", decimal_separator=","
)
AMERICAN = UserFormats(zone=TimeZone(bias=300), date="M/d/yyyy", time="h:mm tt")
UNKNOWN = ColumnValue(raw=None)

DAY, NIGHT = "2026-12-29T23:00:00Z", "2026-12-30T23:00:00Z"


def column(kind: ColumnType, **more: object) -> Column:
    return Column(name="a", label="A", type=kind, **more)  # type: ignore[arg-type]


def value(raw: Raw, text: str | None = None) -> ColumnValue:
    return ColumnValue(raw=raw, text=text)


MONEY = column(ColumnType.MONEY, precision=2, formats=AMERICAN)
DECIMAL = column(ColumnType.DECIMAL, precision=3, formats=GERMAN)
MOMENT = column(ColumnType.DATE_TIME, formats=AMERICAN)
LOCAL_DAY = column(ColumnType.DATE_TIME, formats=GERMAN, date_only=True)
PLAIN_DAY = column(ColumnType.DATE_TIME, formats=AMERICAN, date_only=True, behavior=DateBehavior.DATE_ONLY)
FIXED = column(ColumnType.DATE_TIME, formats=GERMAN, behavior=DateBehavior.TIME_ZONE_INDEPENDENT)
CHOICE = column(ColumnType.PICKLIST, options={1: "High", 2: "Low"})
CHOICES = column(ColumnType.MULTI_SELECT, options={1: "Red", 2: "Blue"})
YES_NO = column(ColumnType.BOOLEAN, options={0: "No", 1: "Yes"})
LOOKUP = column(ColumnType.LOOKUP)


@pytest.mark.parametrize(
    ("kind", "old", "new", "current", "texts"),
    [
        # The event is older than the record.
        (MONEY, value(30257.25, "$30,257.25"), value(41000.5), value(7.0, "$7.00"), ("$30,257.25", "$41,000.50")),
        (MONEY, value(30257.25), value(41000.5), value(7.0, "$7.00"), ("$30,257.25", "$41,000.50")),
        (MONEY, value(30257.25, "$30,257.25"), value(-5), UNKNOWN, ("$30,257.25", "-$5.00")),
        # A text that an earlier card made itself.
        (MONEY, value(30257.25, "30,257.25"), value(41000.5), value(9, "€9.00"), ("€30,257.25", "€41,000.50")),
        # The record's currency changed: the old amount keeps its own.
        (MONEY, value(5.0, "$5.00"), value(6.0, None), value(6.0, "6.00 €"), ("$5.00", "6.00 €")),
        (MONEY, value(30257.25), value(41000.5), UNKNOWN, ("30,257.25", "41,000.50")),
        (MONEY, value(30257.25, "see contract"), value(41000.5), None, ("30,257.25", "41,000.50")),
        (MONEY, value(1.0, "CHF 1.00"), value(None), value(None), ("CHF 1.00", "")),
        (MONEY, None, value(2.5), value(7.0, "7.00 kr"), (None, "2.50 kr")),
        (DECIMAL, value(1234.5, "1.234,500"), value(0.25), value(2.0, "2,000"), ("1.234,500", "0,250")),
        (DECIMAL, value(-3.5), value(1000000), value(2.0, "2,000"), ("-3,500", "1.000.000,000")),
        (
            MOMENT,
            value("2026-11-21T10:30:00Z", "11/21/2026 5:30 AM"),
            value("2026-11-22T17:05:00Z"),
            value("2026-01-01T00:00:00Z", "12/31/2025 7:00 PM"),
            ("11/21/2026 5:30 AM", "11/22/2026 12:05 PM"),
        ),
        # Dataverse's own format is another one: both in ours.
        (
            MOMENT,
            value("2026-11-21T10:30:00Z", "21 Nov 2026"),
            value("2026-11-22T17:05:00Z"),
            value("2026-01-01T00:00:00Z", "31 Dec 2025"),
            ("2026-11-21 10:30 UTC", "2026-11-22 17:05 UTC"),
        ),
        (LOCAL_DAY, value(DAY), value(NIGHT), value(NIGHT, "31.12.2026"), ("30.12.2026", "31.12.2026")),
        (LOCAL_DAY, value(DAY), value(NIGHT), None, ("2026-12-30", "2026-12-31")),
        (LOCAL_DAY, value("2026-12-30", "30.12.2026"), value(NIGHT), value(None), ("30.12.2026", "31.12.2026")),
        (PLAIN_DAY, value("2026-12-29"), value("2026-12-30T00:00:00Z"), None, ("2026-12-29", "2026-12-30")),
        (
            FIXED,
            value("2026-11-21T10:30:00Z"),
            value("2026-11-22T00:00:00Z"),
            value("2026-11-23T08:00:00Z", "23.11.2026 08:00"),
            ("21.11.2026 10:30", "22.11.2026 00:00"),
        ),
        (FIXED, value("2026-11-21T10:30:00Z"), value(DAY), None, ("2026-11-21 10:30", "2026-12-29 23:00")),
        (CHOICE, value(1, "High"), value(2), value(3, "Odd"), ("High", "Low")),
        (CHOICES, value((1, 2), "Red; Blue"), value((2,)), value((1,), "Red"), ("Red, Blue", "Blue")),
        (YES_NO, value(False, "No"), value(True), value(False, "No"), ("No", "Yes")),
        (LOOKUP, value("account:1", "Litware"), value("account:2", "Contoso"), UNKNOWN, ("Litware", "Contoso")),
        # A duration is a number whose text is another number.
        (column(ColumnType.INTEGER), value(90, "1.5 hours"), value(120), value(60, "1 hour"), ("90", "120")),
        (column(ColumnType.INTEGER), value(85, "(GMT) Dublin"), value(110), None, ("85", "110")),
        (column(ColumnType.INTEGER), value(1500, "1,500"), value(2), value(3, "3"), ("1,500", "2")),
    ],
)  # fmt: skip
def test_both_values_of_a_change_are_written_alike(
    kind: Column, old: ColumnValue | None, new: ColumnValue, current: ColumnValue | None, texts: tuple[str | None, str]
) -> None:
    assert change_texts(kind, old, new, current) == texts


@pytest.mark.parametrize(
    ("number", "text", "other", "expected"),
    [
        (1234567.5, "12,34,567.50 ₹", 7654321, "76,54,321.00 ₹"),
        (1234.5, "CHF 1’234.50", 98765.4, "CHF 98’765.40"),
        (1234.5, "1\u202f234,50 €", 98765.4, "98\u202f765,40 €"),
        (1000, "1.000", 20, "20"),
        (-8, "($8.00)", -9.5, "($9.50)"),
        (-8, "($8.00)", 9.5, "$9.50"),
        (5, "$5.00 US$1", 6, None),
        (5, "$6.00", 6, None),
        (5, "5" * 70, 6, None),
        (float("nan"), "5", 6, None),
        (1e300, "1E+300", 6, None),
    ],
)
def test_the_format_of_a_number_is_learned_only_from_a_text_that_is_this_number(
    number: float, text: str, other: float, expected: str | None
) -> None:
    learned = learn_number_format(number, text, (",", "."))
    assert (learned.format(other) if learned else None) == expected


@pytest.mark.parametrize(
    ("zone", "at", "local"),
    [
        (TimeZone(), "2026-12-29T23:00:00Z", "2026-12-29T23:00:00"),
        (BERLIN, "2026-12-29T23:00:00Z", "2026-12-30T00:00:00"),
        (BERLIN, "2026-03-29T00:59:59Z", "2026-03-29T01:59:59"),
        (BERLIN, "2026-03-29T01:00:00Z", "2026-03-29T03:00:00"),
        (BERLIN, "2026-10-25T00:59:00Z", "2026-10-25T02:59:00"),
        (BERLIN, "2026-10-25T01:00:00Z", "2026-10-25T02:00:00"),
        (BERLIN, "2026-06-30T22:00:00Z", "2026-07-01T00:00:00"),
        (SYDNEY, "2026-01-15T00:00:00Z", "2026-01-15T11:00:00"),
        (SYDNEY, "2026-07-15T00:00:00Z", "2026-07-15T10:00:00"),
        (TimeZone(bias=300), "2026-07-15T04:00:00Z", "2026-07-14T23:00:00"),
    ],
)
def test_local_time_follows_the_users_settings(zone: TimeZone, at: str, local: str) -> None:
    assert zone.local_time(datetime.fromisoformat(at).astimezone(UTC)).isoformat() == local


def test_a_day_counts_as_the_zone_shows_it() -> None:
    morning = "2026-12-30T08:00:00Z"
    assert canonical_value(LOCAL_DAY, DAY) == canonical_value(LOCAL_DAY, morning) == "2026-12-30"
    assert canonical_value(LOCAL_DAY, morning) != canonical_value(LOCAL_DAY, NIGHT)
    assert canonical_value(PLAIN_DAY, "2026-12-30") == canonical_value(PLAIN_DAY, "2026-12-30T00:00:00Z")
    assert format_value(FIXED, ColumnValue(raw="2026-11-21T10:30:00Z")) == "2026-11-21 10:30"
    first = column(ColumnType.DATE_TIME, formats=AMERICAN, date_only=True)
    assert canonical_value(first, "0001-01-01T00:00:00Z") == "0001-01-01"


@pytest.mark.parametrize("pattern", ["", "dddd", "d MMM yyyy", "yyyy'", "d" * 200])
def test_a_format_with_names_or_errors_is_not_used(pattern: str) -> None:
    assert UserFormats(date=pattern).format_date(datetime(2026, 1, 2)) in {None, ""}  # noqa: DTZ001 local time
