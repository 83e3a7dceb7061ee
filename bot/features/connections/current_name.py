"""The name of a connected record in messages for the whole chat."""

from dataclasses import replace

from bot.domain.errors import ChatSyncError
from bot.domain.values import Chat, Connection, Person
from bot.features.connections.audience import check_audience
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services


async def with_current_name(services: Services, chat: Chat, connection: Connection, person: Person) -> Connection:
    """Return the connection with the present name and number of its record, if everyone in the chat can read it.

    Otherwise, it keeps those that the chat was shown.
    """
    try:
        (header,) = await readable_records(services, [connection], person)
        if header is None or not header.name or header.name == connection.record_name:
            return connection
        audience = await check_audience(services, chat, connection.record)
    except ChatSyncError:
        return connection
    if audience.without_access != 0:
        return connection
    return replace(connection, record_name=header.name, record_number=header.number)
