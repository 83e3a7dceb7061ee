"""The message extension: a pasted link becomes a card, and records are searched.

Teams asks for each link of a message by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from orjson import Fragment

from bot.domain.errors import BadRequest, ChatSyncError
from bot.domain.public_names import ALL_RECORDS, SEARCH, SEARCHES
from bot.domain.record_links import RecordLink
from bot.features.record_cards.search_records import SearchResult, search_records
from bot.features.record_cards.unfurl_link import unfurl_anonymous_link, unfurl_link
from bot.features.shared.answers import Answer, personal_view_button
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.handlers.activities import ExtensionQuery
from bot.handlers.deadlines import Deadline
from bot.handlers.invoke_answers import extension_message, extension_results
from bot.handlers.latest_only import LatestOnly
from cards.activity import ADAPTIVE, card_json, result_preview
from cards.message import Message
from cards.search_result import search_result


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What the compose box asks."""

    services: Services
    answering: Deadline
    _typing: LatestOnly[Sequence[SearchResult] | ChatSyncError] = field(default_factory=LatestOnly)

    async def answer_link(self, address: str | None, turn: Turn) -> Mapping[str, Any]:
        """The answer to a link query: a card, or none for a link that is not of a record."""
        link, channel = self._parsed(address), turn.chat.channel
        if link is None:
            return extension_results([])
        unfurled = unfurl_link(self.services, link, turn.person, turn.chat)
        return _response(await self.answering(unfurled, personal_view_button(link)), channel)

    async def answer_anonymous_link(self, address: str | None, channel: str) -> Mapping[str, Any]:
        """The answer where the app is not installed: a card that says so, or none."""
        link = self._parsed(address)
        return _response(await self.answering(unfurl_anonymous_link(self.services, link)) if link else None, channel)

    def _parsed(self, address: str | None) -> RecordLink | None:
        if address is None:
            raise BadRequest("A link query needs value.url.")
        return self.services.links.parse(address)

    async def answer_query(self, query: ExtensionQuery | None, turn: Turn) -> Mapping[str, Any]:
        """The answer to a search: records to choose from, or a line that says why there are none."""
        if query is None:
            raise BadRequest("A search needs value.commandId and value.parameters.")
        if query.command != SEARCH or query.parameter not in SEARCHES:
            return extension_message("This search is not there any more. Ask your administrator to update the app.")
        channel = turn.chat.channel
        only = None if query.parameter == ALL_RECORDS else query.parameter
        search = partial(
            search_records,
            self.services,
            query.text,
            turn.person,
            turn.chat,
            only=only,
            skip=query.skip,
            count=query.count,
        )
        results = await self._typing.run(turn.key, query, lambda: self.answering.start(search))
        if isinstance(results, ChatSyncError):
            return extension_message(f"{results} {results.next_step}")
        if results == [] and query.skip == 0:
            return extension_message("No record fits this. Write a few letters of its name, or its number.")
        return extension_results([_card(each.card, channel, search_result(each.view)) for each in results or ()])


def _response(answer: Answer | None, channel: str) -> Mapping[str, Any]:
    return extension_results([_card(answer.message, channel, result_preview(answer.message))] if answer else [])


def _card(message: Message, channel: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    """A card and what the person who chooses sees of it."""
    return {"contentType": ADAPTIVE, "content": Fragment(card_json(message, channel=channel)), "preview": shown}
