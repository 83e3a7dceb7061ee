import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dataverse.webhook_events import parse_event, parse_message
from bot.domain.errors import BadRequest
from bot.domain.key_fields import ColumnChange, RecordEvent, shorten_change
from bot.domain.tables import ColumnValue, Raw
from bot.domain.values import EnvironmentId, RecordRef
from tests.dataverse.samples import ADELE, ROW, bag, context, row, typed

CONTOSO = EnvironmentId("contoso.crm4.dynamics.com")
RECEIVED = datetime(2026, 11, 21, 10, 20, 31, tzinfo=UTC)
OPTION = "OptionSetValue"


def event(body: dict[str, Any]) -> RecordEvent:
    return parse_event(body, json.dumps(body).encode(), environment=CONTOSO, received_at=RECEIVED)


def new_value(value: object) -> ColumnValue:
    (change,) = event(context({"a": value})).changes
    return change.new


def test_an_update_says_what_changed_when_and_by_whom() -> None:
    told = event(context({"prioritycode": typed(OPTION, Value=1)}, {"prioritycode": typed(OPTION, Value=2)}))
    assert told.record == RecordRef(environment=CONTOSO, table="incident", row_id=ROW)
    assert told.at == datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
    assert told.changed_by == ADELE
    assert told.changes == (ColumnChange(column="prioritycode", new=ColumnValue(raw=1), old=ColumnValue(raw=2)),)
    assert not told.stripped


@pytest.mark.parametrize(
    ("value", "raw", "text"),
    [
        (None, None, None),
        ("plain", "plain", None),
        (True, True, None),
        (7, 7, None),
        (1.5, 1.5, None),
        (typed(OPTION, Value=3), 3, None),
        (typed("Money", Value=12.5), 12.5, None),
        (typed("BooleanManagedProperty", Value=True), True, None),
        ([typed(OPTION, Value=2), typed(OPTION, Value=1)], (1, 2), None),
        ([], (), None),
        (typed("EntityReference", Id=ROW.upper(), LogicalName="systemuser", Name=None), f"systemuser:{ROW}", None),
        (typed("EntityReference", Id=ROW, LogicalName="account", Name="Fabrikam"), f"account:{ROW}", "Fabrikam"),
        ("/Date(1735689600000)/", "2025-01-01T00:00:00Z", None),
        ("/Date(1735689600000+0000)/", "2025-01-01T00:00:00Z", None),
        ("/Date(1735689600000-0700)/", "2025-01-01T00:00:00Z", None),
        ("/Date(-1000)/", "1969-12-31T23:59:59Z", None),
        ("/Date(-62135596800000)/", "0001-01-01T00:00:00Z", None),
        ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z", None),
        ("<p>It is <b>loud</b></p><img src='data:x'>", "<p>It is <b>loud</b></p><img src='data:x'>", None),
    ],
)
def test_every_type_of_value_is_understood(value: object, raw: Raw, text: str | None) -> None:
    assert new_value(value) == ColumnValue(raw=raw, text=text)


@pytest.mark.parametrize(
    "value",
    [
        [typed("Entity", Attributes=[])],
        typed("EntityCollection", Entities=[]),
        typed("EntityReference", Id="nobody", LogicalName="account"),
        typed("AliasedValue", Value={"deep": 1}),
        {},
    ],
)
def test_a_value_that_no_card_can_tell_is_left_out(value: object) -> None:
    assert event(context({"a": value})).changes == ()


@pytest.mark.parametrize(("start", "longest"), [("lorem ipsum ", 1_000), ("<p>lorem ipsum ", 40_000)])
def test_of_a_long_text_a_digest_and_its_beginning_are_kept(start: str, longest: int) -> None:
    (change,) = event(context({"a": start + "lorem ipsum " * 10_000}, {"a": "short"})).changes
    kept = shorten_change(change)
    assert str(kept.new.raw).startswith("sha256:")
    assert kept.new.source
    assert kept.new.source.startswith(start)
    assert len(kept.new.source) == longest
    assert kept.old == change.old == ColumnValue(raw="short")


def test_a_deeply_nested_value_in_place_of_a_name_is_taken_as_unknown() -> None:
    deep: Any = []
    for _ in range(1_000):
        deep = [deep]
    body = context({"a": 1}, InitiatingUserId=deep, OperationId=deep, OwningExtension={"Id": deep})
    body["InputParameters"][0]["value"]["Attributes"].append({"key": deep, "value": deep})
    told = parse_event(body, b"", environment=CONTOSO, received_at=RECEIVED)
    assert [change.column for change in told.changes] == ["a"]
    assert told.changed_by is None


def test_without_an_image_the_old_value_is_not_known_and_with_one_a_missing_column_was_empty() -> None:
    (without,) = event(context({"a": 1})).changes
    (empty,) = event(context({"a": 1}, {"b": 2})).changes
    assert without.old is None
    assert empty.old == ColumnValue(raw=None)


def test_slashes_may_be_escaped() -> None:
    text = json.dumps(context({"a": "/Date(1735689600000)/"})).replace("/", "\\/")
    told = parse_event(json.loads(text), text.encode(), environment=CONTOSO, received_at=RECEIVED)
    assert told.changes[0].new.raw == "2025-01-01T00:00:00Z"


@pytest.mark.parametrize("parameters", [None, [], {}, bag(Other=1), bag(Target=None)])
def test_a_payload_stripped_for_size_says_so(parameters: object) -> None:
    told = event(context({}, InputParameters=parameters, PreEntityImages=None, PostEntityImages=None))
    assert told.stripped
    assert told.changes == ()


def test_one_event_has_one_key_however_often_it_comes() -> None:
    again = context({"a": 2}, Depth=2)
    assert event(context({"a": 1})).key == event(again).key


@pytest.mark.parametrize(
    "changes",
    [
        {"OperationId": "0b000000-0000-0000-0000-000000000002"},
        {"OwningExtension": {"Id": "57e90000-0000-0000-0000-000000000001"}},
    ],
)
def test_another_operation_or_step_is_another_event(changes: dict[str, Any]) -> None:
    assert event(context({"a": 1})).key != event(context({"a": 1}, **changes)).key


@pytest.mark.parametrize("operation", [None, "", "00000000-0000-0000-0000-000000000000", 5, "x"])
def test_without_an_operation_id_the_body_itself_is_the_key(operation: object) -> None:
    one, same, other = (context({"a": value}, OperationId=operation) for value in (1, 1, 2))
    assert event(one).key == event(same).key != event(other).key


def test_application_callers_and_odd_times_are_taken_as_unknown() -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    told = event(context({}, InitiatingUserId=nobody, OperationCreatedOn="/Date(99999999999999999)/"))
    assert told.changed_by is None
    assert told.at == RECEIVED
    iso = event(context({}, OperationCreatedOn="2025-01-01T01:00:00+01:00"))
    assert iso.at == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [{}, [], None, {"MessageName": "Update"}, {"MessageName": 1, "PrimaryEntityName": "incident"}]
    + [{"MessageName": "Update", "PrimaryEntityName": name} for name in ("", "../x", "In cident", None)],
)
def test_what_is_no_event_is_refused_with_a_reason(body: object) -> None:
    with pytest.raises(BadRequest, match="RemoteExecutionContext"):
        parse_message(body)


@pytest.mark.parametrize("row_id", [None, "", 7, "x", "00000000-0000-0000-0000-000000000000"])
def test_an_event_that_names_no_row_is_refused(row_id: object) -> None:
    with pytest.raises(BadRequest, match="PrimaryEntityId"):
        event(context({}, PrimaryEntityId=row_id))


def test_other_messages_are_named() -> None:
    assert parse_message(context({}, MessageName="Delete")) == ("Delete", "incident")


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
keys = st.sampled_from([*context({}), "Unknown"])


@given(changes=st.dictionaries(keys, values, max_size=4), attributes=st.dictionaries(st.text(max_size=8), values))
def test_any_context_is_read_or_rejected(changes: dict[str, Any], attributes: dict[str, Any]) -> None:
    body = {**context({}), "InputParameters": bag(Target=row(bag(**attributes))), **changes}
    with suppress(BadRequest):
        assert event(body).record.row_id
