"""Rows of the lists of a record's chats (spec A1, L1)."""

import asyncio
from collections.abc import Sequence

from bot.domain.joining import JoinFacts
from bot.domain.timeline import TimelineEntry
from bot.features.chat_lists.chat_visibility import VisibleChat, find_visible_chats
from bot.features.shared.access import ReadableRecord
from bot.features.shared.people_details import PeopleInfo, look_up_people
from bot.features.shared.services import Services
from cards.chat_list import ChatRow, ConnectedBy


async def build_chat_rows(
    services: Services, entries: Sequence[TimelineEntry], opened: ReadableRecord
) -> Sequence[tuple[VisibleChat, ChatRow]]:
    """The chats in the same order, as the person sees them, and what a list tells of each."""
    if not entries:
        return []
    seen, people, may_write = await asyncio.gather(
        find_visible_chats(services, entries, opened.actor),
        look_up_people(
            services,
            named=(each.last_writer_id for each in entries),
            present=(each.connection.connector_id for each in entries),
        ),
        services.records.can_write(entries[0].connection.record, opened.actor.user.id),
    )
    joining = JoinFacts(joining_is_on=opened.record_type.join, may_write=may_write)
    return [(chat, _row(each, chat, joining, people)) for each, chat in zip(entries, seen, strict=True)]


def _row(entry: TimelineEntry, seen: VisibleChat, joining: JoinFacts, people: PeopleInfo) -> ChatRow:
    """What it is called, who connected it, who wrote last, and the way in."""
    connection = entry.connection
    return ChatRow(
        name=seen.display_name(entry.topic),
        connected=ConnectedBy(
            name=connection.connector_name,
            presence=people.presence[connection.connector_id],
            at=connection.connected_at,
            paused_at=connection.paused_at,
        ),
        state=seen.state(joining),
        button=seen.button(joining),
        last_written_at=entry.last_written_at,
        last_writer=people.name(entry.last_writer_id),
    )
