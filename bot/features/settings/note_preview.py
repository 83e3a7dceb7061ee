"""Preview of the note on the page of a record type (spec N1-N5)."""

import asyncio

from bot.domain.errors import ChatSyncError
from bot.domain.record_types import RecordType
from bot.domain.tables import Column, Row, Table
from bot.domain.texts import text
from bot.domain.values import EnvironmentId, RecordRef
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import name_columns, record_header
from bot.features.shared.introduction_note import load_note_columns, note_of
from bot.features.shared.services import Services
from bot.logs import get_logger
from bot.logs.tracebacks import describe_error
from cards.note import NoteView
from cards.record import Fact, RecordHeader
from cards.settings.record_type import NotePreview

_NAME, _VALUE = text("(name of the record)"), text("(value)")
"""Placeholders of a preview without a record."""

_log = get_logger(__name__)


async def preview_note(
    services: Services, environment: EnvironmentId, record_type: RecordType, administrator: AuthorizedUser
) -> NotePreview | None:
    """Return the note about the latest record that the administrator can read, or a note with placeholders.

    Return None if Dynamics 365 does not respond in time, because the settings work without a preview.
    """
    try:
        async with asyncio.timeout(services.limits.answer_within_s / 3):
            table = await services.records.table(environment, record_type.table)
            columns = await load_note_columns(services, environment, record_type, table)
            row = await _latest_row(services, environment, table, columns, administrator) if columns else None
    except (ChatSyncError, TimeoutError) as error:
        _log.warning("settings.preview_failed", table=record_type.table, reason=describe_error(error))
        return None
    if not columns:
        return None
    by, at = administrator.user.name, services.clock.now()
    if row is None:
        facts = tuple(Fact(label=column.label, value=_VALUE) for column in columns)
        header = RecordHeader(kind=table.label, name=_NAME, number=None, url="")
        return NotePreview(note=NoteView(record=header, facts=facts, connected_by=by, connected_at=at), is_sample=False)
    record = RecordRef(environment=environment, table=table.name, row_id=row.id)
    header = record_header(services.links, table, record, row)
    return NotePreview(note=note_of(header, columns, row, by=by, at=at), is_sample=True)


async def _latest_row(
    services: Services,
    environment: EnvironmentId,
    table: Table,
    columns: tuple[Column, ...],
    administrator: AuthorizedUser,
) -> Row | None:
    read = {column.name: column for column in (*name_columns(table), *columns)}.values()
    caller = administrator.object_id
    rows = await services.records.search(environment, table, "", columns=tuple(read), caller=caller, at_most=1)
    return rows[0] if rows else None
