"""Acts of a person in the pane, by the functions that answer the bot's buttons (spec P3).

The bot's buttons are pressed in a chat. Here, the page names the chat, or a connection, which grants nothing.
"""

from bot.domain.errors import BotAbsent, NotAllowed
from bot.domain.values import Chat, Connection, Person, PublicId, RecordRef
from bot.features.chat_sync.resume_sync import resume_sync
from bot.features.connections.connect_chat import Note
from bot.features.connections.connect_other_chat import connect_other_chat
from bot.features.connections.current_name import with_current_name
from bot.features.connections.disconnect_chat import disconnect_chat
from bot.features.connections.undo_disconnect import UNDO_WITHIN, nothing_to_undo, undo_disconnect
from bot.features.shared import access
from bot.features.shared.answers import Answer
from bot.features.shared.named_connections import hiding_access, unknown_connection
from bot.features.shared.services import Services


async def connect(
    services: Services, current: Chat, person: Person, record: RecordRef, target: str, *, note: Note
) -> Answer:
    """Connect one of the person's chats to the record; raise the errors of `connect_other_chat`.

    `current`: the address of chats that the bot has never been in.
    """
    return await connect_other_chat(services, current, person, record, target, note=note)


async def disconnect(services: Services, person: Person, named: PublicId) -> Answer:
    """Disconnect the chat; raise the errors of `disconnect_chat`.

    A connection that does not exist, and one of a chat and a record that are both not the person's, get one answer.
    """
    chat, connection = await _require_connection(services, person, named)
    current = await with_current_name(services, chat, connection, person)
    return await disconnect_chat(services, chat, person, current)


async def resume(services: Services, person: Person, named: PublicId) -> Answer:
    """Resume the sync of the chat with the record; raise the errors of `resume_sync`."""
    chat, connection = await _require_connection(services, person, named)
    await access.require_member(services, chat, person)
    current = await with_current_name(services, chat, connection, person)
    return await resume_sync(services, chat, person, current)


async def undo(services: Services, person: Person, named: PublicId) -> Answer:
    """Undo the disconnect; raise the errors of `undo_disconnect`."""
    await access.require_user_anywhere(services, person)
    async with services.store.reading() as work:
        ended = await work.connections.recently_ended(named, since=services.clock.now() - UNDO_WITHIN)
        chat = await work.chats.get(ended.chat_id) if ended else None
    if ended is None or chat is None:
        raise nothing_to_undo()
    return await undo_disconnect(services, chat, person, named)


async def _require_connection(services: Services, person: Person, named: PublicId) -> tuple[Chat, Connection]:
    """Return the connection with its chat; raise `NotFound` for one that does not exist or is not the person's."""
    await access.require_user_anywhere(services, person)
    async with services.store.reading() as work:
        connection = await work.connections.get(named)
        chat = await work.chats.get(connection.chat_id) if connection else None
    if connection is None or chat is None:
        raise unknown_connection()
    await _require_concerned(services, chat, person, connection)
    return chat, connection


async def _require_concerned(services: Services, chat: Chat, person: Person, connection: Connection) -> None:
    """Check that the person is in the chat or can read the record, so that they may know of the connection."""
    try:
        await access.require_member(services, chat, person)
    except (NotAllowed, BotAbsent):
        with hiding_access(unknown_connection()):
            await access.require_readable(services, connection.record, person)
