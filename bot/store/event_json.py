"""Events as the inbox keeps them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.key_fields import ColumnChange, RecordEvent, ReportedValue
from bot.domain.tables import ColumnValue, Raw
from bot.domain.values import EnvironmentId, RecordRef, UserId


def record_lane(record: RecordRef) -> str:
    """The name of the record's lane in the inbox."""
    return json.dumps([record.environment, record.table, record.row_id])


def event_to_json(event: RecordEvent) -> Mapping[str, Any]:
    """The event as JSON; `event_from_json` gives it back."""
    return {
        "key": event.key,
        "record": [event.record.environment, event.record.table, event.record.row_id],
        "at": event.at.isoformat(),
        "changed_by": event.changed_by,
        "stripped": event.stripped,
        "deleted": event.deleted,
        "changes": [
            {"column": change.column, "new": _value_to_json(change.new), "old": _value_to_json(change.old)}
            for change in event.changes
        ],
    }


def event_from_json(body: Mapping[str, Any]) -> RecordEvent:
    """The event that `event_to_json` wrote."""
    environment, table, row_id = body["record"]
    return RecordEvent(
        key=body["key"],
        record=RecordRef(environment=EnvironmentId(environment), table=table, row_id=row_id),
        at=datetime.fromisoformat(body["at"]),
        changed_by=UserId(body["changed_by"]) if body["changed_by"] else None,
        stripped=body["stripped"],
        deleted=body["deleted"],
        changes=tuple(_change(change) for change in body["changes"]),
    )


def reported_value_to_json(value: ReportedValue | None) -> Mapping[str, Any] | None:
    """A value that a chat was told of, as JSON; `reported_value_from_json` gives it back."""
    return None if value is None else {"raw": value.raw, "text": value.text, "at": value.at.isoformat()}


def reported_value_from_json(value: Mapping[str, Any] | None) -> ReportedValue | None:
    """The value that `reported_value_to_json` wrote."""
    if value is None:
        return None
    return ReportedValue(raw=raw_from_json(value["raw"]), text=value["text"], at=datetime.fromisoformat(value["at"]))


def raw_from_json(value: Any) -> Raw:
    """A raw value as JSON gives it back: a list was a tuple of numbers."""
    raw: Raw = tuple(value) if isinstance(value, list) else value
    return raw


def _change(change: Mapping[str, Any]) -> ColumnChange:
    new = _value_from_json(change["new"])
    return ColumnChange(column=change["column"], new=new or ColumnValue(raw=None), old=_value_from_json(change["old"]))


def _value_to_json(value: ColumnValue | None) -> Mapping[str, Any] | None:
    return None if value is None else {"raw": value.raw, "text": value.text}


def _value_from_json(value: Mapping[str, Any] | None) -> ColumnValue | None:
    return None if value is None else ColumnValue(raw=raw_from_json(value["raw"]), text=value["text"])
