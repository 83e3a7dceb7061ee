"""Buttons on a record's own card, whose answers are for one reader."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import NotSupported
from bot.domain.public_names import Verb
from bot.domain.record_links import RecordLinks
from bot.features.key_fields.view_change import ViewChange
from bot.features.record_cards.unfurl_link import UnfurlLink
from bot.features.record_cards.view_record import ViewRecord
from bot.features.shared.action_data import Claims, link_in, unknown_button
from bot.features.shared.answers import Answer
from bot.features.shared.routes import PressWork
from bot.features.shared.turn import Incoming


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordButtons:
    """A record as the person who presses may see it."""

    links: RecordLinks
    view: ViewRecord
    view_change: ViewChange
    unfurl: UnfurlLink

    @property
    def work(self) -> Mapping[str, PressWork]:
        """Who answers for each verb."""
        return {Verb.VIEW: self._view, Verb.VIEW_CHANGE: self._view_change}

    async def _view(self, incoming: Incoming, claims: Claims) -> Answer:
        link = link_in(claims, self.links)
        if incoming.private:
            return await self.view(incoming.chat, incoming.person, link)
        # A client that knows no better sends the button as a message, and everybody sees the answer.
        answer = await self.unfurl(link, incoming.person, incoming.chat)
        if answer is None:
            raise unknown_button()
        return answer

    async def _view_change(self, incoming: Incoming, claims: Claims) -> Answer:
        if not incoming.private:
            raise NotSupported("Your Teams cannot show this to you alone.", "Open the record to see it.")
        return await self.view_change(incoming.chat, incoming.person, claims.get("change", ""))
