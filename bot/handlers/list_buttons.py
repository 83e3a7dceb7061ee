"""Buttons of the lists of chats and people, and what can be done with a row of one."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.record_links import Links
from bot.domain.surface import Verb
from bot.handlers.claims import Claims, begin_in, connection_in, link_in, person_in, record_in
from bot.handlers.incoming import Incoming
from bot.handlers.universal_actions import PressWork
from bot.usecases.answers import Answer
from bot.usecases.change_members import ChangeMembers
from bot.usecases.join_chat import JoinChat
from bot.usecases.linked_record import FindLinkedRecord
from bot.usecases.list_chats import ListChats
from bot.usecases.list_my_chats import ListMyChats
from bot.usecases.list_suggestions import ListSuggestions
from bot.usecases.list_timeline import ListTimeline
from cards.chat_list import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class ListButtons:
    """Chats and people around a record."""

    links: Links
    find_linked: FindLinkedRecord
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
            Verb.CHATS: self._chats,
            Verb.MY_CHATS: self._my_chats,
            Verb.TIMELINE: self._timeline,
            Verb.JOIN: self._join,
            Verb.SUGGEST: self._suggest,
            Verb.ADD_PERSON: self._add_person,
            Verb.REMOVE_PERSON: self._remove_person,
        }

    async def _chats(self, incoming: Incoming, claims: Claims) -> Answer:
        words, begin = claims.get(WORDS, ""), begin_in(claims)
        record = await self.find_linked.meant(link_in(claims, self.links), incoming.person)
        return await self.list_chats(incoming.person, record, words=words, begin=begin)

    async def _my_chats(self, incoming: Incoming, claims: Claims) -> Answer:
        record, words, begin = record_in(claims, self.links), claims.get(WORDS, ""), begin_in(claims)
        return await self.list_my_chats(incoming.person, record, words=words, begin=begin)

    async def _timeline(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.list_timeline(incoming.person, record_in(claims, self.links), begin=begin_in(claims))

    async def _join(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.join(incoming.person, connection_in(claims))

    async def _suggest(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.list_suggestions(incoming.chat, incoming.person, record_in(claims, self.links))

    async def _add_person(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.change_members.add(incoming.chat, incoming.person, person_in(claims))

    async def _remove_person(self, incoming: Incoming, claims: Claims) -> Answer:
        return await self.change_members.remove(incoming.chat, incoming.person, person_in(claims))
