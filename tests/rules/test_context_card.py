import pytest

from bot.domain.note_fields import UNSUPPORTED_TYPES, note_columns, note_facts
from bot.domain.tables import Column, ColumnType, ColumnValue, Row, Table, View


def table(*columns: Column) -> Table:
    return Table(
        name="incident",
        label="Case",
        set_name="incidents",
        primary_id="incidentid",
        primary_name="title",
        columns={column.name: column for column in columns},
    )


def text_column(name: str, kind: ColumnType = ColumnType.STRING) -> Column:
    return Column(name=name, label=name.title(), type=kind)


def view(*names: str) -> View:
    return View(id="1", name="Case introduction message", columns=names)


def test_the_first_five_columns_of_the_view_are_shown_in_its_order() -> None:
    case = table(*(text_column(name) for name in "abcdefg"))
    shown = note_columns(view("g", "a", "c", "b", "f", "d", "e"), case)
    assert [column.name for column in shown] == ["g", "a", "c", "b", "f"]


@pytest.mark.parametrize("kind", sorted(UNSUPPORTED_TYPES))
def test_an_unsupported_column_is_skipped_and_not_replaced(kind: ColumnType) -> None:
    case = table(text_column("b", kind), *(text_column(name) for name in "acdefg"))
    shown = note_columns(view("a", "b", "c", "d", "e", "f"), case)
    assert [column.name for column in shown] == ["a", "c", "d", "e"]


def test_columns_that_the_table_does_not_have_are_skipped() -> None:
    shown = note_columns(view("a", "gone", "contact.fullname", "b"), table(text_column("a"), text_column("b")))
    assert [column.name for column in shown] == ["a", "b"]


def test_a_view_without_supported_columns_has_no_facts() -> None:
    assert note_columns(view("gone"), table()) == ()


def test_each_fact_has_the_label_and_the_formatted_value() -> None:
    columns = (text_column("title"), text_column("amount", ColumnType.MONEY), text_column("empty"))
    row = Row(id="1", values={"title": ColumnValue(raw="Pump"), "amount": ColumnValue(raw=12.5, text="€12.50")})
    assert note_facts(columns, row) == (("Title", "Pump"), ("Amount", "€12.50"), ("Empty", ""))
