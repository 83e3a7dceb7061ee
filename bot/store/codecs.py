"""Codecs between domain values and JSON columns.

Stored JSON is a contract: databases contain rows of earlier versions, and two versions may share a database during an
update. `tests/contract/test_dumps.py` reads such rows. If you rename a field, map it to its stored name here.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from bot.domain.chat_sync import ActivityRow
from bot.domain.jobs import Job
from bot.domain.key_fields import RecordEvent, ReportedValue
from bot.domain.new_chat import ChatRequest
from bot.domain.notifications.decide import Authors
from bot.domain.notifications.history import DecidedColumn
from bot.domain.notifications.rules import ChatRules, ConnectionRules
from bot.domain.outgoing_messages import Subject
from bot.domain.posted_cards import CardKind, CatchUpContent, Content, LiveContent, SummaryContent
from bot.domain.record_types import RecordType
from bot.domain.reported_change import ReportedButton, ReportedColumn
from bot.domain.settings_history import SavedSettings
from bot.domain.tables import Raw
from bot.domain.values import ConnectionId

T = TypeVar("T")

_RECORD = ("environment", "table", "row_id")
"""The order of a record's fields: records are stored as arrays."""


class Codec(Generic[T]):
    """Encodes values of one type as JSON and decodes them.

    `names` maps fields to stored names. `leave_out` lists fields that this column does not store.
    """

    def __init__(
        self, kind: Any, *, names: Mapping[str, str] | None = None, leave_out: frozenset[str] = frozenset()
    ) -> None:
        self._kind = kind
        self._stored_names = dict(names or {})
        self._fields = {stored: field for field, stored in self._stored_names.items()}
        self._leave_out = set(leave_out) or None

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        # Build on first use: most starts need few of them at once.
        return TypeAdapter(self._kind)

    def encode(self, value: T) -> Any:
        """Return the value as JSON types."""
        encoded = self._adapter.dump_python(value, mode="json", exclude=self._leave_out)
        if not isinstance(encoded, dict):
            return encoded
        if encoded.get("record"):
            encoded["record"] = [encoded["record"][name] for name in _RECORD]
        return _renamed(encoded, self._stored_names)

    def decode(self, stored: Any, **others: object) -> T:
        """Return the value from stored JSON or from a row. Pass fields from other columns as keywords."""
        if not isinstance(stored, Mapping):
            return self._adapter.validate_python(stored)
        fields = {**_renamed(stored, self._fields), **others}
        if isinstance(fields.get("record"), list):
            fields["record"] = dict(zip(_RECORD, fields["record"], strict=True))
        return self._adapter.validate_python(fields)


class _EventCodec(Codec[RecordEvent]):
    """Leaves out the sources of values that have none, which are most."""

    def encode(self, value: RecordEvent) -> Any:
        """Return the event as JSON types."""
        encoded = super().encode(value)
        for part in (change[each] for change in encoded["changes"] for each in ("new", "old")):
            if part and part["source"] is None:
                del part["source"]
        return encoded


class _ChatRequestCodec(Codec[ChatRequest]):
    """Leaves out what only requests for channels have."""

    def encode(self, value: ChatRequest) -> Any:
        """Return the request as JSON types."""
        encoded = super().encode(value)
        if encoded["team"] is None:
            del encoded["team"]
        return encoded


class _JobCodec(Codec[Job]):
    """Leaves out what few jobs have: a text, or earlier attempts."""

    def encode(self, value: Job) -> Any:
        """Return the job as JSON types."""
        return {name: part for name, part in super().encode(value).items() if part}


class _SubjectsCodec(Codec[tuple[Subject, ...]]):
    """Leaves out what only cards about changed key fields have."""

    def encode(self, value: tuple[Subject, ...]) -> Any:
        """Return the subjects as JSON types."""
        optional = ("columns", "shows_values", "shows_secured")
        encoded = super().encode(value)
        return [{name: part for name, part in each.items() if part or name not in optional} for each in encoded]


def raw_from_json(stored: Any) -> Raw:
    """Return a raw value: JSON has no tuples. A codec would be forty times slower, and this runs for each cell."""
    raw: Raw = tuple(stored) if isinstance(stored, list) else stored
    return raw


def _renamed(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in values.items()}


EVENT: Codec[RecordEvent] = _EventCodec(RecordEvent)
REPORTED_VALUE: Codec[ReportedValue | None] = Codec(ReportedValue | None)
JOB: Codec[Job] = _JobCodec(Job, names={"kind": "job", "chat_id": "chat"})
ACTIVITY_ROW: Codec[ActivityRow | None] = Codec(
    # The text of the row stays in Dataverse (spec S6).
    ActivityRow | None,
    leave_out=frozenset({"subject", "regarding", "description"}),
)
CHAT_REQUEST: Codec[ChatRequest] = _ChatRequestCodec(ChatRequest, leave_out=frozenset({"person"}))
COLUMNS: Codec[tuple[ReportedColumn, ...]] = Codec(tuple[ReportedColumn, ...])
BUTTONS: Codec[tuple[ReportedButton, ...]] = Codec(tuple[ReportedButton, ...])
SUBJECTS: Codec[tuple[Subject, ...]] = _SubjectsCodec(tuple[Subject, ...])
RECORD_TYPE: Codec[RecordType] = Codec(RecordType)
SAVED_SETTINGS: Codec[SavedSettings] = Codec(SavedSettings)
CHAT_RULES: Codec[ChatRules] = Codec(ChatRules)
CONNECTION_RULES: Codec[ConnectionRules] = Codec(ConnectionRules)
AUTHORS: Codec[Authors] = Codec(Authors)
DECIDED_COLUMNS: Codec[tuple[DecidedColumn, ...]] = Codec(tuple[DecidedColumn, ...])
CARD_CONTENTS: Mapping[CardKind, Codec[Content]] = {
    CardKind.LIVE: Codec(LiveContent),
    CardKind.SUMMARY: Codec(SummaryContent),
    CardKind.CATCH_UP: Codec(CatchUpContent),
}

Reported = dict[tuple[ConnectionId, str], ReportedValue | None]
"""Reported values by connection and column; None for a value that is not known."""


def encode_reported(values: Mapping[tuple[ConnectionId, str], ReportedValue | None]) -> list[list[object]]:
    """Return reported values by connection and column as JSON."""
    return [[*key, REPORTED_VALUE.encode(value)] for key, value in values.items()]


def decode_reported(stored: Sequence[tuple[int, str, object]]) -> Reported:
    """Return reported values from JSON."""
    return {(ConnectionId(each), column): REPORTED_VALUE.decode(value) for each, column, value in stored}
