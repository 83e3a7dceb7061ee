"""Convert HTML to plain text (spec K4): rich text columns, and the messages that become notes and tasks.

The HTML comes from outside and may be anything. It is scanned once from start to end, without a tree. So the time is
linear, the work has limits, and no text raises an error. As in browsers, hidden parts are left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from bot.text.html_elements import (
    BLOCKS,
    CELLS,
    EMOJIS,
    RICH,
    ROWS,
    UNSEEN,
    UNSEEN_TEXT,
    VOID,
    OpenElements,
    is_same_address,
    is_unseen,
    link_address,
    read_attributes,
    unescape,
)

IMAGE = "[image]"

MAX_LENGTH = 20_000
"""Maximum number of characters of the text, if the caller sets none. Cards show two hundred."""

MAX_SOURCE_LENGTH = 1_100_000
"""Characters of HTML that are read. A multiline column has at most 1,048,576."""

MAX_TAGS = 12_000
"""Tags and quoted attributes that are read. Each takes some microseconds."""

_SOURCE_PER_CHARACTER = 5
"""Characters of source that are read for each character of text, because entities are longer than their characters."""

_NAME = r"[A-Za-z][A-Za-z0-9]*(?:[:_-][A-Za-z0-9]+)*"
_TOKEN = re.compile(rf"<(?:(/?)({_NAME})(?=[\s/>])|!--|[!?])")
_TAG_STOP = re.compile(r">|=\s*[\"']")
_UNSEEN_TEXT_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in UNSEEN_TEXT}
_MARKUP = re.compile(rf"<(?:!doctype\b|/?({_NAME})(?=[\s/>])[^<>]*>)", re.IGNORECASE)
_EMBEDDED = re.compile(r"data:[^\"'\s<>]{100,}")
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_NOTHING, _SPACE, _SOURCE_LINE, _LINE = range(4)
_SEPARATORS = ("", " ", "\r", "\n")
"""Separators of the parts of a text. `_SOURCE_LINE` becomes a space or a line when the whole text is known."""


@dataclass(frozen=True, slots=True)
class HtmlText:
    """The visible text of HTML."""

    text: str
    complete: bool
    """False if the text was cut, or if a limit ended the reading."""


def looks_rich(text: str) -> bool:
    """Check whether the text contains HTML elements, as rich text columns do."""
    tags = islice(_MARKUP.finditer(text, 0, MAX_SOURCE_LENGTH), MAX_TAGS)
    return any(tag[1] is None or tag[1].lower() in RICH for tag in tags)


def plain_text(html: str, *, max_length: int = MAX_LENGTH) -> str:
    """Return the visible text of the HTML: a line for each block and row, `[image]` for each image."""
    return read_html(html, max_length=max_length).text


def read_html(html: str, *, max_length: int = MAX_LENGTH) -> HtmlText:
    """Return the visible text of the HTML, and whether it is complete."""
    reader = _Reader(html[:MAX_SOURCE_LENGTH], max_length)
    reader.read()
    return HtmlText(reader.text[:max_length], complete=reader.complete and len(html) <= MAX_SOURCE_LENGTH)


class _Reader:
    """Scans HTML once. No part of it is looked at again, so that the time is linear."""

    def __init__(self, html: str, max_length: int) -> None:
        self._html = html
        self._max_length = max_length
        self._at = 0
        self._tags_left = MAX_TAGS
        self._source_left = _SOURCE_PER_CHARACTER * max_length
        self._pairs_quotes = True
        self._elements = OpenElements()
        self._lines = _Lines()
        self._link = ("", 0)

    @property
    def text(self) -> str:
        """The text so far."""
        return self._lines.joined()

    @property
    def complete(self) -> bool:
        """True if no limit was reached, and the whole HTML was read."""
        return self._at == len(self._html) and self._is_within_limits()

    def read(self) -> None:
        """Read until the end, or until a limit is reached."""
        while self._at < len(self._html) and self._tags_left > 0 and self._is_within_limits():
            token = _TOKEN.search(self._html, self._at)
            end = token.start() if token else len(self._html)
            if end > self._at:
                self._read_text(end)
            if token:
                self._tags_left -= 1
                self._read_markup(token)
        self._end_link()

    def _is_within_limits(self) -> bool:
        return self._source_left >= 0 and self._lines.length <= self._max_length

    def _read_text(self, end: int) -> None:
        source, self._at = self._html[self._at : end], end
        if self._elements.hidden:
            return
        if not source.isspace():
            source = _EMBEDDED.sub("data:", source)
            readable = max(self._source_left, 0)
            self._source_left -= len(source)
            source = unescape(source[:readable])
        self._lines.write(source, preformatted=self._elements.preformatted)

    def _read_markup(self, token: re.Match[str]) -> None:
        if token[0] == "<!--":
            end = self._html.find("-->", token.start() + 2)  # `<!-->` is a whole comment
            self._at = len(self._html) if end < 0 else end + 3
            return
        end = self._tag_end(token.end())
        if end < 0:
            self._read_rest()
            return
        self._at = end + 1
        if token[1]:
            self._read_end_tag(token[2].lower())
        elif token[2]:
            self._read_start_tag(token[2].lower(), self._html[token.end() : end])

    def _tag_end(self, start: int) -> int:
        """Return the position of the `>` that ends the tag, or -1. A `>` within quotes is part of the value.

        If a quote is not closed, or no tag ends, quotes mean nothing from then on. So the rest is searched only once.
        """
        at, html = start, self._html
        while self._pairs_quotes and self._tags_left > 0:
            stop = _TAG_STOP.search(html, at)
            if stop and stop[0] == ">":
                return stop.start()
            at = html.find(stop[0][-1], stop.end()) + 1 if stop else 0
            self._pairs_quotes = at > 0
            self._tags_left -= 1
        return html.find(">", start)

    def _read_rest(self) -> None:
        """Read the rest as text. No `>` follows, so that there are no more tags."""
        comment = self._html.find("<!--", self._at)
        self._read_text(len(self._html) if comment < 0 else comment)
        self._at = len(self._html)

    def _read_start_tag(self, name: str, source: str) -> None:
        is_closed = source.endswith("/")
        if self._elements.close_implied(name):
            self._lines.leave_cell()
        if name in UNSEEN_TEXT:
            end = None if is_closed else _UNSEEN_TEXT_END[name].search(self._html, self._at)
            self._at = self._at if is_closed else end.start() if end else len(self._html)
            return
        attributes = read_attributes(name, source)
        unseen = name in UNSEEN or is_unseen(attributes)
        if name not in VOID and not is_closed:
            self._elements.open(name, unseen=unseen)
        if not unseen and not self._elements.hidden:
            self._show_start(name, attributes)

    def _show_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "img":
            is_emoji = attributes.get("itemtype", "").endswith("Emoji") and attributes.get("alt")
            self._lines.write(attributes["alt"] if is_emoji else IMAGE)
        elif name in EMOJIS:
            self._lines.write(attributes.get("alt", ""))
        elif name == "a":
            self._end_link()
            self._link = (link_address(attributes.get("href", "")), self._lines.mark())
        else:
            self._lines.begin(name)

    def _read_end_tag(self, name: str) -> None:
        was_hidden = self._elements.hidden
        self._elements.close(name)
        if was_hidden:
            return
        if name == "a":
            self._end_link()
        else:
            self._lines.end(name)

    def _end_link(self) -> None:
        """Add the address of the link to its text, unless the text is the address."""
        (address, mark), self._link = self._link, ("", 0)
        text = self._lines.since(mark) if address else ""
        if text and not is_same_address(text, address):
            self._lines.add(f" ({address})")


class _Lines:
    """The text so far, in parts, and what separates it from the next part."""

    def __init__(self) -> None:
        self.length = 0
        self._parts: list[str] = []
        self._pending = _NOTHING
        self._has_blocks = False
        self._row_from = 0
        self._cell_from = -1

    def write(self, text: str, *, preformatted: bool = False) -> None:
        """Add text, with one space for each run of white space."""
        level = _LINE if preformatted else _SPACE if self._has_blocks else _SOURCE_LINE
        lines = [text] if level == _SPACE else text.splitlines()
        words = _SEPARATORS[level].join(" ".join(line) for line in map(str.split, lines) if line)
        self._separate(_level(text[: len(text) - len(text.lstrip())], level))
        if words:
            self._add_separated(words)
            self._separate(_level(text[len(text.rstrip()) :], level))

    def add(self, text: str) -> None:
        """Add text directly to the last part."""
        self._parts.append(text)
        self.length += len(text)

    def begin(self, name: str) -> None:
        """Begin an element."""
        self._separate_element(name)
        if name in CELLS:
            self._cell_from = self.length

    def end(self, name: str) -> None:
        """End an element."""
        self._separate_element(name)
        if name in CELLS:
            self.leave_cell()

    def leave_cell(self) -> None:
        """Leave the cell of a table."""
        self._cell_from = -1

    def mark(self) -> int:
        """Return the current position."""
        return len(self._parts)

    def since(self, mark: int) -> str:
        """Return the text since a position, on one line."""
        return " ".join("".join(self._parts[mark:]).split())

    def joined(self) -> str:
        """Return the text. If there are no blocks, the lines of the source are the lines of the text."""
        source_line = " " if self._has_blocks else "\n"
        return _SURROGATE.sub("\ufffd", "".join(self._parts).replace(_SEPARATORS[_SOURCE_LINE], source_line))

    def _separate_element(self, name: str) -> None:
        if name in BLOCKS:
            self._has_blocks = True
            if self.length != self._cell_from:  # a block at the start of a cell stays in the line of its row
                self._pending = _LINE
            if name in ROWS:
                self._row_from = self.length
        elif name in CELLS:
            self._has_blocks = True
            if self.length > self._row_from:
                self._pending = _SPACE

    def _separate(self, level: int) -> None:
        self._pending = max(self._pending, level)

    def _add_separated(self, words: str) -> None:
        if self._parts:
            self.add(_SEPARATORS[self._pending])
        self._pending = _NOTHING
        self.add(words)


def _level(white_space: str, line_level: int) -> int:
    """Return how white space separates the text before and after it."""
    return line_level if _LINE_END.search(white_space) else _SPACE if white_space else _NOTHING
