"""List the records that are connected to a chat."""

import asyncio
from dataclasses import replace

from bot.domain.public_names import Verb
from bot.domain.texts import plural, sentences, text
from bot.domain.values import Connection
from bot.features.connections.find_connections import connections_of_chat
from bot.features.shared import access
from bot.features.shared.active_mutes import active_mutes
from bot.features.shared.answers import Answer
from bot.features.shared.private_answers import private_button
from bot.features.shared.readable_records import readable_records
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import ActionButton
from cards.notice import NoticeView, notice
from cards.paging import page_offset
from cards.record import RecordHeader
from cards.record_list import MAX_ROWS, RecordListView, RecordRow, record_list

_SHOW = ActionButton(title=text("Show records"), verb=Verb.RECORDS, payload={})


async def list_records(services: Services, turn: Turn, *, begin: int = 0) -> Answer:
    """Return a page of the connected records, with those that the person can read, the newest connection first.

    In a chat with others, return only their number, because others may not be able to read them (spec S5).
    """
    connections = list(reversed(await connections_of_chat(services, turn.chat)))
    user = access.require_user_anywhere(services, turn.person)
    if not connections:
        await user
        return nothing_connected()
    await asyncio.gather(user, access.require_member(services, turn.chat, turn.person))
    if not turn.private:
        return count_records(turn, len(connections), _SHOW)
    return await _list(services, turn, connections, begin)


async def _list(services: Services, turn: Turn, connections: list[Connection], begin: int) -> Answer:
    begin = page_offset(begin, len(connections), MAX_ROWS)
    shown = connections[begin : begin + MAX_ROWS]
    headers = await readable_records(services, shown, turn.person)
    mutes = await active_mutes(services, turn.chat.id, shown)
    rows = tuple(
        replace(_row(connection, header), mute=mutes.of_records.get(connection.id))
        for connection, header in zip(shown, headers, strict=True)
        if header
    )
    view = RecordListView(
        title=text("Records connected to this chat"),
        rows=rows,
        hidden=len(shown) - len(rows),
        total=len(connections),
        page_button=_SHOW,
        offset=begin,
        mute=mutes.of_chat,
    )
    return Answer(message=record_list(view))


def _row(connection: Connection, header: RecordHeader) -> RecordRow:
    return RecordRow(
        record=header,
        connected_by=connection.connector_name,
        connected_at=connection.connected_at,
        paused_at=connection.paused_at,
    )


def count_records(turn: Turn, count: int, button: ActionButton, problem: str = "") -> Answer:
    """Return the number of connected records, with the button that shows more to each person.

    `problem`: a sentence that everyone sees first.
    """
    records = plural(count, "{count} connected record", "{count} connected records")
    return private_button(turn, sentences(problem, records), button)


def nothing_connected() -> Answer:
    """Return the answer for a chat without connections."""
    view = NoticeView(
        text=text("This chat is not connected to a record."),
        next_step=text("To connect it, write connect and the record's number, its link, or a few words of its name."),
    )
    return Answer(message=notice(view))
