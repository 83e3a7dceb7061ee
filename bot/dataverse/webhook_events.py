"""Parse the events of Dataverse's webhook: the `RemoteExecutionContext` ("Use webhooks"). Pure."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.errors import BadRequest
from bot.domain.formatting import digest_if_long
from bot.domain.key_fields import ColumnChange, RecordEvent
from bot.domain.record_links import parse_guid
from bot.domain.tables import MODIFIED_ON, ColumnValue
from bot.domain.values import EnvironmentId, RecordRef, UserId

UPDATE = "Update"
DELETE = "Delete"

_EMPTY_ID = "00000000-0000-0000-0000-000000000000"
_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_TABLE = re.compile(r"[a-z_][a-z0-9_]{0,127}")
_MAX_CHOICES = 500
_EARLIEST = datetime(1753, 1, 1, tzinfo=UTC)
"""The earliest time that Dataverse stores."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_message(body: object) -> tuple[str, str]:
    """Return the message (`Update`, `Delete`, …) and the table; raise `BadRequest` for anything but an event."""
    named = (body.get("MessageName"), body.get("PrimaryEntityName")) if isinstance(body, dict) else (None, None)
    message, table = named
    if not isinstance(message, str) or not isinstance(table, str) or not _TABLE.fullmatch(table):
        raise BadRequest("The body is not a RemoteExecutionContext.", "Register the webhook with message format Json.")
    return message, table


def parse_organization(body: Mapping[str, Any]) -> str:
    """Return the ID of the organization; raise `BadRequest` if it is missing."""
    organization = parse_guid(str(body.get("OrganizationId") or ""))
    if organization is None:
        raise BadRequest("The event does not identify its organization (OrganizationId).")
    return organization


def parse_event(
    body: Mapping[str, Any], content: bytes, *, environment: EnvironmentId, received_at: datetime
) -> RecordEvent:
    """Parse an update or deletion; raise `BadRequest` if the row is missing.

    `content` is the raw body. Its digest identifies the event if the context has no operation ID.
    """
    message, table = parse_message(body)
    deleted = message == DELETE
    target = _mapping(body.get("InputParameters")).get("Target")
    row_id = parse_guid(_text(body.get("PrimaryEntityId")))
    if row_id is None or row_id == _EMPTY_ID:
        raise BadRequest("The event does not identify the changed row (PrimaryEntityId).")
    old = _pre_image(body.get("PreEntityImages"))
    attributes = {} if deleted else _attributes(target)
    return RecordEvent(
        key=_key(body, content, environment),
        record=RecordRef(environment=environment, table=table, row_id=row_id),
        at=_operation_time(body) or received_at,
        changed_by=_initiating_user(body),
        changes=tuple(ColumnChange(column=name, new=value, old=_old(old, name)) for name, value in attributes.items()),
        stripped=not deleted and not isinstance(target, dict),
        deleted=deleted,
        modified_at=_modified_at(attributes.get(MODIFIED_ON)),
    )


def _old(image: Mapping[str, ColumnValue] | None, column: str) -> ColumnValue | None:
    """Return the value in the pre-image, which omits empty columns; None if there is no pre-image."""
    return None if image is None else image.get(column, ColumnValue(raw=None))


def _key(body: Mapping[str, Any], content: bytes, environment: EnvironmentId) -> str:
    operation = parse_guid(_text(body.get("OperationId")))
    if operation is None or operation == _EMPTY_ID:
        return f"{environment} {hashlib.sha256(content).hexdigest()}"
    step = body.get("OwningExtension")
    step_id = _text(step.get("Id")) if isinstance(step, dict) else ""
    return f"{environment} {operation} {step_id.lower()[:40]}"


def _initiating_user(body: Mapping[str, Any]) -> UserId | None:
    user = parse_guid(_text(body.get("InitiatingUserId")))
    return UserId(user) if user and user != _EMPTY_ID else None


def _operation_time(body: Mapping[str, Any]) -> datetime | None:
    at = _parse_time(body.get("OperationCreatedOn"))
    return at if at and at >= _EARLIEST else None


def _parse_time(value: object) -> datetime | None:
    """Parse a time in either of Dataverse's two formats; the offset in the first does not change the time."""
    if not isinstance(value, str):
        return None
    try:
        epoch = _DATE.fullmatch(value)
        if epoch:
            return _EPOCH + timedelta(milliseconds=int(epoch.group(1)))
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _modified_at(value: ColumnValue | None) -> datetime | None:
    return _parse_time(value.raw) if value else None


def _text(value: object) -> str:
    """Return a text; empty for anything else. A nested value is not converted, because that can be too deep."""
    return value if isinstance(value, str) else ""


def _mapping(listed: object) -> Mapping[str, Any]:
    """Convert a list of keys and values to a mapping; ignore anything else."""
    pairs = listed if isinstance(listed, list) else []
    found = (pair for pair in pairs if isinstance(pair, dict) and isinstance(pair.get("key"), str))
    return {pair["key"]: pair.get("value") for pair in found}


def _pre_image(images: object) -> Mapping[str, ColumnValue] | None:
    found = [_attributes(image) for image in _mapping(images).values() if isinstance(image, dict)]
    return {name: value for image in found for name, value in image.items()} if found else None


def _attributes(row: object) -> Mapping[str, ColumnValue]:
    attributes = _mapping(row.get("Attributes")) if isinstance(row, dict) else {}
    values = {name: _convert(value) for name, value in attributes.items()}
    return {name: value for name, value in values.items() if value is not None}


def _convert(value: object) -> ColumnValue | None:
    """Convert a value; return None for a type that no card can show, such as a list of parties."""
    if isinstance(value, str):
        return _convert_text(value)
    if value is None or isinstance(value, bool | int | float):
        return ColumnValue(raw=value)
    if isinstance(value, list):
        numbers = [each.get("Value") for each in value if isinstance(each, dict)]
        chosen = tuple(sorted(number for number in numbers if isinstance(number, int)))
        return ColumnValue(raw=chosen) if len(chosen) == len(value) <= _MAX_CHOICES else None
    return _convert_typed(value) if isinstance(value, dict) else None


def _convert_typed(value: Mapping[str, Any]) -> ColumnValue | None:
    """Convert an option, an amount of money, a managed property (`Value`), or a reference to a row (`Id`)."""
    if "Value" in value:
        inner = value["Value"]
        return ColumnValue(raw=inner) if inner is None or isinstance(inner, bool | int | float) else None
    row_id, table, name = parse_guid(_text(value.get("Id"))), value.get("LogicalName"), value.get("Name")
    if row_id and isinstance(table, str) and _TABLE.fullmatch(table.lower()):
        return ColumnValue(raw=f"{table}:{row_id}".lower(), text=name if isinstance(name, str) and name else None)
    return None


def _convert_text(value: str) -> ColumnValue:
    """Convert a text, or a time in a text. HTML in it is not read, because most columns are never shown."""
    moment = _parse_time(value) if _DATE.fullmatch(value) else None
    if moment:
        return ColumnValue(raw=f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z")
    raw = digest_if_long(value)
    return ColumnValue(raw=raw, source=None if raw == value else value)
