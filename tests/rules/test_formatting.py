import pytest

from bot.domain.formatting import (
    MAX_READ_LENGTH,
    UNNAMED,
    canonical_instant,
    canonical_value,
    digest_if_long,
    format_value,
    shorten_source,
)
from bot.domain.tables import Column, ColumnType, ColumnValue, Raw


def column(kind: ColumnType, **more: object) -> Column:
    return Column(name="a", label="A", type=kind, **more)  # type: ignore[arg-type]


CHOICE = column(ColumnType.PICKLIST, options={1: "High"})


@pytest.mark.parametrize(
    ("kind", "raw", "text"),
    [
        (CHOICE, 1, "High"),
        (CHOICE, 7, "7"),
        (column(ColumnType.STATE, options={0: "Active"}), 0, "Active"),
        (column(ColumnType.BOOLEAN, options={0: "No", 1: "Ja"}), True, "Ja"),
        (column(ColumnType.BOOLEAN), False, "No"),
        (column(ColumnType.MULTI_SELECT, options={1: "Red", 2: "Blue"}), (1, 2), "Red, Blue"),
        (column(ColumnType.MONEY, precision=2), 1234.5, "1,234.50"),
        (column(ColumnType.DECIMAL, precision=3), 0.5, "0.500"),
        (column(ColumnType.DOUBLE), 3.0, "3.00"),
        (column(ColumnType.DATE_TIME), "2026-11-21T10:20:30Z", "2026-11-21 10:20 UTC"),
        (column(ColumnType.DATE_TIME, date_only=True), "2026-11-21T00:00:00Z", "2026-11-21"),
        (column(ColumnType.LOOKUP), "account:1", UNNAMED),
        (column(ColumnType.STRING), "<b>x</b>", "<b>x</b>"),
        (column(ColumnType.INTEGER), 5, "5"),
        (column(ColumnType.STRING), "", ""),
        (column(ColumnType.MULTI_SELECT), (), ""),
        (CHOICE, None, ""),
    ],
)
def test_a_value_without_dataverses_text_is_formatted_by_its_type(kind: Column, raw: Raw, text: str) -> None:
    assert format_value(kind, ColumnValue(raw=raw)) == text


def test_dataverses_own_text_comes_first() -> None:
    assert format_value(column(ColumnType.MONEY), ColumnValue(raw=1.0, text="€1.00")) == "€1.00"
    assert format_value(column(ColumnType.MULTI_SELECT), ColumnValue(raw=(1, 2), text="Red; Blue")) == "Red, Blue"
    assert format_value(column(ColumnType.MEMO), ColumnValue(raw="<p>x</p>", text="y")) == "y"


def test_a_line_of_text_is_shown_unchanged_even_if_it_looks_like_html() -> None:
    assert format_value(column(ColumnType.STRING), ColumnValue(raw="<b>x</b>", text="x")) == "<b>x</b>"


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (column(ColumnType.DATE_TIME), "2026-11-21T10:20:30Z", "2026-11-21T11:20:30.123+01:00"),
        (column(ColumnType.DATE_TIME, date_only=True), "2026-11-21", "2026-11-21T00:00:00Z"),
        (column(ColumnType.MONEY), 12, 12.0),
        (column(ColumnType.STRING), "", None),
        (column(ColumnType.MULTI_SELECT), (), None),
        (column(ColumnType.MEMO), "x" * 5000, digest_if_long("x" * 5000)),
        (column(ColumnType.MEMO), "x" * 5000, "\ufeff" + "x" * 2500 + "\u200b" + "x" * 2500),
        (column(ColumnType.STRING), "Pump", "P\u00adump\u200b"),
        (column(ColumnType.STRING), None, "\u200b"),
    ],
)
def test_a_value_has_one_form_for_every_source(kind: Column, one: Raw, other: Raw) -> None:
    assert canonical_value(kind, one) == canonical_value(kind, other)


def test_different_values_stay_different() -> None:
    text = column(ColumnType.STRING)
    assert canonical_value(text, "👩\u200d👧") != canonical_value(text, "👩👧")
    assert canonical_value(text, "م\u200cن") != canonical_value(text, "من")
    assert canonical_value(CHOICE, 1) != canonical_value(CHOICE, 2)
    assert canonical_value(column(ColumnType.MEMO), "x" * 5000) != canonical_value(column(ColumnType.MEMO), "x" * 5001)
    assert canonical_value(column(ColumnType.BOOLEAN), False) is not None


def test_an_instant_is_utc_in_whole_seconds() -> None:
    assert canonical_instant("2026-11-21T10:20:30.999+02:00") == "2026-11-21T08:20:30Z"
    assert canonical_instant("2026-11-21T10:20:30") == "2026-11-21T10:20:30Z"
    assert canonical_instant("2026-11-21") == "2026-11-21"
    assert canonical_instant("yesterday") is None
    assert canonical_instant("0001-01-01T00:00:00Z") == "0001-01-01T00:00:00Z"
    assert canonical_instant("0001-01-01T00:00:00+14:00") is None


@pytest.mark.parametrize("kind", [column(ColumnType.MEMO), column(ColumnType.STRING, rich_text=True)])
def test_html_is_read_when_it_is_shown(kind: Column) -> None:
    rich = "<table><tr><td>Price</td><td>40</td></tr></table>"
    assert format_value(kind, ColumnValue(raw=rich)) == "Price 40"
    long = ColumnValue(raw=digest_if_long(rich + "x" * 300), source=rich)
    assert format_value(kind, long) == "Price 40"
    assert len(format_value(kind, ColumnValue(raw="<p>" + "word " * 10_000))) == MAX_READ_LENGTH


def test_a_long_text_without_html_is_shown_as_it_was_written() -> None:
    value = shorten_source(ColumnValue(raw=digest_if_long("1 < 2 " * 500), source="1 < 2 " * 500))
    for kind in (ColumnType.MEMO, ColumnType.STRING):
        assert format_value(column(kind), value) == ("1 < 2 " * 500)[:1_000]
