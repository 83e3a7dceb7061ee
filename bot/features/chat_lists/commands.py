"""Lists about a record that people write for: its chats, its timeline, its people."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.public_names import Command
from bot.domain.values import RecordRef
from bot.features.chat_lists.list_chats import list_chats
from bot.features.chat_lists.list_timeline import list_timeline
from bot.features.connections.find_connections import connections_of_chat
from bot.features.record_search.choose_record import (
    CHATS,
    PEOPLE,
    TIMELINE,
    RecordPurpose,
    button_data,
    choose_record,
)
from bot.features.shared import access
from bot.features.shared.answers import Answer, display_name, record_data
from bot.features.shared.private_answers import private_button
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.features.suggestions.list_suggestions import list_suggestions


async def _chats(services: Services, turn: Turn, rest: str) -> Answer:
    found = await _asked(services, turn, rest, CHATS)
    return found if isinstance(found, Answer) else await list_chats(services, turn.person, found)


async def _timeline(services: Services, turn: Turn, rest: str) -> Answer:
    found = await _asked(services, turn, rest, TIMELINE)
    return found if isinstance(found, Answer) else await list_timeline(services, turn.person, found)


async def _people(services: Services, turn: Turn, rest: str) -> Answer:
    found = await _asked(services, turn, rest, PEOPLE)
    if isinstance(found, Answer):
        return found
    return await list_suggestions(services, turn.chat, turn.person, found)


async def _asked(services: Services, turn: Turn, rest: str, wanted: RecordPurpose) -> RecordRef | Answer:
    """The record, without words the only one of the chat; else the choice, or the button for who sees it alone."""
    connections = [] if rest else await connections_of_chat(services, turn.chat)
    if len(connections) == 1:
        record, name = connections[0].record, display_name(connections[0])
        return record if turn.private else await _offer(services, turn, wanted, record_data(record), name)
    if turn.private or not rest:
        return await choose_record(services, rest, turn.person, wanted)
    return await _offer(services, turn, wanted, await button_data(services, rest), "a record")


async def _offer(services: Services, turn: Turn, wanted: RecordPurpose, claim: Mapping[str, str], name: str) -> Answer:
    """The button, for who may act at all."""
    await access.require_user_anywhere(services, turn.person)
    return private_button(turn, wanted.title.format(record=name), replace(wanted.button, payload=claim))


COMMANDS: Mapping[str, CommandHandler] = {
    Command.CHATS: _chats,
    Command.JOIN: _chats,
    Command.TIMELINE: _timeline,
    Command.SUGGEST: _people,
}
