"""The records that a chat is connected to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.record_links import Links
from bot.domain.values import Chat, Connection, Person
from bot.ports import Records, Store
from bot.usecases.answers import Answer, head_of, name_columns
from bot.usecases.gates import Gates
from cards.notice import NoticeView, notice
from cards.record_list import RecordListView, RecordRow, record_list

SHOWN = 10
"""Rows on the card; it says how many more there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRecords:
    """Lists what the person may see of a chat's records."""

    store: Store
    records: Records
    gates: Gates
    links: Links

    async def __call__(self, chat: Chat, person: Person) -> Answer:
        """The records' names as the person may read them, the newest connection first."""
        async with self.store.reading() as work:
            connections = list(reversed(await work.connections.in_chat(chat.id)))
        if not connections:
            return Answer(message=notice(_nothing_connected()))
        await self.gates.member(chat, person)
        shown = connections[:SHOWN]
        readable = tuple(row for row in await self._rows(shown, person) if row)
        view = RecordListView(
            title="Records connected to this chat",
            rows=readable,
            hidden=len(shown) - len(readable),
            more=len(connections) - len(shown),
        )
        return Answer(message=record_list(view))

    async def _rows(self, connections: Sequence[Connection], person: Person) -> Sequence[RecordRow | None]:
        return await asyncio.gather(*(self._row(connection, person) for connection in connections))

    async def _row(self, connection: Connection, person: Person) -> RecordRow | None:
        record = connection.record
        actor = await self.gates.actor(record.environment, person)
        try:
            table = await self.records.table(record.environment, record.table)
            row = await self.records.read(record, name_columns(table), caller=actor.object_id)
        except (NotFound, NotAllowed):
            return None
        return RecordRow(
            record=head_of(self.links, table, record, row),
            connected_by=connection.connector_name,
            connected_at=connection.connected_at,
            paused_at=connection.paused_at,
        )


def _nothing_connected() -> NoticeView:
    return NoticeView(
        text="This chat is not connected to a record.",
        next_step="Write connect and the number, the link or a few words of the record.",
    )
