"""Show the latest updates sent to a chat for each of its records, and any problems (spec M2)."""

import asyncio
from collections.abc import Mapping, Sequence

from bot.domain.public_names import Command, Verb
from bot.domain.texts import text
from bot.domain.values import Connection
from bot.features.connections.find_connections import connections_of_chat
from bot.features.connections.list_records import count_records, nothing_connected
from bot.features.operations.load_status import load_chat_status
from bot.features.shared import access
from bot.features.shared.action_data import ActionData, parse_offset
from bot.features.shared.answers import Answer
from bot.features.shared.private_answers import private_only
from bot.features.shared.routes import ButtonHandler, CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from cards.buttons import ActionButton
from cards.chat_status import ChatStatusView, chat_status
from cards.paging import page_offset
from cards.record_list import MAX_ROWS

_SHOW = ActionButton(title=text("Show status"), verb=Verb.STATUS, payload={})


async def show_status(services: Services, turn: Turn, *, begin: int = 0) -> Answer:
    """Return a page with a row for each record that the person can read, the newest connection first.

    In a chat with others, return only the number of records, because others may not be able to read them (spec S5).
    """
    connections = list(reversed(await connections_of_chat(services, turn.chat)))
    is_off = await access.are_chats_off(services)
    environments = {each.record.environment for each in connections} or services.environments
    user = access.require_permitted_anywhere(services, environments, turn.person)
    if not connections:
        await user
        await access.require_chats_on(services, *services.environments)
        return nothing_connected()
    await asyncio.gather(user, access.require_member(services, turn.chat, turn.person))
    if not turn.private:
        return count_records(turn, len(connections), _SHOW, access.chats_off().text if is_off else "")
    return await _status_of(services, turn, connections, begin)


async def _status_of(services: Services, turn: Turn, connections: Sequence[Connection], begin: int) -> Answer:
    begin = page_offset(begin, len(connections), MAX_ROWS)
    status = await load_chat_status(services, turn.chat, turn.person, connections[begin : begin + MAX_ROWS])
    view = ChatStatusView(
        rows=tuple(row for _, row in status.rows),
        hidden=status.hidden,
        total=len(connections),
        page_button=_SHOW,
        offset=begin,
        delay_reason=status.delay_reason,
        sync_off_reason=status.sync_off_reason,
        mute=status.mute,
        messages_note=status.messages_note,
    )
    return Answer(message=chat_status(view))


async def _command(services: Services, turn: Turn, _arguments: str) -> Answer:
    return await show_status(services, turn)


async def _button(services: Services, turn: Turn, data: ActionData) -> Answer:
    return await show_status(services, turn, begin=parse_offset(data))


COMMANDS: Mapping[str, CommandHandler] = {Command.STATUS: _command}


BUTTONS: Mapping[str, ButtonHandler] = {Verb.STATUS: private_only(_button)}
