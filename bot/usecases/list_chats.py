"""The chats that are connected to a record (spec A1)."""

import asyncio
from dataclasses import dataclass

from bot.domain.directory import Presence
from bot.domain.joining import Joining
from bot.domain.record_links import Links
from bot.domain.surface import Verb
from bot.domain.values import Person, RecordRef
from bot.ports import Records, Store
from bot.usecases.answers import Answer, head_of, new_chat_button, record_claim, timeline_button
from bot.usecases.gates import Gates
from bot.usecases.look_at_people import LookAtPeople
from bot.usecases.seen_chats import LookAtChats, SeenChat
from cards.buttons import Press
from cards.chat_list import ROWS_AT_MOST, ChatListView, ChatRow, Connected, chat_list, page_at

LOOKED_AT = 50
"""Chats of a record among which names are looked for, the newest connections first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChats:
    """Lists a record's chats for somebody who may read the record: who is in one opens it, others join or ask."""

    store: Store
    records: Records
    gates: Gates
    people: LookAtPeople
    look: LookAtChats
    links: Links

    async def __call__(self, person: Person, record: RecordRef, *, words: str = "", begin: int = 0) -> Answer:
        """One page of the chats whose name holds the words; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
        opened = await self.gates.opened(record, person)
        async with self.store.reading() as work:
            connections = list(reversed(await work.connections.of_record(record)))[:LOOKED_AT]
        seen, presence, may_write = await asyncio.gather(
            self.look(connections, opened.actor),
            self.people.presence({each.connector_id for each in connections}),
            self.records.may_write(record, opened.actor.user.id),
        )
        named = [each for each in seen if words.lower() in each.name.lower()]
        joining = Joining(joining_is_on=opened.record_type.join, may_write=may_write)
        begin = page_at(begin, len(named))
        page = named[begin : begin + ROWS_AT_MOST]
        view = ChatListView(
            title="Chats about",
            record=head_of(self.links, opened.table, record, opened.row),
            rows=tuple(_row(each, joining, presence[each.connection.connector_id]) for each in page),
            found=len(named),
            begin=begin,
            words=words,
            none="No chat is connected to this record.",
            turn=Press(title="", verb=Verb.CHATS, payload=record_claim(record)),
            further=(
                new_chat_button(record),
                Press(title="My other chats", verb=Verb.MY_CHATS, payload=record_claim(record)),
                timeline_button(record),
            ),
        )
        return Answer(message=chat_list(view))


def _row(seen: SeenChat, joining: Joining, presence: Presence) -> ChatRow:
    connection = seen.connection
    return ChatRow(
        name=seen.name,
        connected=Connected(
            by=connection.connector_name,
            presence=presence,
            at=connection.connected_at,
            paused_at=connection.paused_at,
        ),
        state=seen.state(joining),
        button=seen.button(joining),
    )
