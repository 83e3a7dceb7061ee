"""Read the text of a message as a command. Pure.

Teams sends some things only in the HTML of a message, which is an attachment: the address of a link with a title, and
where a quoted message ends. Any part may be missing or have a wrong type.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import orjson
from botbuilder.schema import Activity

from bot.domain.record_links import find_addresses, names_record
from bot.text.html_elements import unescape
from bot.text.html_text import read_html
from bot.text.json_text import loads
from bot.text.teams_markup import without_html_mentions, without_markup, without_quote
from bot.text.typed_text import on_one_line

MAX_TEXT_LENGTH = 20_000
"""Characters of a message that are read, enough for several links."""

_MAX_HTML_LENGTH = 100_000
_MAX_ATTACHMENTS = 10
_MAX_MENTIONS = 20
"""Different texts that mention the bot. Each one costs a search through the message."""
_MAX_STRINGS = 200
"""Texts of an attachment that are read."""
_HTML = "text/html"
_FORWARDED = "forwardedMessageReference"


def command_texts(activity: Activity) -> tuple[str, ...]:
    """Return the texts that the person may mean as a command, the most likely one first, each on one line.

    It is the text after the last mention of the bot, because older clients put quoted words before it, or else the
    whole text. Addresses that are only in the HTML or in a forwarded message are added.
    """
    html = _attached(activity, _HTML)
    own_html = without_quote(html)
    if own_html == html:
        text = (activity.text or "")[:MAX_TEXT_LENGTH]
    else:
        text = read_html(without_html_mentions(own_html), max_length=MAX_TEXT_LENGTH).text
    for mention in bot_mentions(activity):
        text = text.replace(mention, "\0")
    whole, last = text.replace("\0", " "), text.rpartition("\0")[2]
    added = _added_addresses(whole, own_html, activity)
    return tuple(dict.fromkeys(" ".join((_clean(each), *added)).strip() for each in (last, whole)))


def bot_mentions(activity: Activity) -> list[str]:
    """Return the parts of the text that mention the bot, up to a maximum."""
    bot = activity.recipient.id if activity.recipient else None
    mentions: dict[str, None] = {}
    for entity in filter(None, activity.entities or []):
        properties: Mapping[str, Any] = getattr(entity, "additional_properties", None) or {}
        mentioned, text = properties.get("mentioned"), properties.get("text")
        if entity.type == "mention" and isinstance(mentioned, dict) and isinstance(text, str) and text:
            mentions |= {text: None} if mentioned.get("id") == bot else {}
        if len(mentions) == _MAX_MENTIONS:
            break
    return list(mentions)


def texts_within(content: object) -> Iterator[str]:
    """Yield the texts of an attachment's content, which may be JSON."""
    if isinstance(content, str) and content.lstrip()[:1] in {"{", "["}:
        try:
            content = loads(content.encode(errors="replace"))
        except orjson.JSONDecodeError:
            content = str(content)
    return islice(_strings(content), _MAX_STRINGS)


def _strings(content: object) -> Iterator[str]:
    waiting = [content]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += reversed(each.values())
        elif isinstance(each, list):
            waiting += reversed(each)


def _clean(text: str) -> str:
    return on_one_line(unescape(without_markup(text)))


def _added_addresses(text: str, html: str, activity: Activity) -> list[str]:
    """Return the addresses of records that the text lacks, such as that of a link with a title."""
    own = set(find_addresses(unescape(text)))
    has_own = any(map(names_record, own))
    forwarded = "" if has_own else "\n".join(texts_within(_attached(activity, _FORWARDED)))
    found = find_addresses(f"{html}\n{forwarded}")
    return [each for each in found if each not in own and names_record(each)]


def _attached(activity: Activity, content_type: str) -> str:
    """Return the content of the first attachment of this type, up to a limit; empty if there is none."""
    for each in islice(filter(None, activity.attachments or []), _MAX_ATTACHMENTS):
        if each.content_type == content_type and isinstance(each.content, str):
            return each.content[:_MAX_HTML_LENGTH]
    return ""
