"""Parse a message's activity and card from their JSON."""

import json
from typing import Any

from cards.activity import activity_json, card_json
from cards.message import Message


def activity(message: Message, *, channel: str) -> dict[str, Any]:
    ready: dict[str, Any] = json.loads(activity_json(message, channel=channel))
    return ready


def card(message: Message, *, channel: str) -> dict[str, Any]:
    ready: dict[str, Any] = json.loads(card_json(message, channel=channel))
    return ready
