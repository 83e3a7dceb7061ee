import pytest

from bot.domain.record_actions import CardAction
from bot.domain.record_types import (
    MAX_KEY_FIELDS,
    RecordType,
    key_field_columns,
    key_field_problem,
    standard_record_types,
    updates_problem,
)
from bot.domain.tables import ColumnType
from tests.steps.record_type_rules import column, table


def test_the_standard_tables_are_ready_with_the_defaults_of_the_source_pages() -> None:
    types = {each.table: each for each in standard_record_types()}
    assert set(types) == {"incident", "account", "contact", "knowledgearticle", "email", "msdyn_ocliveworkitem"}
    case = types.pop("incident")
    assert case == RecordType(
        table="incident",
        join=True,
        notify=True,
        key_fields=("prioritycode", "statecode", "statuscode"),
        card_acts=(CardAction.ASSIGN,),
    )
    for record_type in types.values():
        assert record_type == RecordType(table=record_type.table)
    assert RecordType(table="x").note
    assert not RecordType(table="x").join
    assert not RecordType(table="x").auto_name
    assert not RecordType(table="x").owner_can_disconnect
    assert not RecordType(table="x").connector_can_disconnect


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (ColumnType.PARTY_LIST, "lists of people"),
        (ColumnType.IMAGE, "images"),
        (ColumnType.INTEGER, "whole numbers"),
        (ColumnType.FILE, "files"),
    ],
)
def test_unsupported_key_fields_have_a_reason(kind: ColumnType, words: str) -> None:
    assert words in (key_field_problem(column("a", kind)) or "")


def test_every_other_kind_of_column_can_be_a_key_field() -> None:
    refused = {ColumnType.PARTY_LIST, ColumnType.IMAGE, ColumnType.INTEGER, ColumnType.FILE}
    assert [kind for kind in ColumnType if kind not in refused and key_field_problem(column("a", kind))] == []


def test_virtual_tables_and_tables_without_update_message_have_no_key_updates() -> None:
    watched = RecordType(table="x", notify=True, key_fields=("a",))
    assert key_field_columns(watched, table(column("a"))) == (column("a"),)
    for silent in (table(column("a"), is_virtual=True), table(column("a"), sends_updates=False)):
        assert updates_problem(silent)
        assert key_field_columns(watched, silent) == ()


def test_only_existing_and_supported_key_fields_are_reported() -> None:
    columns = [column("a"), column("n", ColumnType.INTEGER), *(column(f"c{i}") for i in range(6))]
    names = ("gone", "n", "a", *(f"c{i}" for i in range(6)))
    chosen = key_field_columns(RecordType(table="x", notify=True, key_fields=names), table(*columns))
    assert [each.name for each in chosen] == ["a", "c0", "c1", "c2", "c3"]
    assert len(chosen) == MAX_KEY_FIELDS
    assert key_field_columns(RecordType(table="x", notify=False, key_fields=names), table(*columns)) == ()
