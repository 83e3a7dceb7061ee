"""Notify chats that their record was deleted (spec K10)."""

from collections.abc import Sequence
from uuid import uuid4

from bot.domain.audit import AuditEntry
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.key_fields import RecordEvent
from bot.domain.outgoing_messages import OutgoingMessage, Switch
from bot.domain.texts import text
from bot.domain.values import Chat, Connection, RecordRef
from bot.features.chat_sync.start_and_end import end_sync
from bot.features.key_fields.notify_changes import notify_changes
from bot.features.notifications.decide_changes import count_decisions, ended_with_record
from bot.features.notifications.held_changes import end_connection
from bot.features.shared.access import enabled_record_type
from bot.features.shared.answers import display_name, name_columns, to_outbox
from bot.features.shared.reader_languages import load_chat_languages
from bot.features.shared.services import Services
from bot.logs import get_logger
from cards.message import Message
from cards.notice import NoticeView, notice
from cards.translator import Translator

_log = get_logger(__name__)


async def notify_deletion(services: Services, events: Sequence[RecordEvent]) -> None:
    """End the connections, enqueue the messages, and complete the events, in one transaction.

    An event alone ends nothing, because everyone who has the webhook key can send one: the record must be gone. If
    chats or the table are turned off, the connections stay (spec S1). The next check for missed changes finds the
    deletion after they are turned on again. Raises `Unavailable`.
    """
    deletion = next(event for event in events if event.deleted)
    record = deletion.record
    is_enabled = await enabled_record_type(services, record.environment, record.table) is not None
    if is_enabled and not await _is_gone(services, record):
        await _ignore_deletion(services, events)
        return
    by = await _deleted_by(services, deletion) if is_enabled else ""
    now, languages = services.clock.now(), await load_chat_languages(services)
    async with services.store.writing() as work:
        connected = await work.connections.for_record(record) if is_enabled else ()
        # Paused connections end when they resume, so that their chats hear of it.
        connections = [connection for connection in connected if connection.paused_at is None]
        chats = await work.chats.get_many([connection.chat_id for connection in connections])
        for connection in connections:
            await work.connections.end(connection.id, at=now, by=None, by_name=by)
            await work.audit.add(
                AuditEntry.for_connection("record deleted", connection, at=deletion.at, by=None, by_name=by)
            )
        await work.reported_values.forget_connections([each.id for each in connected])
        await end_sync(work, connections, at=now)
        await end_connection(work, connections, now)
        decisions = [ended_with_record(each, now, deletion.changed_by) for each in connections]
        await work.decisions.add(decisions)
        translators = await languages.of_chats(work, list(chats))
        messages = [_outgoing(chats[each.chat_id], each, by, translators[each.chat_id]) for each in connections]
        await work.outbox.enqueue(messages, at=now)
        await work.inbox.complete([event.key for event in events], at=now)
    count_decisions(services, decisions)


async def _is_gone(services: Services, record: RecordRef) -> bool:
    """Check whether the record does not exist. If the app may not read it, it counts as existing."""
    try:
        table = await services.records.table(record.environment, record.table)
        await services.records.read(record, name_columns(table), caller=None)
    except NotFound:
        return True
    except NotAllowed:
        return False
    return False


async def _ignore_deletion(services: Services, events: Sequence[RecordEvent]) -> None:
    """Complete the deletions without effect, and process the other events."""
    deletions, others = ([event for event in events if event.deleted is deleted] for deleted in (True, False))
    table = deletions[0].record.table
    suppressed = services.lines.take(("record.deletion_not_confirmed", table))
    if suppressed is not None:
        _log.warning("record.deletion_not_confirmed", table=table, suppressed=suppressed)
    if others:
        await notify_changes(services, others)
    async with services.store.writing() as work:
        await work.inbox.complete([event.key for event in deletions], at=services.clock.now())


async def _deleted_by(services: Services, deletion: RecordEvent) -> str:
    """Return the name of the person who deleted the record, or "" if it is not known."""
    if deletion.changed_by is None:
        return ""
    return await services.records.user_name(deletion.record.environment, deletion.changed_by) or ""


def _outgoing(chat: Chat, connection: Connection, by: str, t: Translator) -> OutgoingMessage:
    message, key = _message(connection, by), f"deleted {connection.id} {uuid4().hex}"
    return to_outbox(chat, message, t, key=key, connection=connection, switch=Switch.RECORD_TYPE)


def _message(connection: Connection, by: str) -> Message:
    name = display_name(connection)
    said = text("{record} was deleted in Dynamics 365.", record=name)
    if by:
        said = text("{record} was deleted in Dynamics 365 by {person}.", record=name, person=by)
    next_step = text("This chat is no longer connected to it. The messages in this chat stay.")
    return notice(NoticeView(text=said, next_step=next_step))
