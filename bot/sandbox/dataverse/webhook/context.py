"""The JSON that Dataverse posts to a webhook: `RemoteExecutionContext` ("Use webhooks")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.dataverse.odata.columns import parse_instant
from bot.sandbox.dataverse.schema.model import CHOICES, Column, Kind, Table
from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.writes.change import Event
from bot.sandbox.settings import ORGANIZATION_ID, ORGANIZATION_NAME
from bot.sandbox.values import NO_ID, Json, JsonObject, Ref, Row, Value

MAX_PAYLOAD_BYTES = 256 * 1024
"""Payload limit. A larger payload is sent without `OPTIONAL_PARTS`."""

OPTIONAL_PARTS = ("ParentContext", "InputParameters", "PreEntityImages", "PostEntityImages")

_CONTRACTS = "http://schemas.microsoft.com/xrm/2011/Contracts"
_PRE, _POST, _BOTH = 0, 1, 2
_MAIN_OPERATION, _POST_OPERATION = 30, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class StepExecution:
    """One execution of a step: the event, its caller and time, and the IDs to report."""

    event: Event
    caller: Caller
    at: datetime
    correlation_id: str
    operation_id: str
    step: Row
    images: tuple[Row, ...]


def execution_context(execution: StepExecution) -> JsonObject:
    """Build the context that the step sends, regardless of its size."""
    row, table = execution.event.row, execution.caller.schema[execution.event.row.table]
    main = _context(execution, table, _requested(table, execution.event), stage=_MAIN_OPERATION)
    return {
        **_context(execution, table, _target(table, execution.event), stage=_POST_OPERATION),
        "ParentContext": {**main, "ParentContext": None, "PreEntityImages": [], "PostEntityImages": []},
        "PreEntityImages": _images(execution, table, execution.event.before, _PRE),
        "PostEntityImages": [
            {"key": "AsynchronousStepPrimaryName", "value": _entity(table, row, (table.primary_name,))},
            *_images(execution, table, execution.event.after, _POST),
        ],
    }


def _context(execution: StepExecution, table: Table, target: Mapping[str, Value], *, stage: int) -> JsonObject:
    event = execution.event
    created = event.message == "Create" and stage == _POST_OPERATION
    return {
        "CorrelationId": execution.correlation_id,
        "Depth": 1,
        "InitiatingUserAgent": None,
        "InputParameters": [{"key": "Target", "value": _target_value(table, event, target)}],
        "IsExecutingOffline": False,
        "IsInTransaction": False,
        "IsOfflinePlayback": False,
        "IsolationMode": 1,
        "MessageName": event.message,
        "Mode": 1,
        "OperationCreatedOn": f"/Date({_milliseconds(execution.at)}+0000)/",
        "OperationId": execution.operation_id,
        "OrganizationId": ORGANIZATION_ID,
        "OrganizationName": ORGANIZATION_NAME,
        "OutputParameters": [{"key": "id", "value": event.row.id}] if created else [],
        "OwningExtension": _reference(execution.step.ref),
        "PrimaryEntityId": event.row.id,
        "PrimaryEntityName": table.name,
        "RequestId": None,
        "SecondaryEntityName": "none",
        "SharedVariables": [{"key": "IsAutoTransact", "value": True}],
        "Stage": stage,
        **_who(execution.caller.user),
    }


def _who(user: Row) -> JsonObject:
    unit, object_id = user.target("businessunitid"), user.text("azureactivedirectoryobjectid") or NO_ID
    return {
        "BusinessUnitId": unit.id if unit else NO_ID,
        "InitiatingUserAzureActiveDirectoryObjectId": object_id,
        "InitiatingUserId": user.id,
        "UserAzureActiveDirectoryObjectId": object_id,
        "UserId": user.id,
    }


def _requested(table: Table, event: Event) -> Mapping[str, Value]:
    return {**event.target, table.primary_id: event.row.id}


def _target(table: Table, event: Event) -> Mapping[str, Value]:
    """Return the columns of the request and those that the platform set with them."""
    touched = ("modifiedon", "modifiedby", "modifiedonbehalfby")
    added = {name: event.row.values.get(name) for name in touched if name in table.columns}
    return {**_requested(table, event), **added}


def _target_value(table: Table, event: Event, target: Mapping[str, Value]) -> Json:
    if event.message == "Delete":
        return _typed("EntityReference", _reference(event.row.ref))
    return _typed("Entity", _entity_of(table, event.row, target))


def _images(execution: StepExecution, table: Table, row: Row | None, kind: int) -> list[JsonObject]:
    """Return the step's registered images of the row, before or after the event."""
    images = (image for image in execution.images if image.number("imagetype") in {kind, _BOTH})
    return [
        {"key": image.text("entityalias"), "value": _entity(table, row, _names(image.text("attributes"), table))}
        for image in images
        if row
    ]


def _names(attributes: str, table: Table) -> Iterable[str]:
    return [name.strip() for name in attributes.split(",")] if attributes else list(table.columns)


def _entity(table: Table, row: Row, names: Iterable[str]) -> JsonObject:
    """Return the entity in an image, which omits empty columns."""
    values = {name: row.values.get(name) for name in (*names, table.primary_id)}
    return _entity_of(table, row, {name: value for name, value in values.items() if value is not None})


def _entity_of(table: Table, row: Row, values: Mapping[str, Value]) -> JsonObject:
    return {
        "Attributes": [
            {"key": name, "value": _attribute(table.columns[name], value)} for name, value in values.items()
        ],
        "EntityState": None,
        "FormattedValues": [],
        "Id": row.id,
        "KeyAttributes": [],
        "LogicalName": row.table,
        "RelatedEntities": [],
        "RowVersion": str(row.version),
    }


def _attribute(column: Column, value: Value) -> Json:
    if isinstance(value, Ref):
        return _typed("EntityReference", _reference(value))
    if isinstance(value, tuple):
        return [_typed("OptionSetValue", {"Value": number}) for number in value]
    if value is None or isinstance(value, bool):
        return value
    if column.kind in CHOICES:
        return _typed("OptionSetValue", {"Value": value})
    if column.kind is Kind.MONEY:
        return _typed("Money", {"Value": value})
    if column.kind is Kind.DATE_TIME:
        return f"/Date({_milliseconds(parse_instant(str(value)))})/"
    return value


def _reference(ref: Ref) -> JsonObject:
    return {"Id": ref.id, "KeyAttributes": [], "LogicalName": ref.table, "Name": None, "RowVersion": None}


def _typed(name: str, body: JsonObject) -> JsonObject:
    return {"__type": f"{name}:{_CONTRACTS}", **body}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
