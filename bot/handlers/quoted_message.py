"""The message from which an action command is opened, as data of its first page. Pure.

Its form is that of `messagePayload` ("Create and send the dialog", Teams documentation); any part of it may be missing
or of a wrong type.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.formatting import canonical_instant
from bot.domain.public_names import QuotedField
from bot.domain.record_links import find_addresses
from bot.domain.saved_message import MAX_TEXT_LENGTH, message_link, safe_link
from bot.domain.saved_message import truncate as truncate_message
from bot.domain.values import ChatId
from bot.html_text import plain_text
from cards.text import single_line, truncate

MAX_HTML_LENGTH = 40_000
"""Characters of a message's HTML that are read: reading takes its time, and people write less."""

MAX_FILES = 20

MAX_FILE_NAMES_LENGTH = 400
"""Characters of the attachments' names: a page writes no more of them, and carries what it was opened with."""


def quoted_message(payload: object, chat: ChatId) -> dict[str, str]:
    """What is known of the message; nothing where there is none."""
    if not isinstance(payload, dict):
        return {}
    body, attachments = _within(payload.get("body")), _attachments(payload)
    content = _text(body.get("content"))
    words = plain_text(content, max_length=MAX_HTML_LENGTH) if body.get("contentType") != "text" else content
    lines = "\n".join(single_line(each, limit=MAX_TEXT_LENGTH) for each in words.splitlines())
    names = filter(None, (single_line(_text(each.get("name"))) for each in attachments))
    cards = (_text(each.get("content")).replace("\\u0026", "&") for each in attachments)
    found = {
        QuotedField.TEXT: truncate_message(lines.strip(), whole=len(content) <= MAX_HTML_LENGTH),
        QuotedField.AUTHOR: single_line(_author(payload)),
        QuotedField.SENT: _sent(payload),
        QuotedField.LINK: _link(payload, chat),
        QuotedField.FILES: truncate("\n".join(names), MAX_FILE_NAMES_LENGTH),
        QuotedField.ADDRESSES: "\n".join(find_addresses("\n".join((content, *cards)))),
    }
    return {name: text for name, text in found.items() if text}


def _author(payload: Mapping[str, Any]) -> str:
    sender = _within(payload.get("from"))
    named = _within(sender.get("user")) or _within(sender.get("application"))
    return _text(named.get("displayName"))


def _sent(payload: Mapping[str, Any]) -> str:
    at = canonical_instant(_text(payload.get("createdDateTime"))) or ""
    return f"{at[:10]} {at[11:16]} UTC" if "T" in at else ""


def _link(payload: Mapping[str, Any], chat: ChatId) -> str:
    message = _text(payload.get("id"))
    return safe_link(_text(payload.get("linkToMessage"))) or (message_link(chat, message[:100]) if message else "")


def _attachments(payload: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    given = payload.get("attachments")
    listed = given[:MAX_FILES] if isinstance(given, list) else []
    return [each for each in listed if isinstance(each, dict)]


def _within(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
