"""Text commands that list the chats, the timeline, or the suggested people of a record."""

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
from bot.features.shared.action_data import ActionData
from bot.features.shared.answers import Answer, display_name, record_data
from bot.features.shared.private_answers import private_button
from bot.features.shared.routes import CommandHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.features.suggestions.list_suggestions import list_suggestions


async def _chats(services: Services, turn: Turn, rest: str) -> Answer:
    record = await _resolve(services, turn, rest, CHATS)
    return record if isinstance(record, Answer) else await list_chats(services, turn.person, record)


async def _timeline(services: Services, turn: Turn, rest: str) -> Answer:
    record = await _resolve(services, turn, rest, TIMELINE)
    return record if isinstance(record, Answer) else await list_timeline(services, turn.person, record)


async def _people(services: Services, turn: Turn, rest: str) -> Answer:
    record = await _resolve(services, turn, rest, PEOPLE)
    if isinstance(record, Answer):
        return record
    return await list_suggestions(services, turn.chat, turn.person, record)


async def _resolve(services: Services, turn: Turn, words: str, purpose: RecordPurpose) -> RecordRef | Answer:
    """Return the record of the text, or the only record of the chat if there is no text.

    Otherwise, return an answer: a choice of records, or a button that shows the list privately. Raise `NotAllowed` if
    the person may not use chats.
    """
    if not turn.private:
        await access.require_user_anywhere(services, turn.person)
    connections = [] if words else await connections_of_chat(services, turn.chat)
    if len(connections) == 1:
        record, name = connections[0].record, display_name(connections[0])
        return record if turn.private else _offer(turn, purpose, record_data(record), name)
    if turn.private or not words:
        return await choose_record(services, words, turn.person, purpose)
    return _offer(turn, purpose, await button_data(services, words), "")


def _offer(turn: Turn, purpose: RecordPurpose, data: ActionData, record: str) -> Answer:
    """Return a button that shows the list privately."""
    return private_button(turn, purpose.title(record), replace(purpose.button, payload=data))


COMMANDS: Mapping[str, CommandHandler] = {
    Command.CHATS: _chats,
    Command.JOIN: _chats,
    Command.TIMELINE: _timeline,
    Command.SUGGEST: _people,
}
