"""Finished activities and attachments, in the form that a channel shows."""

import json
from typing import Any

from cards.elements import to_json
from cards.message import Message
from cards.text import LONGEST, shortened

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
THUMBNAIL = "application/vnd.microsoft.card.thumbnail"
TEAMS = "msteams"
LARGEST = 25_000
"""Bytes of a card: Teams takes more from bots, but 28 KB elsewhere ("Message size limits")."""


def activity(message: Message, *, channel: str) -> dict[str, Any]:
    """The activity's JSON: the card alone, for Teams would split text beside it into a message of its own.

    Raises ValueError for a card that is too large.
    """
    summary = shortened(message.summary, LONGEST)
    return {"type": "message", "summary": summary, "attachments": [attachment(message, channel=channel)]}


def attachment(message: Message, *, channel: str) -> dict[str, Any]:
    """The card as an attachment; raises ValueError for one that is too large."""
    card = to_json(message.card)
    content = card if channel == TEAMS else _with_submits(card)
    if len(json.dumps(content, ensure_ascii=False).encode()) > LARGEST:
        raise ValueError(f"a card of more than {LARGEST} bytes")
    return {"contentType": ADAPTIVE, "content": content}


def result(message: Message, *, channel: str) -> dict[str, Any]:
    """The card as a message extension's result, with the preview that Teams wants beside it."""
    preview = {"contentType": THUMBNAIL, "content": {"title": shortened(message.summary, LONGEST), "text": ""}}
    return {**attachment(message, channel=channel), "preview": preview}


def _with_submits(part: Any) -> Any:
    """The part with `Action.Submit` in place of `Action.Execute`, and without `refresh`: only Teams knows these."""
    if isinstance(part, list):
        return [_with_submits(each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "Action.Execute":
        return part["fallback"]
    return {name: _with_submits(value) for name, value in part.items() if name != "refresh"}
