"""Questions: cards whose buttons answer them, and that disappear afterward (spec V14).

A button of such a card says where the card was posted. Like all data of a button, that is only a claim.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import orjson

from cards.elements import TextBlock
from cards.text import escape
from cards.translator import Translator
from cards.validation import to_json

QUESTION, ASKER = "question", "asker"
"""Names in a button's data: where its question was posted, and the account of the person who is asked."""

_LONGEST_SENTENCE = 400
_BUTTONS = frozenset({"Action.Execute", "Action.Submit"})


class Posted(StrEnum):
    """The place where a question was posted."""

    CHAT = "chat"
    """In the chat, by itself."""
    TARGETED = "targeted"
    """In a targeted message, which only the person who asked sees."""
    NEWS = "news"
    """On a card with news, which stays."""


def mark_buttons(card: bytes, mark: Mapping[str, str]) -> bytes:
    """Return the card's JSON with the mark in the data of each button."""
    parsed = orjson.loads(card)
    _mark(parsed, mark)
    return orjson.dumps(parsed)


def _mark(part: Any, mark: Mapping[str, str]) -> None:
    if isinstance(part, dict):
        if part.get("type") in _BUTTONS and isinstance(part.get("data"), dict):
            part["data"] |= mark
        for each in part.values():
            _mark(each, mark)
    elif isinstance(part, list):
        for each in part:
            _mark(each, mark)


def asks_about(activity: bytes, connection: str) -> bool:
    """Return whether a card of the activity asks for news about the connection."""
    return b'"%b"' % QUESTION.encode() in activity and _asks(orjson.loads(activity), connection)


def answered(t: Translator, activity: bytes, connection: str, line: str) -> bytes:
    """Return the activity without the buttons that ask about the connection, and with a line that says the answer."""
    parsed = orjson.loads(activity)
    for attachment in parsed["attachments"]:
        card = attachment["content"] = _without_buttons(attachment["content"], connection)
        card["body"].append(to_json(TextBlock(escape(t.show(line), limit=_LONGEST_SENTENCE), weight="Bolder")))
    return orjson.dumps(parsed)


def _asks(part: Any, connection: str) -> bool:
    if isinstance(part, list):
        return any(_asks(each, connection) for each in part)
    return isinstance(part, dict) and (
        _is_button(part, connection) or any(_asks(each, connection) for each in part.values())
    )


def _without_buttons(part: Any, connection: str) -> Any:
    if isinstance(part, list):
        return [_without_buttons(each, connection) for each in part if not _is_obsolete(each, connection)]
    if isinstance(part, dict):
        return {name: _without_buttons(value, connection) for name, value in part.items()}
    return part


def _is_obsolete(part: Any, connection: str) -> bool:
    """Return whether the part is a button that asks about the connection, or a row of only such buttons."""
    if isinstance(part, dict) and part.get("type") == "ActionSet":
        return all(_is_button(each, connection) for each in part["actions"])
    return isinstance(part, dict) and _is_button(part, connection)


def _is_button(part: Mapping[str, Any], connection: str) -> bool:
    data = part.get("data")
    if part.get("type") not in _BUTTONS or not isinstance(data, dict):
        return False
    return (data.get(QUESTION), data.get("connection")) == (Posted.NEWS, connection)
