"""Whom to speak to about a record, as a card (spec A3-A5)."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.domain.record_links import Links
from bot.domain.surface import PERSON, Verb
from bot.domain.values import Chat, ChatKind, Person, RecordRef
from bot.ports import Directory, Records
from bot.usecases.answers import Answer, head_of, name_columns, new_chat_button
from bot.usecases.gates import Gates
from bot.usecases.suggest_people import Suggested, SuggestPeople
from cards.buttons import Button, Open, Press
from cards.suggestions import SuggestionRow, SuggestionsView, suggestions

_NEW_CHAT = "https://teams.microsoft.com/l/chat/0/0"
"""Opens a chat with what to write in it filled in ("Deep link to start a new chat", Teams documentation)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSuggestions:
    """Lists the people for somebody who may read the record."""

    records: Records
    gates: Gates
    directory: Directory
    suggest: SuggestPeople
    links: Links

    async def __call__(self, chat: Chat, person: Person, record: RecordRef) -> Answer:
        """The card; raises `NotAllowed`, `NotSupported` or `Unavailable`."""
        await self.gates.record_type(record.environment, record.table)
        actor = await self.gates.actor(record.environment, person)
        table = await self.records.table(record.environment, record.table)
        row = await self.gates.row(record, table, name_columns(table), actor)
        found = await self.suggest(record, actor.object_id)
        presence = await self.directory.presence([each.person.id for each in found])
        rows = tuple(
            SuggestionRow(
                name=each.person.name,
                presence=presence[each.person.id],
                reason=each.reason,
                buttons=self._ways(chat, record, each),
            )
            for each in found
        )
        view = SuggestionsView(record=head_of(self.links, table, record, row), rows=rows)
        return Answer(message=suggestions(view))

    def _ways(self, chat: Chat, record: RecordRef, suggested: Suggested) -> tuple[Button, ...]:
        """How the person can be spoken to from here."""
        someone = suggested.person
        query = urlencode({"users": someone.sign_in, "message": self.links.open(record)}, quote_via=quote)
        claim = {PERSON: someone.id}
        new_chat = new_chat_button(record, with_person=someone.id)
        add = Press(title="Add to this chat", verb=Verb.ADD_PERSON, payload=claim)
        here = (add,) if chat.kind is ChatKind.GROUP else ()
        return (Open(title="Write", url=f"{_NEW_CHAT}?{query}"), new_chat, *here)
