"""The dialog that shows a record's timeline. What comes back from it is a claim, whoever sends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.public_names import Dialog, Verb
from bot.domain.values import RecordRef
from bot.features.chat_lists.list_timeline import ListTimeline
from bot.features.connections.find_connections import FindConnections
from bot.features.members.join_chat import JoinChat
from bot.features.record_search.find_records import Hit
from bot.features.record_search.record_picker import NamedRecords, only, wrong_record
from bot.features.shared.action_data import Claims, begin_in, connection_in
from bot.features.shared.answers import record_claim
from bot.features.shared.private_answers import alone
from bot.features.shared.routes import PageWork, Search
from bot.features.shared.turn import Incoming
from cards.buttons import SubmitButton
from cards.dialog import Done, Page
from cards.timeline import ChooseRecordView, choose_record_page, timeline_page

_STEPS: Mapping[str, str] = {Verb.TIMELINE: Dialog.TIMELINE_OF, Verb.JOIN: Dialog.TIMELINE_JOIN}
"""The pages that do what the list's buttons do on a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePages:
    """Which record, the chats that it has and had, and joining one."""

    records: NamedRecords
    connections: FindConnections
    list_timeline: ListTimeline
    join: JoinChat

    @property
    def pages(self) -> Mapping[str, PageWork]:
        """Who answers for each page."""
        return {
            Dialog.TIMELINE: alone(self.start),
            Dialog.TIMELINE_WHICH: alone(self.which),
            Dialog.TIMELINE_OF: alone(self.of_record),
            Dialog.TIMELINE_JOIN: alone(self.joined),
        }

    @property
    def searches(self) -> Mapping[str, Search]:
        """None of its own: it searches records as the new chat's pages do."""
        return {}

    async def start(self, incoming: Incoming, _claims: Claims) -> Page:
        """The timeline of the chat's only record where the person may read that; else the question which."""
        connections = await self.connections.of_chat(incoming.chat)
        if len(connections) == 1:
            claims = record_claim(connections[0].record)
            if await self.records.about(incoming.person, claims):
                return await self.of_record(incoming, claims)
        return await self._which(incoming, {})

    async def which(self, incoming: Incoming, _claims: Claims) -> Page:
        """The question, whatever was shown before."""
        return await self._which(incoming, {})

    async def of_record(self, incoming: Incoming, claims: Claims) -> Page:
        """The timeline; or the question once more, with what is wrong with the answer."""
        found = await self.records.named(incoming.person, claims)
        if len(found) != 1:
            return await self._which(incoming, claims, wrong_record(found, claims), found)
        view = await self.list_timeline.view(incoming.person, only(found), begin=begin_in(claims))
        another = SubmitButton(title="Another record", dialog=Dialog.TIMELINE_WHICH, payload={})
        return timeline_page(view, _STEPS, another)

    async def joined(self, incoming: Incoming, claims: Claims) -> Done:
        """What came of it; raises as `JoinChat` does."""
        return Done(text=(await self.join(incoming.person, connection_in(claims))).message.summary)

    async def _which(
        self, incoming: Incoming, claims: Claims, problem: str = "", found: Sequence[Hit | RecordRef] = ()
    ) -> Page:
        inputs = await self.records.inputs(incoming.person, claims, None, found)
        show = SubmitButton(title="Show", dialog=Dialog.TIMELINE_OF, payload={})
        return choose_record_page(ChooseRecordView(record=inputs, problem=problem, show=show))
