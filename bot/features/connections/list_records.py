"""List the records that are connected to a chat."""

import asyncio

from bot.domain.values import Chat, Connection, Person
from bot.features.shared import access
from bot.features.shared.answers import Answer
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services
from cards.notice import NoticeView, notice
from cards.record import RecordHeader
from cards.record_list import RecordListView, RecordRow, record_list

SHOWN = 10
"""Maximum number of rows on the card. The card says how many more there are."""


async def list_records(services: Services, chat: Chat, person: Person) -> Answer:
    """Return the connected records that the person can read, the newest connection first."""
    async with services.store.reading() as work:
        connections = list(reversed(await work.connections.for_chat(chat.id)))
    if not connections:
        return nothing_connected()
    await asyncio.gather(access.require_user_anywhere(services, person), access.require_member(services, chat, person))
    shown = connections[:SHOWN]
    headers = await readable_records(services, shown, person)
    rows = tuple(_row(connection, header) for connection, header in zip(shown, headers, strict=True) if header)
    view = RecordListView(
        title="Records connected to this chat",
        rows=rows,
        hidden=len(shown) - len(rows),
        more=len(connections) - len(shown),
    )
    return Answer(message=record_list(view))


def _row(connection: Connection, header: RecordHeader) -> RecordRow:
    return RecordRow(
        record=header,
        connected_by=connection.connector_name,
        connected_at=connection.connected_at,
        paused_at=connection.paused_at,
    )


def nothing_connected() -> Answer:
    """Return the answer for a chat without connections."""
    view = NoticeView(
        text="This chat is not connected to a record.",
        next_step="To connect it, write connect and the record's number, its link, or a few words of its name.",
    )
    return Answer(message=notice(view))
