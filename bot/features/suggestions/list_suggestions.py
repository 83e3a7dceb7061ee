"""Whom to speak to about a record, as a card (spec A3-A5)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.domain.directory import Presence
from bot.domain.errors import ChatSyncError
from bot.domain.public_names import PERSON, Verb
from bot.domain.record_links import RecordLinks
from bot.domain.values import Chat, ChatKind, ObjectId, Person, RecordRef
from bot.features.shared.access import Gates
from bot.features.shared.answers import Answer, head_of, new_chat_button
from bot.features.shared.people_details import LookAtPeople
from bot.features.suggestions.suggest_people import Suggested, SuggestPeople
from bot.ports.graph import ChatDirectory
from cards.buttons import ActionButton, Button, LinkButton
from cards.suggestions import SuggestionRow, SuggestionsView, suggestions

_NEW_CHAT = "https://teams.microsoft.com/l/chat/0/0"
"""Opens a chat with what to write in it filled in ("Deep link to start a new chat", Teams documentation)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSuggestions:
    """Lists the people for somebody who may read the record."""

    gates: Gates
    people: LookAtPeople
    chats: ChatDirectory
    suggest: SuggestPeople
    links: RecordLinks

    async def __call__(self, chat: Chat, person: Person, record: RecordRef) -> Answer:
        """The card; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
        opened = await self.gates.opened(record, person)
        (found, presence), members = await asyncio.gather(
            self._found(record, opened.actor.object_id), self._members(chat)
        )
        rows = tuple(
            SuggestionRow(
                name=each.person.name,
                presence=presence[each.person.id],
                reason=each.reason,
                buttons=self._ways(record, each, members),
            )
            for each in found
        )
        view = SuggestionsView(record=head_of(self.links, opened.table, record, opened.row), rows=rows)
        return Answer(message=suggestions(view))

    async def _found(
        self, record: RecordRef, asking: ObjectId
    ) -> tuple[Sequence[Suggested], Mapping[ObjectId, Presence]]:
        found = await self.suggest(record, asking)
        return found, await self.people.presence([each.person.id for each in found])

    async def _members(self, chat: Chat) -> frozenset[ObjectId] | None:
        """Who is in the chat; None where nobody can be added to it or removed, or it is not known."""
        if chat.kind is not ChatKind.GROUP:
            return None
        try:
            return frozenset(each.object_id for each in await self.chats.list_members(chat.id) if each.object_id)
        except ChatSyncError:
            return None

    def _ways(self, record: RecordRef, suggested: Suggested, members: frozenset[ObjectId] | None) -> tuple[Button, ...]:
        """How the person can be spoken to from here."""
        someone = suggested.person
        query = urlencode({"users": someone.sign_in, "message": self.links.open_url(record)}, quote_via=quote)
        new_chat = new_chat_button(record, with_person=someone.id)
        return (LinkButton(title="Write", url=f"{_NEW_CHAT}?{query}"), new_chat, *_here(someone.id, members))


def _here(person: ObjectId, members: frozenset[ObjectId] | None) -> tuple[ActionButton, ...]:
    if members is None:
        return ()
    claim = {PERSON: person}
    if person in members:
        return (ActionButton(title="Remove from this chat", verb=Verb.REMOVE_PERSON, payload=claim),)
    return (ActionButton(title="Add to this chat", verb=Verb.ADD_PERSON, payload=claim),)
