"""Disconnect a chat from a record (spec D1-D3)."""

import asyncio

from bot.domain.audit import AuditEntry
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.public_names import Verb
from bot.domain.record_types import RecordType
from bot.domain.rights import DISCONNECT_PRIVILEGE, DisconnectFacts, may_disconnect, who_may_disconnect
from bot.domain.texts import sentences, text
from bot.domain.values import Chat, Connection, Person
from bot.features.chat_sync.start_and_end import end_sync
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser
from bot.features.shared.answers import Answer, connection_data, display_name, to_outbox
from bot.features.shared.reader_languages import load_chat_languages
from bot.features.shared.services import Services
from cards.buttons import ActionButton
from cards.message import Message
from cards.notice import NoticeView, notice


async def disconnect_chat(services: Services, chat: Chat, person: Person, connection: Connection) -> Answer:
    """End the connection, and enqueue the notice for the chat with the button that undoes it.

    Raises `NotAllowed` with the people who can disconnect it, `NotFound` if it ended already, `BotAbsent`, or
    `Unavailable`.
    """
    environment = connection.record.environment
    actor, _ = await asyncio.gather(
        access.require_user(services, environment, person), access.require_member(services, chat, person)
    )
    types = await services.administration.record_types(environment)
    record_type = types.get(connection.record.table, RecordType(table=connection.record.table))
    if not may_disconnect(await disconnect_facts(services, connection, actor, record_type)):
        raise _refusal(connection, record_type)
    return await _end(services, chat, connection, actor)


async def disconnect_facts(
    services: Services, connection: Connection, actor: AuthorizedUser, record_type: RecordType
) -> DisconnectFacts:
    """Return the facts that decide whether the person may disconnect the chat from the record (spec D1)."""
    owns, holds = await asyncio.gather(
        _is_owner(services, connection, actor),
        services.records.holds_privilege(connection.record.environment, actor.user.id, DISCONNECT_PRIVILEGE),
    )
    return DisconnectFacts(
        owns_record=owns,
        is_last_connector=connection.connector_id == actor.object_id,
        owner_can=record_type.owner_can_disconnect,
        connector_can=record_type.connector_can_disconnect,
        holds_privilege=holds,
    )


async def _is_owner(services: Services, connection: Connection, actor: AuthorizedUser) -> bool:
    try:
        return await services.records.is_owner(connection.record, actor.user.id)
    except (NotFound, NotAllowed):
        return False  # A deleted row has no owner. The other two facts still count.


async def _end(services: Services, chat: Chat, connection: Connection, actor: AuthorizedUser) -> Answer:
    now, by, by_name = services.clock.now(), actor.object_id, actor.user.name
    message = _disconnected(connection, by_name)
    languages = await load_chat_languages(services)
    async with services.store.writing() as work:
        if not await work.connections.end(connection.id, at=now, by=by, by_name=by_name):
            raise NotFound("{record} is no longer connected to this chat.", record=display_name(connection))
        key = f"disconnected {connection.id} {now.isoformat()}"
        t = await languages.of_chat(work, chat.id)
        await work.outbox.enqueue([to_outbox(chat, message, t, key=key, connection=connection)], at=now)
        await end_sync(work, [connection], at=now)
        await work.audit.add(AuditEntry.for_connection("disconnect", connection, at=now, by=by, by_name=by_name))
    return Answer(message=message, already_queued=True)


def _disconnected(connection: Connection, by: str) -> Message:
    name = display_name(connection)
    view = NoticeView(
        text=text("{person} disconnected {record} from this chat.", person=by, record=name),
        next_step=text("You can undo this for 10 minutes. After that, write: connect {record}", record=name),
        button=ActionButton(title=text("Undo"), verb=Verb.UNDO_DISCONNECT, payload=connection_data(connection)),
    )
    return notice(view)


def _refusal(connection: Connection, record_type: RecordType) -> NotAllowed:
    allowed = who_may_disconnect(
        owner_can=record_type.owner_can_disconnect, connector_can=record_type.connector_can_disconnect
    )
    return NotAllowed(
        "You cannot disconnect {record} from this chat.",
        sentences(allowed, text("Ask one of them, or ask your administrator.")),
        record=display_name(connection),
    )
