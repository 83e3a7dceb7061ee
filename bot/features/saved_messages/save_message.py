"""Writing a message of a chat to a record, on a person's explicit act (spec C10)."""

from uuid import UUID, uuid5

from bot.domain.audit import AuditEntry
from bot.domain.errors import ChatSyncError, Conflict, Unavailable
from bot.domain.saved_message import SavedMessage
from bot.domain.values import Chat, Person, RecordRef
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import row_display_name
from bot.features.shared.services import Services

_ROWS = UUID("6d1f0c52-6f0e-4c63-9b1e-0f2f5d7f6f3a")
"""Below this name lie the ids of rows: the same act of the same person gives the same row."""


async def save_message(
    services: Services, chat: Chat, person: Person, record: RecordRef, message: SavedMessage, key: str
) -> str:
    """What people call the record that the message was written to.

    A second act with the same key writes nothing more. Raises `BadRequest` for a text that does not fit,
    `NotAllowed`, `NotSupported` or `Unavailable`.
    """
    message.validate()
    opened = await access.require_readable(services, record, person)
    actor = opened.actor
    row_id = str(uuid5(_ROWS, f"{actor.object_id} {key}"))
    details = {"form": str(message.form), "row": row_id}
    # Before it is written: a crash in between leaves a word too many about it, never one too few.
    await _audit(services, "save to record", chat, actor, record, details)
    try:
        await services.notes_and_tasks.create(record, row_id, message, caller=actor.object_id)
    except Conflict:
        pass  # it was written by the attempt before, whose answer was lost
    except Unavailable:
        raise  # it may have been written
    except ChatSyncError:
        await _audit(services, "save to record refused", chat, actor, record, details)
        raise
    return row_display_name(opened.table, opened.row)


async def _audit(
    services: Services, act: str, chat: Chat, actor: AuthorizedUser, record: RecordRef, details: dict[str, str]
) -> None:
    entry = AuditEntry(
        at=services.clock.now(),
        act=act,
        person_id=actor.object_id,
        person_name=actor.user.name,
        chat_id=chat.id,
        record=record,
        details=details,
    )
    async with services.store.writing() as work:
        await work.audit.add(entry)
