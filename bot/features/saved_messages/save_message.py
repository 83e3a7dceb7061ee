"""Save a chat message to a record, only when a person asks for it (spec C10)."""

from contextlib import suppress
from uuid import UUID, uuid5

from bot.domain.audit import AuditEntry
from bot.domain.errors import Conflict
from bot.domain.saved_message import SavedMessage
from bot.domain.values import Chat, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.answers import row_display_name
from bot.features.shared.auditing import audited
from bot.features.shared.services import Services

_ROWS = UUID("6d1f0c52-6f0e-4c63-9b1e-0f2f5d7f6f3a")
"""Namespace of row IDs. The same key from the same person gives the same row of a record."""


async def save_message(
    services: Services, chat: Chat, person: Person, record: RecordRef, message: SavedMessage, key: str
) -> str:
    """Save the message and return the display name of the record.

    A second request with the same key, record, and form saves nothing. Raise `BadRequest` if the text is too long or
    missing, `NotAllowed`, `NotSupported`, or `Unavailable`.
    """
    message.validate()
    readable = await access.require_readable(services, record, person)
    actor = readable.actor
    place = f"{record.environment} {record.table} {record.row_id} {message.form}"
    row_id = str(uuid5(_ROWS, f"{actor.object_id} {key} {place}"))
    entry = AuditEntry(
        at=services.clock.now(),
        act="save to record",
        person_id=actor.object_id,
        person_name=actor.user.name,
        chat_id=chat.id,
        record=record,
        details={"form": str(message.form), "row": row_id},
    )
    # A conflict: an earlier attempt saved it, but its answer was lost.
    async with audited(services, entry):
        with suppress(Conflict):
            await services.notes_and_tasks.create(record, row_id, message, caller=actor.object_id)
    return row_display_name(readable.table, readable.row)
