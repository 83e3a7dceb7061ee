"""Buttons of the lists of chats and people, and what can be done with a row of one."""

from collections.abc import Mapping

from bot.domain.public_names import Verb
from bot.domain.values import RecordRef
from bot.features.chat_lists.list_chats import list_chats
from bot.features.chat_lists.list_my_chats import list_my_chats
from bot.features.chat_lists.list_timeline import list_timeline
from bot.features.members.change_members import add_member, remove_member
from bot.features.members.join_chat import join_chat
from bot.features.record_cards.resolve_link import resolve_record
from bot.features.record_search.choose_record import CHATS, NAMED, PEOPLE, TIMELINE, Wanted, choose_record
from bot.features.shared.action_data import Claims, begin_in, connection_in, link_in, person_in, record_in
from bot.features.shared.answers import Answer
from bot.features.shared.private_answers import private_only
from bot.features.shared.routes import ButtonHandler
from bot.features.shared.services import Services
from bot.features.shared.turn import Incoming
from bot.features.suggestions.list_suggestions import list_suggestions
from cards.chat_list import WORDS


async def _chats(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    record = await _record(services, incoming, claims, CHATS)
    if isinstance(record, Answer):
        return record
    words, begin = claims.get(WORDS, ""), begin_in(claims)
    return await list_chats(services, incoming.person, record, words=words, begin=begin)


async def _my_chats(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    record, words, begin = record_in(claims, services.links), claims.get(WORDS, ""), begin_in(claims)
    return await list_my_chats(services, incoming.person, record, words=words, begin=begin)


async def _timeline(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    record = await _record(services, incoming, claims, TIMELINE)
    if isinstance(record, Answer):
        return record
    return await list_timeline(services, incoming.person, record, begin=begin_in(claims))


async def _join(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    return await join_chat(services, incoming.person, connection_in(claims))


async def _suggest(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    record = await _record(services, incoming, claims, PEOPLE)
    if isinstance(record, Answer):
        return record
    return await list_suggestions(services, incoming.chat, incoming.person, record)


async def _record(services: Services, incoming: Incoming, claims: Claims, wanted: Wanted) -> RecordRef | Answer:
    """The record that is named; the choice where only words are, which several fit."""
    if NAMED in claims:
        return await choose_record(services, claims[NAMED], incoming.person, wanted)
    return await resolve_record(services, link_in(claims, services.links), incoming.person)


async def _add_person(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    return await add_member(services, incoming.chat, incoming.person, person_in(claims))


async def _remove_person(services: Services, incoming: Incoming, claims: Claims) -> Answer:
    return await remove_member(services, incoming.chat, incoming.person, person_in(claims))


BUTTONS: Mapping[str, ButtonHandler] = {
    Verb.CHATS: private_only(_chats),
    Verb.MY_CHATS: private_only(_my_chats),
    Verb.TIMELINE: private_only(_timeline),
    Verb.JOIN: private_only(_join),
    Verb.SUGGEST: private_only(_suggest),
    Verb.ADD_PERSON: _add_person,
    Verb.REMOVE_PERSON: _remove_person,
}
