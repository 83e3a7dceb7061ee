"""Samples of changes for the rules about key fields."""

from datetime import UTC, datetime, timedelta

from bot.domain.key_fields import ColumnChange, RecordEvent
from bot.domain.tables import ColumnValue, Raw
from bot.domain.values import EnvironmentId, RecordRef, UserId

CASE = RecordRef(environment=EnvironmentId("contoso"), table="incident", row_id="1")


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


UNKNOWN = object()


def event(
    new: Raw, old: object = UNKNOWN, *, s: float = 0, by: str = "adele", column: str = "prioritycode"
) -> RecordEvent:
    pre_image = None if old is UNKNOWN else ColumnValue(raw=old)  # type: ignore[arg-type]
    change = ColumnChange(column=column, new=ColumnValue(raw=new), old=pre_image)
    at = NOON + timedelta(seconds=s)
    return RecordEvent(key=f"{s}{new}", record=CASE, at=at, changed_by=UserId(by), changes=(change,))
