"""Rows for the lists of a record's chats (spec A1, L1)."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.directory import DirectoryChat
from bot.domain.joining import JoinFacts
from bot.domain.timeline import TimelineEntry
from bot.domain.values import ChatId
from bot.features.chat_lists.chat_visibility import VisibleChat, find_visible_chats
from bot.features.shared.access import ReadableRecord
from bot.features.shared.people_details import PeopleInfo, look_up_people
from bot.features.shared.services import Services
from cards.chat_list import ChatRow, ConnectedBy


async def build_chat_rows(
    services: Services,
    entries: Sequence[TimelineEntry],
    readable: ReadableRecord,
    *,
    mine: Mapping[ChatId, DirectoryChat] | None = None,
) -> Sequence[tuple[VisibleChat, ChatRow]]:
    """Return each chat as the person may see it, with its row, in the order of the entries.

    `mine`: chats that Microsoft Graph has just listed for the person.
    """
    if not entries:
        return []
    chats, people, may_write = await asyncio.gather(
        find_visible_chats(services, entries, readable.actor, mine or {}),
        look_up_people(
            services,
            named=(entry.last_writer_id for entry in entries),
            present=(entry.connection.connector_id for entry in entries),
        ),
        services.records.can_write(entries[0].connection.record, readable.actor.user.id),
    )
    joining = JoinFacts(joining_is_on=readable.record_type.join, may_write=may_write)
    return [(chat, _row(entry, chat, joining, people)) for entry, chat in zip(entries, chats, strict=True)]


def _row(entry: TimelineEntry, chat: VisibleChat, joining: JoinFacts, people: PeopleInfo) -> ChatRow:
    """Return the name of the chat, its connector, its last writer, and the button that opens or joins it."""
    connection = entry.connection
    return ChatRow(
        name=chat.display_name(entry.topic),
        connected=ConnectedBy(
            name=connection.connector_name,
            presence=people.presence[connection.connector_id].label,
            at=connection.connected_at,
            paused_at=connection.paused_at,
        ),
        state=chat.state(joining),
        button=chat.button(joining),
        last_written_at=entry.last_written_at,
        last_writer=people.name(entry.last_writer_id),
    )
