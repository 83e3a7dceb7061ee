"""Finished activities and attachments, in the form that a channel shows."""

import json
from typing import Any, cast

from cards.elements import to_json
from cards.message import Message
from cards.text import LONGEST, shortened

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
THUMBNAIL = "application/vnd.microsoft.card.thumbnail"
TEAMS = "msteams"
LARGEST = 25_000
"""Bytes of a card: Teams takes more from bots, but 28 KB elsewhere ("Message size limits")."""

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def activity(message: Message, *, channel: str) -> dict[str, Any]:
    """The activity's JSON: the card alone, for Teams would split text beside it into a message of its own.

    Raises ValueError for a card that is too large.
    """
    return {"type": "message", "summary": feed_line(message), "attachments": [attachment(message, channel=channel)]}


def feed_line(message: Message) -> str:
    """What stands for the card in the feed."""
    return shortened(message.summary, LONGEST)


def attachment(message: Message, *, channel: str) -> dict[str, Any]:
    """The card as an attachment; raises ValueError for one that is too large."""
    content = _content(message, channel)
    _encoded(content)
    return {"contentType": ADAPTIVE, "content": content}


def card_json(message: Message, *, channel: str) -> bytes:
    """The card alone, ready to be sent; raises ValueError for one that is too large."""
    return _encoded(_content(message, channel))


def result(message: Message, *, channel: str) -> dict[str, Any]:
    """The card as a message extension's result, with the preview that Teams wants beside it."""
    preview = {"contentType": THUMBNAIL, "content": {"title": feed_line(message), "text": ""}}
    return {**attachment(message, channel=channel), "preview": preview}


def _content(message: Message, channel: str) -> dict[str, Any]:
    card = to_json(message.card)
    return card if channel == TEAMS else cast("dict[str, Any]", _with_submits(card))


def _encoded(content: dict[str, Any]) -> bytes:
    encoded = _ENCODER.encode(content).encode()
    if len(encoded) > LARGEST:
        raise ValueError(f"a card of more than {LARGEST} bytes")
    return encoded


def _with_submits(part: Any) -> Any:
    """The part with `Action.Submit` in place of `Action.Execute`, and without `refresh`: only Teams knows these."""
    if isinstance(part, list):
        return [_with_submits(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "Action.Execute":
        return part["fallback"]
    return {name: _with_submits(value) for name, value in part.items() if name != "refresh"}
