"""Find connections of a chat by text."""

import asyncio
from collections.abc import Sequence

from bot.domain.errors import NotFound
from bot.domain.values import Chat, Connection, Person
from bot.features.record_search.find_records import record_by_link
from bot.features.shared import access
from bot.features.shared.answers import display_name
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services
from cards.record import RecordHeader

_NEXT_STEP = "To list the records of this chat, write records."


async def connections_of_chat(services: Services, chat: Chat) -> Sequence[Connection]:
    """Return the chat's connections, the oldest first."""
    async with services.store.reading() as work:
        return await work.connections.for_chat(chat.id)


async def connections_by_text(services: Services, chat: Chat, person: Person, text: str) -> Sequence[Connection]:
    """Return the chat's connections that match a link, a number, or words; without text, all of them.

    Words match only names that the person can read now. Raises `NotAllowed` if the person may not use chats or is not
    in the chat, `NotFound` if nothing matches, and `BadRequest` for a link that does not open a record.
    """
    connections = await connections_of_chat(services, chat)
    environments = {each.record.environment for each in connections}
    users, _ = await asyncio.gather(
        access.require_user_anywhere(services, person, environments), access.require_member(services, chat, person)
    )
    permitted = [each for each in connections if each.record.environment in users]
    matches = await _matches(services, permitted, person, text)
    if not matches:
        raise NotFound("This chat is not connected to a matching record.", _NEXT_STEP)
    return matches


async def _matches(
    services: Services, connections: Sequence[Connection], person: Person, text: str
) -> Sequence[Connection]:
    record = await record_by_link(services, text) if text else None
    if record is not None:
        return [connection for connection in connections if connection.record == record]
    words = text.lower()
    exact = [connection for connection in connections if display_name(connection).lower() == words]
    if exact or not text:
        return exact or connections
    headers = await readable_records(services, connections, person) if connections else []
    return [each for each, header in zip(connections, headers, strict=True) if words in _searchable(each, header)]


def _searchable(connection: Connection, header: RecordHeader | None) -> str:
    """Return the number, which the chat was shown, and the current number and name if the person can read them."""
    readable = (header.number, header.name) if header else ()
    return " ".join(part for part in (connection.record_number, *readable) if part).lower()
