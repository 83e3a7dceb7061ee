"""Writing a message of a chat to a record, on a person's explicit act (spec C10)."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from bot.clock import Clock
from bot.domain.audit import AuditEntry
from bot.domain.errors import ChatSyncError, Conflict, Unavailable
from bot.domain.saved_message import SavedMessage
from bot.domain.values import Chat, Person, RecordRef
from bot.features.shared.access import Actor, Gates
from bot.features.shared.answers import called_in
from bot.ports.dataverse_writes import NotesAndTasks
from bot.store.unit_of_work import Store

_ROWS = UUID("6d1f0c52-6f0e-4c63-9b1e-0f2f5d7f6f3a")
"""Below this name lie the ids of rows: the same act of the same person gives the same row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveMessage:
    """Writes messages as the person who asks. The text goes to Dataverse and is kept nowhere else (spec S6)."""

    store: Store
    attaching: NotesAndTasks
    gates: Gates
    clock: Clock

    async def __call__(self, chat: Chat, person: Person, record: RecordRef, message: SavedMessage, key: str) -> str:
        """What people call the record that the message was written to.

        A second act with the same key writes nothing more. Raises `BadRequest` for a text that does not fit,
        `NotAllowed`, `NotSupported` or `Unavailable`.
        """
        message.validate()
        opened = await self.gates.opened(record, person)
        actor = opened.actor
        row_id = str(uuid5(_ROWS, f"{actor.object_id} {key}"))
        details = {"form": str(message.form), "row": row_id}
        # Before it is written: a crash in between leaves a word too many about it, never one too few.
        await self._audit("save to record", chat, actor, record, details)
        try:
            await self.attaching.create(record, row_id, message, caller=actor.object_id)
        except Conflict:
            pass  # it was written by the attempt before, whose answer was lost
        except Unavailable:
            raise  # it may have been written
        except ChatSyncError:
            await self._audit("save to record refused", chat, actor, record, details)
            raise
        return called_in(opened.table, opened.row)

    async def _audit(self, act: str, chat: Chat, actor: Actor, record: RecordRef, details: dict[str, str]) -> None:
        entry = AuditEntry(
            at=self.clock.now(),
            act=act,
            person_id=actor.object_id,
            person_name=actor.user.name,
            chat_id=chat.id,
            record=record,
            details=details,
        )
        async with self.store.writing() as work:
            await work.audit.add(entry)
