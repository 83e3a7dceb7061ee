"""The dialog that connects the chat in which it is opened. What comes back from it is a claim, whoever sends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.public_names import PERSON, Dialog
from bot.domain.values import ChatKind, RecordRef
from bot.features.connections.connect_chat import ConnectChat, Note
from bot.features.new_chats.dialog import SURE, NewChatPages
from bot.features.new_chats.plan_chat import WAYS_OUT
from bot.features.record_search.find_records import Hit
from bot.features.record_search.record_picker import NamedRecords, only, wrong_record
from bot.features.shared.action_data import Claims
from bot.features.shared.answers import record_claim
from bot.features.shared.routes import PageWork, Search
from bot.features.shared.turn import Incoming, other_in
from cards.buttons import SubmitButton
from cards.connect_chat import ConnectView, connect_page
from cards.dialog import Done, Page
from cards.inputs import OFF, ON
from cards.new_chat import NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectPages:
    """One page: which record, and whether with a note."""

    records: NamedRecords
    connect: ConnectChat
    new_chat: NewChatPages

    @property
    def pages(self) -> Mapping[str, PageWork]:
        """Who answers for each page."""
        return {Dialog.CONNECT_CHAT: self.start, Dialog.CONNECT_THIS_CHAT: self.submit}

    @property
    def searches(self) -> Mapping[str, Search]:
        """None of its own: it searches records as the new chat's pages do."""
        return {}

    async def start(self, incoming: Incoming, claims: Claims) -> Page:
        """The page, with the record that the message links to."""
        return await self._page(incoming, claims)

    async def submit(self, incoming: Incoming, claims: Claims) -> Page | Done:
        """The chat is connected; or the page once more, with what is wrong on it."""
        found = await self.records.named(incoming.person, claims)
        if len(found) != 1:
            return await self._page(incoming, claims, wrong_record(found, claims), found)
        record = only(found)
        if incoming.chat.kind is ChatKind.PERSONAL:
            # A one-to-one chat cannot be connected: it goes on with a group chat of the same people (spec C2).
            other = other_in(incoming.chat, incoming.person)
            return await self.new_chat.people(incoming, {**record_claim(record), **({PERSON: other} if other else {})})
        sure = Note.SEND if claims.get(SURE) == ON else Note.ASK
        note = Note.NONE if claims.get(NOTE) == OFF else sure
        answer = await self.connect(incoming.chat, incoming.person, record, note=note)
        if answer.asks:
            asked = f"{answer.message.summary} {WAYS_OUT}"
            return await self._page(incoming, {**claims, SURE: ON}, asked)
        return Done(text=answer.message.summary)

    async def _page(
        self, incoming: Incoming, claims: Claims, problem: str = "", found: Sequence[Hit | RecordRef] = ()
    ) -> Page:
        said = self.records.about(incoming.person, claims)
        about, inputs = await self.records.asked(incoming.person, claims, said, found)
        payload = record_claim(about.record) if about else {}
        personal = incoming.chat.kind is ChatKind.PERSONAL
        connect = SubmitButton(
            title="Next" if personal else "Connect", dialog=Dialog.CONNECT_THIS_CHAT, payload=payload
        )
        anyway = SubmitButton(title="Send it anyway", dialog=connect.dialog, payload={**payload, SURE: ON})
        return connect_page(
            ConnectView(
                record=inputs,
                note=None if personal else claims.get(NOTE, ON) != OFF,
                problem=problem,
                connect=connect,
                connect_anyway=anyway if claims.get(SURE) == ON else None,
            )
        )
