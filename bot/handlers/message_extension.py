"""The message extension: unfurl pasted links, and search for records.

Teams sends a separate query for each link of a message.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from orjson import Fragment

from bot.domain.errors import BadRequest, ChatSyncError
from bot.domain.extension_names import ALL_RECORDS, SEARCH, SEARCHES
from bot.domain.record_links import RecordLink
from bot.features.record_cards.search_records import SearchResult, search_records
from bot.features.record_cards.unfurl_link import unfurl_anonymous_link, unfurl_link
from bot.features.shared.answers import Answer, personal_view_button
from bot.features.shared.reader_languages import chat_translator, client_translator, reader_translator
from bot.features.shared.services import Services
from bot.features.shared.turn import Turn
from bot.handlers.deadlines import Deadline, error_line, refusal
from bot.handlers.extension_query import ExtensionQuery
from bot.handlers.invoke_answers import extension_message, extension_results
from bot.handlers.latest_only import LatestOnly
from cards.activity import ADAPTIVE, card_json, result_preview
from cards.message import Rendered
from cards.search_result import search_result
from cards.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The answers to queries of the compose box."""

    services: Services
    deadline: Deadline
    _latest: LatestOnly[Sequence[SearchResult] | ChatSyncError] = field(default_factory=LatestOnly)

    async def answer_link(self, address: str | None, turn: Turn) -> Mapping[str, Any]:
        """Return the card of the linked record; no card if the link does not name a record."""
        link, channel = self._parse(address), turn.chat.channel
        if link is None:
            return extension_results([])
        result = await self.deadline.run(unfurl_link(self.services, link, turn.person, turn.chat))
        if isinstance(result, ChatSyncError):
            result = Answer(message=refusal(result, personal_view_button(link)))
        # Everyone in the chat sees the card in the message with the link.
        return _response(result, await chat_translator(self.services, turn.chat.id), channel)

    async def answer_anonymous_link(self, address: str | None, turn: Turn) -> Mapping[str, Any]:
        """Return the card for a person without the app, which says so; no card if the link does not name a record."""
        link = self._parse(address)
        card = unfurl_anonymous_link(self.services, link) if link else None
        answer = await self.deadline.answer(card) if card else None
        return _response(answer, client_translator(turn), turn.chat.channel)

    def _parse(self, address: str | None) -> RecordLink | None:
        if address is None:
            raise BadRequest("A link query needs value.url.")
        return self.services.links.parse(address)

    async def answer_query(self, query: ExtensionQuery | None, turn: Turn) -> Mapping[str, Any]:
        """Return the records to choose from, or a sentence that explains why there are none."""
        if query is None:
            raise BadRequest("A search needs value.commandId and value.parameters.")
        if query.command != SEARCH or not set(query.parameters) <= SEARCHES.keys():
            t = await reader_translator(self.services, turn)
            return extension_message(t("This search no longer exists. Ask your administrator to update the app."))
        channel = turn.chat.channel
        only = frozenset(query.parameters) - {ALL_RECORDS}
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
        results = await self._latest.run(turn.key, query, lambda: self.deadline.start(search))
        t = await reader_translator(self.services, turn)
        if isinstance(results, ChatSyncError):
            return extension_message(error_line(t, results))
        if results == [] and query.skip == 0:
            return extension_message(t("No record matches. Enter a few letters of its name, or its number."))
        shared = await chat_translator(self.services, turn.chat.id)
        return extension_results([_result(each, t, shared, channel) for each in results or ()])


def _result(result: SearchResult, t: Translator, shared: Translator, channel: str) -> dict[str, Any]:
    """Return the result in the reader's language, with the card that they may post in the chat's language."""
    return _card(result.card.render(shared), channel, search_result(t, result.view))


def _response(answer: Answer | None, t: Translator, channel: str) -> Mapping[str, Any]:
    if answer is None:
        return extension_results([])
    shown = answer.message.render(t)
    return extension_results([_card(shown, channel, result_preview(shown))])


def _card(shown: Rendered, channel: str, preview: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attachment with the card, and with the preview for the list of results."""
    return {"contentType": ADAPTIVE, "content": Fragment(card_json(shown, channel=channel)), "preview": preview}
