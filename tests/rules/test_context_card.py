from dataclasses import replace

import pytest

from bot.domain.note_fields import UNSUPPORTED_TYPES, note_columns, note_facts, skipped_fields
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
    first_five = view("a", "b", "c", "d", "e", "f")
    assert [column.name for column in note_columns(first_five, case)] == ["a", "c", "d", "e"]
    (skipped,) = skipped_fields(first_five, case)
    assert skipped.label == "B"
    assert skipped.reason.endswith("not supported")


def test_columns_that_the_table_does_not_have_are_skipped() -> None:
    case = table(text_column("a"), text_column("b"))
    first = view("a", "gone", "contact.fullname", "b", "a", "sixth")
    assert [column.name for column in note_columns(first, case)] == ["a", "b", "a"]
    assert [field.label for field in skipped_fields(first, case)] == ["gone", "contact.fullname"]


def test_each_of_the_first_five_columns_is_shown_or_named_as_skipped() -> None:
    for leave_out in (False, True):
        columns = [replace(text_column(name), secured=name in "bd") for name in "abcd"]
        first, case = view("d", "b", "gone", "a", "c", "x"), table(*columns, text_column("e", ColumnType.FILE))
        shown = note_columns(first, case, leave_out_secured=leave_out)
        skipped = skipped_fields(first, case, leave_out_secured=leave_out)
        assert len(shown) + len(skipped) == 5
        assert {"D", "B"} <= {field.label for field in skipped} if leave_out else len(skipped) == 1


def test_a_view_without_supported_columns_has_no_facts() -> None:
    assert note_columns(view("gone"), table()) == ()


def test_each_fact_has_the_label_and_the_formatted_value() -> None:
    columns = (text_column("title"), text_column("amount", ColumnType.MONEY), text_column("empty"))
    row = Row(id="1", values={"title": ColumnValue(raw="Pump"), "amount": ColumnValue(raw=12.5, text="€12.50")})
    assert note_facts(columns, row) == (("Title", "Pump"), ("Amount", "€12.50"), ("Empty", ""))
