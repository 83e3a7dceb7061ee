"""Parse a message's activity and card from their JSON."""

import json
from typing import Any

from bot.languages.translator import ENGLISH
from cards.activity import activity_json, card_json
from cards.message import Message
from cards.translator import Translator


def activity(message: Message, t: Translator = ENGLISH, *, channel: str) -> dict[str, Any]:
    ready: dict[str, Any] = json.loads(activity_json(message.render(t), channel=channel))
    return ready


def card(message: Message, t: Translator = ENGLISH, *, channel: str) -> dict[str, Any]:
    ready: dict[str, Any] = json.loads(card_json(message.render(t), channel=channel))
    return ready
