"""Taking back a disconnect while people still remember why it was one too many (spec D3)."""

from datetime import timedelta

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.jobs import ChatJob, JobKind
from bot.domain.values import Chat, Connection, ConnectionId, Person
from bot.features.chat_sync.start_and_end import resume_idle
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import Answer, display_name, to_outbox
from bot.features.shared.audited import audit_entry
from bot.features.shared.services import Services
from cards.message import Message
from cards.notice import NoticeView, notice

UNDO_WITHIN = timedelta(minutes=10)


async def undo_disconnect(services: Services, chat: Chat, person: Person, connection: ConnectionId) -> Answer:
    """The word that the chat is connected again, kept for the chat.

    Whoever may connect the chat to the record may undo. Raises `NotAllowed` after ten minutes and for those who
    may not connect it, `NotFound` where it is connected again already, `BotAbsent` or `Unavailable`.
    """
    ended = await _ended(services, chat, connection)
    actor = await access.require_can_connect(services, chat, person, ended.record)
    return await _reopen(services, chat, actor, ended)


async def _ended(services: Services, chat: Chat, connection: ConnectionId) -> Connection:
    async with services.store.reading() as work:
        ended = await work.connections.recently_ended(connection, since=services.clock.now() - UNDO_WITHIN)
    if ended is None or ended.chat_id != chat.id:
        raise NotAllowed(
            "There is nothing to undo: it is too long ago, or undone already.",
            "Write records to see what this chat is connected to, and connect to connect it again.",
        )
    return ended


async def _reopen(services: Services, chat: Chat, actor: AuthorizedUser, ended: Connection) -> Answer:
    now = services.clock.now()
    message = _connected_again(ended, actor.user.name)
    async with services.store.writing() as work:
        if not await work.connections.reopen(ended):
            raise NotFound(f"{display_name(ended)} is connected to this chat already.", "There is nothing to undo.")
        key = f"connected again {ended.id} {now.isoformat()}"
        await work.outbox.enqueue([to_outbox(chat, message, key=key, connection=ended.id)], at=now)
        # What changed in between was told to nobody here.
        await work.inbox.enqueue(ChatJob(kind=JobKind.CATCH_UP, chat_id=chat.id), at=now, due_at=now)
        await resume_idle(work, chat.id, at=now)
        by = actor.user.name
        await work.audit.add(audit_entry("undo disconnect", ended, at=now, by=actor.object_id, by_name=by))
    return Answer(message=message, already_queued=True)


def _connected_again(connection: Connection, by: str) -> Message:
    text = f"{by} connected {display_name(connection)} to this chat again."
    return notice(NoticeView(text=text, next_step="The chat is told of changes as before."))
