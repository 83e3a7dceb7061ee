"""Parse the message from which an action command was opened. Pure.

Its format is `messagePayload` ("Create and send the dialog", Teams documentation). Any part of it may be missing or
have a wrong type.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.formatting import canonical_instant
from bot.domain.public_names import QuotedField
from bot.domain.record_links import find_addresses
from bot.domain.saved_message import MAX_TEXT_LENGTH, message_link, names_chat, safe_link
from bot.domain.saved_message import truncate as truncate_message
from bot.domain.values import Chat
from bot.handlers.message_text import texts_within
from bot.text.html_text import HtmlText, read_html
from bot.text.json_text import loads
from cards.text import single_line, truncate

_MAX_READ = 2 * MAX_TEXT_LENGTH
"""Characters of a message's text that are read. Invisible ones are left out later."""

_FORWARDED = "forwardedMessageReference"
"""Content type of an attachment with a forwarded message ("chatMessageAttachment resource type")."""

_MAX_ID = 100
"""Characters of a message's ID."""

MAX_FILES = 20

MAX_FILE_NAMES_LENGTH = 400
"""Characters of the attachments' names: a page shows no more, and carries this data."""


def quoted_message(payload: object, chat: Chat) -> dict[str, str]:
    """Return the data for the first page, by `QuotedField`; empty if there is no message."""
    if not isinstance(payload, dict):
        return {}
    body, attachments = _object(payload.get("body")), _attachments(payload)
    content = _text(body.get("content"))
    shown = _plain(content) if body.get("contentType") == "text" else read_html(content, max_length=_MAX_READ)
    forwarded = [each for each in map(_forwarded, attachments) if each]
    parts = [_lines(shown.text), *(each.text for each in forwarded)]
    names = filter(None, (single_line(_text(each.get("name"))) for each in attachments))
    within = (text for each in attachments for text in texts_within(each.get("content")))
    sources = (content, *(each.html for each in forwarded), *within)
    fields = {
        QuotedField.TEXT: truncate_message(
            "\n\n".join(filter(None, parts)), whole=shown.complete and all(each.complete for each in forwarded)
        ),
        QuotedField.AUTHOR: single_line(_author(payload.get("from"))),
        QuotedField.SENT: _sent(payload),
        QuotedField.LINK: _link(payload, chat),
        QuotedField.FILES: truncate("\n".join(names), MAX_FILE_NAMES_LENGTH),
        QuotedField.ADDRESSES: "\n".join(find_addresses("\n".join(sources))),
    }
    return {name: value for name, value in fields.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forwarded:
    """A forwarded message."""

    text: str
    """Its words, below a line with the name of their author."""
    html: str
    complete: bool


def _forwarded(attachment: Mapping[str, Any]) -> _Forwarded | None:
    """Return the forwarded message; None if the attachment is another one, or if it has no words."""
    if attachment.get("contentType") != _FORWARDED:
        return None
    original = _parse(attachment.get("content"))
    html = _text(original.get("originalMessageContent"))
    read = read_html(html, max_length=_MAX_READ)
    words, author = _lines(read.text), single_line(_author(original.get("originalMessageSender")))
    if not words:
        return None
    title = f"Forwarded message from {author}:" if author else "Forwarded message:"
    return _Forwarded(text=f"{title}\n{words}", html=html, complete=read.complete)


def _parse(content: object) -> Mapping[str, Any]:
    """Parse the content of an attachment, which Teams sends as JSON in a text."""
    try:
        return _object(loads(content.encode(errors="replace")) if isinstance(content, str) else content)
    except ValueError:
        return {}


def _lines(text: str) -> str:
    return "\n".join(single_line(each, limit=MAX_TEXT_LENGTH) for each in text.splitlines()).strip()


def _plain(text: str) -> HtmlText:
    return HtmlText(text[:_MAX_READ], complete=len(text) <= _MAX_READ)


def _author(identity: object) -> str:
    sender = _object(identity)
    sender_data = _object(sender.get("user")) or _object(sender.get("application"))
    return _text(sender_data.get("displayName"))


def _sent(payload: Mapping[str, Any]) -> str:
    at = canonical_instant(_text(payload.get("createdDateTime"))) or ""
    return f"{at[:10]} {at[11:16]} UTC" if "T" in at else ""


def _link(payload: Mapping[str, Any], chat: Chat) -> str:
    message, parent = (_text(payload.get(name))[:_MAX_ID] for name in ("id", "replyToId"))
    link = safe_link(_text(payload.get("linkToMessage")))
    # Any client can send a message of its own, so it must not name a place that its sender is not in.
    if link and names_chat(link, chat):
        return link
    return message_link(chat, message, parent=parent) if message else ""


def _attachments(payload: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    attachments = payload.get("attachments")
    first = attachments[:MAX_FILES] if isinstance(attachments, list) else []
    return [each for each in first if isinstance(each, dict)]


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
