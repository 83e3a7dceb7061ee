"""Markup that Teams adds to the text of a message: mentions, quotes, and attachments.

Formats: "Messages in bot conversations" (Teams documentation), and what clients send. All functions take linear time.
"""

import re

_MENTION = re.compile(r"<at\b[^<>]{0,300}>[^<>]{0,300}</at>", re.IGNORECASE)
_HTML_MENTION = re.compile(
    r"<span\b[^<>]{0,300}schema\.skype\.com/mention[^<>]{0,300}>[^<>]{0,300}</span>", re.IGNORECASE
)
_OTHER = re.compile(r"</?(?:quoted|attachment)\b[^<>]{0,500}>", re.IGNORECASE)
_QUOTE_TAG = re.compile(r"<(/?)blockquote\b([^<>]{0,500})>", re.IGNORECASE)
_REPLY = "schema.skype.com/reply"


def without_markup(text: str) -> str:
    """Return the text without mentions of anybody, and without references to quotes and attachments."""
    return _OTHER.sub(" ", _MENTION.sub(" ", text))


def without_html_mentions(html: str) -> str:
    """Return the HTML of a message without mentions of anybody, and without references to attachments."""
    return without_markup(_HTML_MENTION.sub(" ", html))


def without_quote(html: str) -> str:
    """Return the HTML of a message without the message that it replies to. Other quotes stay."""
    kept, begin, depth = [], 0, 0
    for tag in _QUOTE_TAG.finditer(html):
        if depth == 0:
            if not tag[1] and _REPLY in tag[2].lower():
                kept.append(html[begin : tag.start()])
                depth, begin = 1, len(html)
        else:
            depth += -1 if tag[1] else 1
            begin = tag.end() if depth == 0 else begin
    return "".join((*kept, html[begin:]))
