"""Contexts generated from the grammar of `RemoteExecutionContext`, intact and damaged: parsed, or rejected."""

from datetime import UTC, datetime
from typing import Any

import orjson
from hypothesis import event as note_outcome
from hypothesis import given
from hypothesis import strategies as st

from bot.dataverse.webhook_events import parse_event, parse_message
from bot.domain.errors import BadRequest
from bot.domain.key_fields import RecordEvent
from bot.domain.values import EnvironmentId
from tests.dataverse.samples import typed
from tests.tiers import examples

RECEIVED = datetime(2026, 11, 21, 10, 20, 31, tzinfo=UTC)
ZERO = "00000000-0000-0000-0000-000000000000"

many = examples(40)

guids = st.uuids().map(str)
names = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
texts = st.one_of(
    words,
    words.map(lambda text: f"<div><p>{text}</p><img src='data:image/png;base64,AAAA'></div>"),
    st.just("لا يعمل المضخة " * 300),
    st.integers(0, 4000).map(lambda length: "x" * length),
)
dates = st.one_of(
    st.tuples(
        st.integers(-62_135_596_800_000, 253_402_300_799_000), st.sampled_from(["", "+0000", "-0700", "+1345"])
    ).map(lambda parts: f"/Date({parts[0]}{parts[1]})/"),
    st.datetimes().map(lambda at: at.isoformat() + "Z"),
)
numbers = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
options = st.integers(-1, 900_000_000).map(lambda value: typed("OptionSetValue", Value=value))
references = st.builds(
    lambda row, table, name: typed(
        "EntityReference", Id=row, KeyAttributes=[], LogicalName=table, Name=name, RowVersion=None
    ),
    guids,
    names,
    st.none() | words,
)
told = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    texts,
    dates,
    guids,
    options,
    references,
    st.lists(options, max_size=4),
    numbers.map(lambda value: typed("Money", Value=value)),
    st.booleans().map(lambda value: typed("BooleanManagedProperty", Value=value, CanBeChanged=True)),
)
"""Values that a card can show."""


def bag(values: st.SearchStrategy[Any], max_size: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Build keys and values as the serializer writes them."""
    listed = st.dictionaries(names, values, max_size=max_size)
    return listed.map(lambda found: [{"key": key, "value": value} for key, value in found.items()])


def rows(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    def row(attributes: list[dict[str, Any]], row_id: str, table: str, *, with_type: bool) -> dict[str, Any]:
        bare = {"Attributes": attributes, "EntityState": None, "FormattedValues": [], "Id": row_id}
        bare |= {"KeyAttributes": [], "LogicalName": table, "RelatedEntities": [], "RowVersion": "5948260"}
        return typed("Entity", **bare) if with_type else bare

    return st.builds(row, bag(values, 6), guids, names, with_type=st.booleans())


parties = st.lists(rows(references), max_size=3)
untold = st.one_of(
    parties.filter(bool),
    parties.map(lambda inside: typed("EntityCollection", Entities=inside, EntityName="activityparty")),
    st.builds(
        lambda name, value: typed("AliasedValue", AttributeLogicalName=name, Value={"deep": value}), names, words
    ),
)
"""Values that no card can show."""

targets = rows(st.one_of(told, told, untold))
images = st.lists(rows(told), max_size=2).map(
    lambda found: [{"key": f"Image{number}", "value": row} for number, row in enumerate(found)]
)


def parameters(message: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Generate the parameters of a message."""
    shapes: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "Create": {"Target": targets},
        "Update": {"Target": targets, "ConcurrencyBehavior": st.just(0)},
        "Delete": {"Target": references},
        "Assign": {"Target": references, "Assignee": references},
        "SetState": {"EntityMoniker": references, "State": options, "Status": options},
        "SetStateDynamicEntity": {"EntityMoniker": references, "State": options, "Status": options},
        "Associate": {
            "Target": references,
            "Relationship": names.map(lambda name: typed("Relationship", SchemaName=name, PrimaryEntityRole=None)),
            "RelatedEntities": st.lists(references, max_size=3),
        },
    }
    whole = st.fixed_dictionaries(shapes[message]).map(
        lambda given: [{"key": key, "value": value} for key, value in given.items()]
    )
    return st.one_of(whole, whole, whole, st.just([]))


@st.composite
def contexts(draw: st.DrawFn, depth: int = 1) -> dict[str, Any]:
    """Generate a context in Dataverse's format; one that was too large lacks its collections."""
    message = draw(st.sampled_from(["Update"] * 4 + ["Create", "Delete", "Assign", "SetState", "Associate"]))
    size_exceeded = draw(st.integers(0, 9)) == 0
    parent = draw(st.none() | contexts(depth=0)) if depth else None
    return {
        "BusinessUnitId": draw(guids),
        "CorrelationId": draw(guids),
        "Depth": draw(st.integers(1, 8)),
        "InitiatingUserAgent": draw(st.none() | words),
        "InitiatingUserAzureActiveDirectoryObjectId": draw(guids | st.just(ZERO)),
        "InitiatingUserId": draw(guids | st.just(ZERO)),
        "UserId": draw(guids),
        "IsExecutingOffline": False,
        "IsInTransaction": draw(st.booleans()),
        "MessageName": message,
        "Mode": draw(st.integers(0, 1)),
        "OperationCreatedOn": draw(dates),
        "OperationId": draw(guids | st.just(ZERO)),
        "OrganizationId": draw(guids),
        "OrganizationName": draw(names),
        "OutputParameters": [],
        "OwningExtension": draw(references),
        "PrimaryEntityId": draw(guids.filter(lambda row: row != ZERO)),
        "PrimaryEntityName": draw(names),
        "RequestId": draw(st.none() | guids),
        "SecondaryEntityName": "none",
        "SharedVariables": draw(bag(st.booleans() | words, 2)),
        "Stage": 40,
        **({} if size_exceeded else {"InputParameters": draw(parameters(message)), "ParentContext": parent}),
        **({} if size_exceeded else {"PreEntityImages": draw(images), "PostEntityImages": draw(images)}),
    }


def copied(value: Any) -> Any:
    """Copy the value, so that examples share nothing."""
    return orjson.loads(orjson.dumps(value))


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every position in the value: a container, and the key or index."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [place for key in keys for place in [(value, key), *places(value[key])]]


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    words,
    st.just({}),
    st.just([]),
    st.just([[]]),
    st.just([{"key": []}]),
    st.just({"Value": {"Value": []}}),
    st.just("/Date(999999999999999)/"),
    st.just("0001-01-01T00:00:00+14:00"),
)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """Generate a context with missing values and values of another type."""
    context: dict[str, Any] = draw(contexts().map(copied))
    for _ in range(draw(st.integers(1, 4))):
        container, key = draw(st.sampled_from(places(context)))
        if draw(st.booleans()) and isinstance(container, dict):
            container.pop(key, None)
        elif isinstance(container, dict) or key < len(container):
            container[key] = draw(odd.map(copied))
    return context


def read(context: dict[str, Any], *, escaped: bool = False) -> tuple[str, RecordEvent]:
    content = orjson.dumps(context)
    content = content.replace(b"/", b"\\/") if escaped else content
    body = orjson.loads(content)
    message, _ = parse_message(body)
    environment = EnvironmentId("contoso.crm4.dynamics.com")
    return message, parse_event(body, content, environment=environment, received_at=RECEIVED)


def can_be_told(value: Any) -> bool:
    if isinstance(value, list):
        return all("Value" in each for each in value)
    if not isinstance(value, dict):
        return True
    return not isinstance(value["Value"], dict) if "Value" in value else value["__type"].startswith("EntityReference")


@many
@given(contexts(), st.booleans())
def test_every_context_of_the_grammar_is_read(context: dict[str, Any], escaped: bool) -> None:
    message, event = read(context, escaped=escaped)
    assert (event.record.table, event.record.row_id) == (context["PrimaryEntityName"], context["PrimaryEntityId"])
    assert (message, event.deleted) == (context["MessageName"], context["MessageName"] == "Delete")
    assert (event.changed_by is None) == (context["InitiatingUserId"] == ZERO)
    target = {each["key"]: each["value"] for each in context.get("InputParameters", ())}.get("Target", {})
    told_of = {each["key"] for each in target.get("Attributes", ()) if can_be_told(each["value"])}
    assert {change.column for change in event.changes} == (set() if event.deleted else told_of)
    assert event.stripped == (not target and not event.deleted)


@many
@given(damaged())
def test_a_damaged_context_is_read_or_refused_with_a_reason(context: dict[str, Any]) -> None:
    try:
        _, event = read(context)
    except BadRequest as refused:
        note_outcome(f"refused: {refused}")
        return
    assert event.key
    assert event.at.tzinfo
    assert event.record.row_id
