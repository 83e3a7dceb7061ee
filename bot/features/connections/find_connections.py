"""Which of a chat's connections somebody means."""

from collections.abc import Sequence

from bot.domain.errors import NotFound
from bot.domain.values import Chat, Connection, ConnectionId
from bot.features.record_search.find_records import record_by_link
from bot.features.shared.answers import display_name
from bot.features.shared.services import Services


async def connection_by_id(services: Services, chat: Chat, connection: ConnectionId) -> Connection:
    """The chat's connection with this id; raises `NotFound` for one that ended or is another chat's."""
    async with services.store.reading() as work:
        found = await work.connections.get(connection)
    if found is None or found.chat_id != chat.id:
        raise NotFound(
            "This chat is not connected to that record any more.", "Write records to see what it is connected to."
        )
    return found


async def connections_of_chat(services: Services, chat: Chat) -> Sequence[Connection]:
    """The chat's connections, the oldest first."""
    async with services.store.reading() as work:
        return await work.connections.for_chat(chat.id)


async def connections_by_text(services: Services, chat: Chat, text: str) -> Sequence[Connection]:
    """The chat's connections that the text means: by link, number or words, or all where there is no text.

    Raises `NotFound` where there is none, and `BadRequest` for a link that is of no record.
    """
    async with services.store.reading() as work:
        connections = await work.connections.for_chat(chat.id)
    found = await _meant(services, connections, text)
    if not found:
        raise NotFound("This chat is not connected to such a record.", "Write records to see what it is connected to.")
    return found


async def _meant(services: Services, connections: Sequence[Connection], text: str) -> Sequence[Connection]:
    record = await record_by_link(services, text) if text else None
    if record is not None:
        return [connection for connection in connections if connection.record == record]
    wanted = text.lower()
    exact = [each for each in connections if display_name(each).lower() == wanted]
    return exact or [each for each in connections if wanted in f"{each.record_number} {each.record_name}".lower()]
