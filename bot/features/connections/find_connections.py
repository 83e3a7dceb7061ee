"""Find connections of a chat by text."""

from collections.abc import Sequence

from bot.domain.errors import NotFound
from bot.domain.values import Chat, Connection
from bot.features.record_search.find_records import record_by_link
from bot.features.shared.answers import display_name
from bot.features.shared.services import Services

_NEXT_STEP = "To list the records of this chat, write records."


async def connections_of_chat(services: Services, chat: Chat) -> Sequence[Connection]:
    """Return the chat's connections, the oldest first."""
    async with services.store.reading() as work:
        return await work.connections.for_chat(chat.id)


async def connections_by_text(services: Services, chat: Chat, text: str) -> Sequence[Connection]:
    """Return the chat's connections that match a link, a number, or words; without text, all of them.

    Raises `NotFound` if none matches, and `BadRequest` for a link that does not open a record.
    """
    connections = await connections_of_chat(services, chat)
    matches = await _matches(services, connections, text)
    if not matches:
        raise NotFound("This chat is not connected to a matching record.", _NEXT_STEP)
    return matches


async def _matches(services: Services, connections: Sequence[Connection], text: str) -> Sequence[Connection]:
    record = await record_by_link(services, text) if text else None
    if record is not None:
        return [connection for connection in connections if connection.record == record]
    words = text.lower()
    exact = [connection for connection in connections if display_name(connection).lower() == words]
    return exact or [
        connection
        for connection in connections
        if words in f"{connection.record_number} {connection.record_name}".lower()
    ]
