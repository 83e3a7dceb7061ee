"""The introduction note of a record, and previews of it (spec N1-N4)."""

from datetime import datetime

from bot.domain.note_fields import note_columns, note_facts
from bot.domain.record_types import RecordType
from bot.domain.tables import Column, Row, Table
from bot.domain.values import EnvironmentId
from bot.features.shared.services import Services
from cards.note import NoteView
from cards.record import Fact, RecordHeader


async def load_note_columns(
    services: Services, environment: EnvironmentId, record_type: RecordType, table: Table
) -> tuple[Column, ...]:
    """Return the columns of the note. Raises `NotFound` or `NotSupported` if its view cannot be used."""
    view = await services.records.note_view(environment, table.name, record_type.note_view)
    return note_columns(view, table, leave_out_secured=record_type.leave_out_secured)


def note_of(header: RecordHeader, columns: tuple[Column, ...], row: Row, *, by: str, at: datetime) -> NoteView:
    """Return the content of the note about this row."""
    facts = tuple(Fact(label=label, value=value) for label, value in note_facts(columns, row))
    return NoteView(record=header, facts=facts, connected_by=by, connected_at=at)
