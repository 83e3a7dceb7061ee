"""Telling chats that their record was deleted (spec K10)."""

from collections.abc import Sequence

from bot.domain.audit import AuditEntry
from bot.domain.key_fields import RecordEvent
from bot.domain.values import Connection
from bot.features.chat_sync.start_and_end import end_sync
from bot.features.shared.access import enabled_record_type
from bot.features.shared.answers import display_name, to_outbox
from bot.features.shared.services import Services
from cards.message import Message
from cards.notice import NoticeView, notice


async def notify_deletion(services: Services, events: Sequence[RecordEvent]) -> None:
    """Keeps the words and settles the events in one transaction; raises `Unavailable`, and then nothing is kept.

    While chats or the table are off, the connections stay (spec S1): once they are on, it is found that the
    record is gone.
    """
    deletion = next(event for event in events if event.deleted)
    record = deletion.record
    is_told = await enabled_record_type(services, record.environment, record.table) is not None
    by = await _name(services, deletion) if is_told else ""
    now = services.clock.now()
    async with services.store.writing() as work:
        connections = await work.connections.for_record(record) if is_told else ()
        chats = await work.chats.get_many([connection.chat_id for connection in connections])
        for connection in connections:
            await work.connections.end(connection.id, at=now, by=None, by_name=by)
            await work.audit.add(
                AuditEntry.for_connection("record deleted", connection, at=deletion.at, by=None, by_name=by)
            )
        await end_sync(work, connections, at=now)
        reachable = [connection for connection in connections if connection.paused_at is None]
        words = [(chats[each.chat_id], _deleted(each, by), each) for each in reachable]
        await work.outbox.enqueue(
            [to_outbox(chat, word, key=f"deleted {each.id}", connection=each.id) for chat, word, each in words],
            at=now,
        )
        await work.inbox.complete([event.key for event in events], at=now)


async def _name(services: Services, deletion: RecordEvent) -> str:
    if deletion.changed_by is None:
        return ""
    return await services.records.user_name(deletion.record.environment, deletion.changed_by) or ""


def _deleted(connection: Connection, by: str) -> Message:
    who = f" by {by}" if by else ""
    return notice(
        NoticeView(
            text=f"{display_name(connection)} was deleted in Dynamics 365{who}.",
            next_step="This chat is no longer connected to it. What was said here stays.",
        )
    )
