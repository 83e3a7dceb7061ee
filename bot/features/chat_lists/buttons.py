"""Buttons of the lists of chats and people, and what can be done with a row of one."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.public_names import Verb
from bot.domain.record_links import RecordLinks
from bot.domain.values import RecordRef
from bot.features.chat_lists.list_chats import ListChats
from bot.features.chat_lists.list_my_chats import ListMyChats
from bot.features.chat_lists.list_timeline import ListTimeline
from bot.features.members.change_members import ChangeMembers
from bot.features.members.join_chat import JoinChat
from bot.features.record_cards.resolve_link import FindLinkedRecord
from bot.features.record_search.choose_record import CHATS, NAMED, PEOPLE, TIMELINE, Wanted, WhichRecord
from bot.features.shared.action_data import Claims, begin_in, connection_in, link_in, person_in, record_in
from bot.features.shared.answers import Answer
from bot.features.shared.private_answers import alone
from bot.features.shared.routes import PressWork
from bot.features.shared.turn import Incoming
from bot.features.suggestions.list_suggestions import ListSuggestions
from cards.chat_list import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ListButtons:
    """Chats and people around a record."""

    links: RecordLinks
    find_linked: FindLinkedRecord
    which: WhichRecord
    list_chats: ListChats
    list_my_chats: ListMyChats
    list_timeline: ListTimeline
    list_suggestions: ListSuggestions
    change_members: ChangeMembers
    join: JoinChat

    @property
    def work(self) -> Mapping[str, PressWork]:
        """Who answers for each verb."""
        return {
            Verb.CHATS: alone(self._chats),
            Verb.MY_CHATS: alone(self._my_chats),
            Verb.TIMELINE: alone(self._timeline),
            Verb.JOIN: alone(self._join),
            Verb.SUGGEST: alone(self._suggest),
            Verb.ADD_PERSON: self._add_person,
            Verb.REMOVE_PERSON: self._remove_person,
        }

    async def _chats(self, incoming: Incoming, claims: Claims) -> Answer:
        record = await self._record(incoming, claims, CHATS)
        if isinstance(record, Answer):
            return record
        words, begin = claims.get(WORDS, ""), begin_in(claims)
        return await self.list_chats(incoming.person, record, words=words, begin=begin)

    async def _my_chats(self, incoming: Incoming, claims: Claims) -> Answer:
        record, words, begin = record_in(claims, self.links), claims.get(WORDS, ""), begin_in(claims)
        return await self.list_my_chats(incoming.person, record, words=words, begin=begin)

    async def _timeline(self, incoming: Incoming, claims: Claims) -> Answer:
        record = await self._record(incoming, claims, TIMELINE)
        if isinstance(record, Answer):
            return record
        return await self.list_timeline(incoming.person, record, begin=begin_in(claims))

    async def _join(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.join(incoming.person, connection_in(claims))

    async def _suggest(self, incoming: Incoming, claims: Claims) -> Answer:
        record = await self._record(incoming, claims, PEOPLE)
        if isinstance(record, Answer):
            return record
        return await self.list_suggestions(incoming.chat, incoming.person, record)

    async def _record(self, incoming: Incoming, claims: Claims, wanted: Wanted) -> RecordRef | Answer:
        """The record that is named; the choice where only words are, which several fit."""
        if NAMED in claims:
            return await self.which(claims[NAMED], incoming.person, wanted)
        return await self.find_linked.meant(link_in(claims, self.links), incoming.person)

    async def _add_person(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.change_members.add(incoming.chat, incoming.person, person_in(claims))

    async def _remove_person(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.change_members.remove(incoming.chat, incoming.person, person_in(claims))
