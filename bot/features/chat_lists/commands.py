"""Lists about a record that people write for: its chats, its timeline, its people."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from bot.domain.public_names import Command
from bot.domain.values import RecordRef
from bot.features.chat_lists.list_chats import ListChats
from bot.features.chat_lists.list_timeline import ListTimeline
from bot.features.connections.find_connections import FindConnections
from bot.features.record_search.choose_record import CHATS, PEOPLE, TIMELINE, Wanted, WhichRecord
from bot.features.shared.access import Gates
from bot.features.shared.answers import Answer, called, record_claim
from bot.features.shared.private_answers import offered_alone
from bot.features.shared.turn import Incoming
from bot.features.suggestions.list_suggestions import ListSuggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLists:
    """Shows them to who asks. To a chat with others it gives a button: they may not see what that person sees."""

    which: WhichRecord
    gates: Gates
    find_connections: FindConnections
    list_chats: ListChats
    list_timeline: ListTimeline
    list_suggestions: ListSuggestions

    @property
    def work(self) -> Mapping[str, Callable[[Incoming, str], Awaitable[Answer]]]:
        """Who answers for each command."""
        return {Command.CHATS: self._chats, Command.TIMELINE: self._timeline, Command.SUGGEST: self._people}

    async def _chats(self, incoming: Incoming, rest: str) -> Answer:
        found = await self._asked(incoming, rest, CHATS)
        return found if isinstance(found, Answer) else await self.list_chats(incoming.person, found)

    async def _timeline(self, incoming: Incoming, rest: str) -> Answer:
        found = await self._asked(incoming, rest, TIMELINE)
        return found if isinstance(found, Answer) else await self.list_timeline(incoming.person, found)

    async def _people(self, incoming: Incoming, rest: str) -> Answer:
        found = await self._asked(incoming, rest, PEOPLE)
        if isinstance(found, Answer):
            return found
        return await self.list_suggestions(incoming.chat, incoming.person, found)

    async def _asked(self, incoming: Incoming, rest: str, wanted: Wanted) -> RecordRef | Answer:
        """The record, without words the only one of the chat; else the choice, or the button for who sees it alone."""
        connections = [] if rest else await self.find_connections.of_chat(incoming.chat)
        if len(connections) == 1:
            record, name = connections[0].record, called(connections[0])
            return record if incoming.private else await self._offer(incoming, wanted, record_claim(record), name)
        if incoming.private or not rest:
            return await self.which(rest, incoming.person, wanted)
        return await self._offer(incoming, wanted, await self.which.claim(rest), "a record")

    async def _offer(self, incoming: Incoming, wanted: Wanted, claim: Mapping[str, str], name: str) -> Answer:
        """The button, for who may act at all."""
        await self.gates.actors(incoming.person)
        return offered_alone(incoming, f"{wanted.title} {name}", replace(wanted.press, payload=claim))
