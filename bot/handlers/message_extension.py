"""The message extension: a pasted link becomes a card."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orjson import Fragment

from bot.domain.errors import BadRequest
from bot.domain.values import Person
from bot.handlers.answering import Answering
from bot.handlers.translate import extension_answer
from bot.usecases.unfurl_link import UnfurlLink
from cards.activity import ADAPTIVE, card_json, preview
from cards.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What the compose box asks."""

    unfurl: UnfurlLink
    answering: Answering

    async def link(self, address: str | None, person: Person, channel: str) -> Mapping[str, Any]:
        """The answer to a link query: a card, or none for a link that is not of a record."""
        if address is None:
            raise BadRequest("A link query needs value.url.")
        answer = await self.answering(self.unfurl(address, person))
        return extension_answer([_result(answer.message, channel)] if answer else [])


def _result(message: Message, channel: str) -> dict[str, Any]:
    card = Fragment(card_json(message, channel=channel))
    return {"contentType": ADAPTIVE, "content": card, "preview": preview(message)}
