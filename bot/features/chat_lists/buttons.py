"""Buttons that show lists of chats and people, and buttons in the rows of these lists."""

from collections.abc import Mapping

from bot.domain.public_names import Verb
from bot.domain.values import RecordRef
from bot.features.chat_lists.list_chats import list_chats
from bot.features.chat_lists.list_my_chats import list_my_chats
from bot.features.chat_lists.list_timeline import list_timeline
from bot.features.members.change_members import add_member, remove_member
from bot.features.members.join_chat import join_chat
from bot.features.record_search.choose_record import CHATS, PEOPLE, TIMELINE, RecordPurpose, choose_match
from bot.features.record_search.resolver import QUERY, from_action_data, from_link
from bot.features.shared.action_data import (
    ActionData,
    parse_connection,
    parse_link,
    parse_offset,
    parse_person,
)
from bot.features.shared.answers import Answer
from bot.features.shared.private_answers import private_only
from bot.features.shared.routes import ButtonHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.features.suggestions.list_suggestions import list_suggestions
from bot.text.typed_text import on_one_line
from cards.chat_list import WORDS


async def _chats(services: Services, turn: Turn, data: ActionData) -> Answer:
    record = await _record(services, turn, data, CHATS)
    if isinstance(record, Answer):
        return record
    words, begin = on_one_line(data.get(WORDS, "")), parse_offset(data)
    return await list_chats(services, turn.person, record, words=words, begin=begin)


async def _my_chats(services: Services, turn: Turn, data: ActionData) -> Answer:
    record = await from_link(services, parse_link(data, services.links), turn.person)
    words, begin = on_one_line(data.get(WORDS, "")), parse_offset(data)
    return await list_my_chats(services, turn.person, record, words=words, begin=begin)


async def _timeline(services: Services, turn: Turn, data: ActionData) -> Answer:
    record = await _record(services, turn, data, TIMELINE)
    if isinstance(record, Answer):
        return record
    return await list_timeline(services, turn.person, record, begin=parse_offset(data))


async def _join(services: Services, turn: Turn, data: ActionData) -> Answer:
    return await join_chat(services, turn.person, parse_connection(data))


async def _suggest(services: Services, turn: Turn, data: ActionData) -> Answer:
    record = await _record(services, turn, data, PEOPLE)
    if isinstance(record, Answer):
        return record
    return await list_suggestions(services, turn.chat, turn.person, record, begin=parse_offset(data))


async def _record(services: Services, turn: Turn, data: ActionData, purpose: RecordPurpose) -> RecordRef | Answer:
    """Return the record of the button, or a choice if the button has text that matches several records."""
    matches = await from_action_data(services, data, turn.person)
    return choose_match(services, matches, purpose, data.get(QUERY, ""), begin=parse_offset(data))


async def _add_person(services: Services, turn: Turn, data: ActionData) -> Answer:
    return await add_member(services, turn.chat, turn.person, parse_person(data))


async def _remove_person(services: Services, turn: Turn, data: ActionData) -> Answer:
    return await remove_member(services, turn.chat, turn.person, parse_person(data))


BUTTONS: Mapping[str, ButtonHandler] = {
    Verb.CHATS: private_only(_chats),
    Verb.MY_CHATS: private_only(_my_chats),
    Verb.TIMELINE: private_only(_timeline),
    Verb.JOIN: private_only(_join),
    Verb.SUGGEST: private_only(_suggest),
    Verb.ADD_PERSON: _add_person,
    Verb.REMOVE_PERSON: _remove_person,
}
