"""Joining a chat that is connected to a record (spec J1-J3)."""

from functools import partial

from bot.domain.audit import AuditEntry
from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.joining import JoinFacts
from bot.domain.values import ChatKind, Connection, ConnectionId, Person
from bot.features.members.membership import add_to_chat, is_member
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import Answer, display_name, to_outbox
from bot.features.shared.services import Services
from cards.message import Message
from cards.notice import NoticeView, notice


async def join_chat(services: Services, person: Person, connection: ConnectionId) -> Answer:
    """The word that the person is in the chat now; the chat hears of it too.

    Raises `NotAllowed` with the reason and whom to ask, `NotFound` where the chat is not connected any more,
    `NotSupported` where the chat is full or is a channel, or `Unavailable`.
    """
    async with services.store.reading() as work:
        found = await work.connections.get(connection)
        chat = await work.chats.get(found.chat_id) if found else None
    if found is None:
        raise NotFound("This chat is not connected to the record any more.", "Write chats and the record's number.")
    actor = await _allowed(services, found, person, is_channel=chat is not None and chat.kind is ChatKind.CHANNEL)
    if await is_member(services, found.chat_id, actor.object_id):
        return Answer(message=notice(NoticeView(text="You are in this chat already.")))
    await add_to_chat(services, found.chat_id, actor.object_id, partial(partial(_tell, services), found, actor))
    return Answer(message=_joined(found))


async def _allowed(services: Services, connection: Connection, person: Person, *, is_channel: bool) -> AuthorizedUser:
    record = connection.record
    opened = await access.require_readable(services, record, person)
    if is_channel:
        raise NotSupported(
            "This is a channel: only members of its team see it.",
            f"To get into the team, ask {connection.connector_name}, who connected it, or your administrator.",
        )
    may_write = await services.records.can_write(record, opened.actor.user.id)
    joining = JoinFacts(joining_is_on=opened.record_type.join, may_write=may_write)
    if not joining.allowed:
        raise NotAllowed(f"You cannot join this chat. {joining.problem}", contact_hint(connection))
    return opened.actor


async def _tell(services: Services, connection: Connection, actor: AuthorizedUser) -> None:
    now = services.clock.now()
    text = f"{actor.user.name} joined this chat, as somebody who works on {display_name(connection)}."
    async with services.store.writing() as work:
        chat = await work.chats.get(connection.chat_id)
        if chat:
            key = f"joined {chat.id} {actor.object_id} {now.isoformat()}"
            message = notice(NoticeView(text=text))
            await work.outbox.enqueue([to_outbox(chat, message, key=key, connection=connection.id)], at=now)
        by, by_name = actor.object_id, actor.user.name
        await work.audit.add(AuditEntry.for_connection("join", connection, at=now, by=by, by_name=by_name))


def contact_hint(connection: Connection) -> str:
    """Who can help somebody who may not join."""
    return f"Ask {connection.connector_name}, who connected the chat, or your administrator."


def _joined(connection: Connection) -> Message:
    text = f"You are in the chat about {display_name(connection)} now."
    return notice(
        NoticeView(text=text, next_step="You find it among your chats in Teams, with all that was said before.")
    )
