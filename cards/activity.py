"""Finished activities and attachments, as JSON for a channel."""

import re
from typing import Any

import orjson

from cards.elements import AdaptiveCard
from cards.message import Rendered
from cards.text import escape_html, plain
from cards.validation import rendered, to_json

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
THUMBNAIL = "application/vnd.microsoft.card.thumbnail"
TEAMS = "msteams"
MAX_BYTES = 25_000
"""Bytes of a card. Teams accepts more from bots, but its other limits are 28 KB ("Message size limits")."""


class CardTooLargeError(ValueError):
    """Teams does not accept a card of this size."""

    def __init__(self, size: int) -> None:
        super().__init__(f"a card of more than {MAX_BYTES} bytes")
        self.size = size


_HALF = re.compile("[\ud800-\udfff]")


def activity_json(message: Rendered, *, channel: str) -> bytes:
    """Return the activity as JSON that is ready to send.

    It contains only the card, because Teams would post text beside it as a separate message. Raise
    `CardTooLargeError` for a card that is too large.
    """
    card, summary = card_json(message, channel=channel), _dumps(feed_line(message))
    return b'{"type":"message","summary":%b,"attachments":[{"contentType":"%b","content":%b}]}' % (
        summary,
        ADAPTIVE.encode(),
        card,
    )


def feed_line(message: Rendered) -> str:
    """Return the text that represents the card in the activity feed."""
    return plain(message.summary)


def card_json(message: Rendered, *, channel: str) -> bytes:
    """Return the card alone as JSON that is ready to send. Raise `CardTooLargeError` if it is too large."""
    encoded = _on_teams(message.card) if channel == TEAMS else _encoded(_with_submits(to_json(message.card)))
    if len(encoded) > MAX_BYTES:
        raise CardTooLargeError(len(encoded))
    return encoded


def fits(card: AdaptiveCard) -> bool:
    """Check whether Teams accepts the card's size."""
    return len(_on_teams(card)) <= MAX_BYTES


def _on_teams(card: AdaptiveCard) -> bytes:
    """Return the card as JSON. If it is too large, leave out the fallback actions for old clients."""
    whole = _encoded(card)
    return whole if len(whole) <= MAX_BYTES else _encoded(_without_fallbacks(to_json(card)))


def _encoded(card: AdaptiveCard | dict[str, Any]) -> bytes:
    try:
        return _dumps(card)
    except TypeError:
        return _dumps(_without_halves(to_json(card) if isinstance(card, AdaptiveCard) else card))


def _dumps(value: object) -> bytes:
    # What a button carries is named by members of `StrEnum` too.
    return orjson.dumps(value, default=rendered, option=orjson.OPT_NON_STR_KEYS)


def result_preview(message: Rendered) -> dict[str, Any]:
    """Return the preview that Teams requires beside the card of a search result."""
    return {"contentType": THUMBNAIL, "content": {"title": escape_html(feed_line(message)), "text": ""}}


def _without_halves(part: Any) -> Any:
    """Return the part with a replacement for each half of a surrogate pair, which JSON cannot contain."""
    if isinstance(part, list):
        return [_without_halves(each) for each in part]
    if isinstance(part, dict):
        return {_without_halves(name): _without_halves(value) for name, value in part.items()}
    return _HALF.sub("\ufffd", part) if isinstance(part, str) else part


def _without_fallbacks(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_fallbacks(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {name: _without_fallbacks(value) for name, value in part.items() if name != "fallback"}


def _with_submits(part: Any) -> Any:
    """Return the part with `Action.Submit` for `Action.Execute`, and without `refresh`: only Teams supports them."""
    if isinstance(part, list):
        return [_with_submits(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "Action.Execute":
        return part["fallback"]
    return {name: _with_submits(value) for name, value in part.items() if name != "refresh"}
