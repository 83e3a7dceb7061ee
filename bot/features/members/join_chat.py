"""Join a chat that is connected to a record (spec J1-J3)."""

from bot.domain.audit import AuditEntry
from bot.domain.errors import InProgress, NotAllowed, NotFound, NotSupported
from bot.domain.joining import JoinFacts
from bot.domain.texts import Text, text
from bot.domain.values import Chat, ChatKind, Connection, Person, PublicId
from bot.features.members.announcement import Announcement, OutcomeUnknown
from bot.features.members.app_presence import require_app_in_chat, unreachable
from bot.features.members.membership import Late, add_to_chat, is_member
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import Answer, display_name
from bot.features.shared.auditing import audited
from bot.features.shared.named_connections import hiding_access
from bot.features.shared.services import Services
from cards.message import Message
from cards.notice import NoticeView, notice


async def join_chat(services: Services, person: Person, connection: PublicId) -> Answer:
    """Tell the connected chat that the person joins, and add them.

    Raises `NotAllowed` with the reason and the person to ask, `NotFound` if the connection ended or the person cannot
    open the record, `NotSupported` if the chat is full or is a channel, or `Unavailable`. Nobody joins a chat that the
    app cannot reach.
    """
    # The person is checked first, so that nobody learns which connections exist.
    await access.require_user_anywhere(services, person)
    async with services.store.reading() as work:
        active = await work.connections.get(connection)
        chat = await work.chats.get(active.chat_id) if active else None
    if active is None:
        raise _unknown()
    actor = await _authorize(services, active, person, is_channel=chat is not None and chat.kind is ChatKind.CHANNEL)
    if chat is None or not chat.bot_present or active.paused_at:
        raise unreachable(contact_hint(active))
    await require_app_in_chat(services, chat, actor.object_id, contact_hint(active))
    if await is_member(services, active.chat_id, actor.object_id):
        return Answer(message=notice(NoticeView(text=text("You are already in this chat."))))
    announcement = _announcement(chat, active, actor)
    async with audited(services, _entry(services, active, actor), unknown=OutcomeUnknown):
        late = Late(answer=InProgress("You are being added to the chat.", "Look for it among your chats in Teams."))
        await add_to_chat(services, active.chat_id, actor.object_id, late, announcement=announcement)
    return Answer(message=_joined(active))


async def _authorize(services: Services, connection: Connection, person: Person, *, is_channel: bool) -> AuthorizedUser:
    record = connection.record
    with hiding_access(_unknown()):
        readable = await access.require_readable(services, record, person)
    if is_channel:
        raise NotSupported(
            "Only team members can see this channel.",
            team_hint(connection),
        )
    may_write = await services.records.can_write(record, readable.actor.user.id)
    facts = JoinFacts(joining_is_on=readable.record_type.join, may_write=may_write)
    if not facts.allowed:
        raise NotAllowed("You cannot join this chat. {problem}", contact_hint(connection), problem=facts.problem)
    return readable.actor


def _announcement(chat: Chat, connection: Connection, actor: AuthorizedUser) -> Announcement:
    name = actor.user.name
    return Announcement(
        chat=chat,
        text=text("{person} is joining from {record}.", person=name, record=display_name(connection)),
        failure_text=text("{person} could not be added to this chat.", person=name),
        next_step=contact_hint(connection),
    )


def _entry(services: Services, connection: Connection, actor: AuthorizedUser) -> AuditEntry:
    at, by, by_name = services.clock.now(), actor.object_id, actor.user.name
    return AuditEntry.for_connection("join", connection, at=at, by=by, by_name=by_name)


def _unknown() -> NotFound:
    """Return one error for a connection that does not exist, ended, or is not for the person."""
    return NotFound(
        "This chat is no longer connected to the record, or you do not have access to the record.",
        "To list the chats of a record, write chats and the record's number.",
    )


def contact_hint(connection: Connection) -> Text:
    """Return the people who can help a person who cannot join."""
    return text("Ask {person}, who connected the chat, or your administrator.", person=connection.connector_name)


def team_hint(connection: Connection) -> Text:
    """Return the people who can help a person who is not in the team of a channel."""
    return text(
        "To join the team, ask {person}, who connected the channel, or ask your administrator.",
        person=connection.connector_name,
    )


def _joined(connection: Connection) -> Message:
    joined = text("You joined the chat about {record}.", record=display_name(connection))
    return notice(NoticeView(text=joined, next_step=text("Find it among your chats in Teams, with its full history.")))
