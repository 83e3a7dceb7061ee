"""Undo a disconnect within ten minutes (spec D3)."""

from datetime import timedelta

from bot.domain.audit import AuditEntry
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.jobs import ChatJob, JobKind
from bot.domain.texts import text
from bot.domain.values import Chat, Connection, Person, PublicId
from bot.features.chat_sync.start_and_end import resume_idle
from bot.features.connections.current_name import with_current_name
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import Answer, display_name, to_outbox
from bot.features.shared.named_connections import hiding_record, require_presser
from bot.features.shared.reader_languages import load_chat_languages
from bot.features.shared.services import Services
from cards.message import Message
from cards.notice import NoticeView, notice

UNDO_WITHIN = timedelta(minutes=10)


async def undo_disconnect(services: Services, chat: Chat, person: Person, connection: PublicId) -> Answer:
    """Reopen the connection and enqueue the notice for the chat. Everyone who can connect the record can undo.

    Raises `NotAllowed` after ten minutes or if the person cannot connect the record, `NotFound` if the record is
    already connected again, `BotAbsent`, or `Unavailable`.
    """
    await require_presser(services, chat, person)
    ended = await _ended_connection(services, chat, connection)
    with hiding_record(nothing_to_undo()):
        actor = await access.require_can_connect(services, chat, person, ended.record)
    return await _reopen(services, chat, actor, await with_current_name(services, chat, ended, person))


async def _ended_connection(services: Services, chat: Chat, connection: PublicId) -> Connection:
    async with services.store.reading() as work:
        ended = await work.connections.recently_ended(connection, since=services.clock.now() - UNDO_WITHIN)
    if ended is None or ended.chat_id != chat.id:
        raise nothing_to_undo()
    return ended


def nothing_to_undo() -> NotAllowed:
    """Return one error for all who cannot undo, so that it does not reveal whether the record exists."""
    return NotAllowed(
        "There is nothing to undo, or you do not have access to the record. "
        "You can undo a disconnect once, within 10 minutes.",
        "To list the records of this chat, write records. To connect one again, write connect.",
    )


async def _reopen(services: Services, chat: Chat, actor: AuthorizedUser, ended: Connection) -> Answer:
    now, by, by_name = services.clock.now(), actor.object_id, actor.user.name
    message = _reconnected(ended, by_name)
    languages = await load_chat_languages(services)
    async with services.store.writing() as work:
        if not await work.connections.reopen(ended, at=now):
            raise NotFound(
                "{record} is already connected to this chat.", "There is nothing to undo.", record=display_name(ended)
            )
        key = f"connected again {ended.id} {now.isoformat()}"
        t = await languages.of_chat(work, chat.id)
        await work.outbox.enqueue([to_outbox(chat, message, t, key=key, connection=ended)], at=now)
        # The chat was not notified of changes between the disconnect and the undo.
        await work.inbox.enqueue(ChatJob(kind=JobKind.CATCH_UP, chat_id=chat.id), at=now, due_at=now)
        await resume_idle(work, chat.id, at=now)
        await work.audit.add(AuditEntry.for_connection("undo disconnect", ended, at=now, by=by, by_name=by_name))
    return Answer(message=message, already_queued=True)


def _reconnected(connection: Connection, by: str) -> Message:
    done = text("{person} connected {record} to this chat again.", person=by, record=display_name(connection))
    return notice(NoticeView(text=done, next_step=text("This chat gets updates about the record again.")))
