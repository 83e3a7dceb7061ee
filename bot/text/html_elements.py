"""Elements, attributes, and entities of HTML that its text depends on ("HTML Living Standard")."""

import re
from collections.abc import Mapping
from html import unescape as _unescape
from itertools import islice
from urllib.parse import unquote

MAX_ATTRIBUTES = 50
"""Attributes of a tag that are read."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS = _names(
    "address article aside blockquote body br caption center codeblock dd details dialog dir div dl dt fieldset"
    " figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup"
    " option p pre search section select summary table tbody textarea tfoot thead tr ul xmp"
)
"""Elements that begin a new line before and after them."""
ROWS = _names("caption table tbody tfoot thead tr")
"""Elements that begin a new row."""
CELLS = _names("td th")
VOID = _names("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")
"""Elements without an end tag."""
UNSEEN_TEXT = _names("iframe noembed noframes script style title")
"""Elements that are not shown, and whose content is not markup."""
UNSEEN = _names("head template xml")
"""Elements that are not shown."""
EMOJIS = _names("customemoji emoji")
"""Elements of Teams. The emoji is in the attribute `alt`."""
RICH = BLOCKS | CELLS | VOID | UNSEEN_TEXT
RICH |= _names("a abbr b big code em font head i label mark o:p s small span strike strong sub sup u")
"""Elements that show that a text is HTML."""

_PREFORMATTED = _names("codeblock listing pre textarea xmp")
_IN_HEAD = UNSEEN_TEXT | UNSEEN | _names("base basefont bgsound link meta noscript object")
_WITH_ATTRIBUTES = EMOJIS | {"a", "img"}
_CELL_ENDS = CELLS | _names("tbody tfoot tr")
_CLOSED_BY = {
    "dd": _names("dd dt"),
    "dt": _names("dd dt"),
    "li": _names("li"),
    "option": _names("optgroup option"),
    "p": (BLOCKS | CELLS) - _names("br optgroup option select"),
    "td": _CELL_ENDS,
    "th": _CELL_ENDS,
    "tr": _names("tbody tfoot tr"),
}
"""Start tags that also close an element, by the name of the element."""

_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*)))?")
_ATTRIBUTE_ENTITY = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9A-Fa-f]+;?|[A-Za-z][A-Za-z0-9]{0,31}(?:;|(?![=\w])))")
"""An entity in an attribute. In an address, `&copy=` is not one."""
_LONG_NUMBER = re.compile(r"&#(?:[0-9]{8,}|[xX][0-9A-Fa-f]{7,});?")
_UNSEEN_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_UNSEEN_HINT = re.compile(r"hidden|display", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|(mailto:|tel:))[^\s\x00-\x1f]{1,2000}", re.IGNORECASE)


def unescape(text: str) -> str:
    """Return the text with entities replaced. The library's function raises an error for a long number."""
    return _unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text


def read_attributes(name: str, source: str) -> Mapping[str, str]:
    """Return the attributes of a tag that can change what is shown. If an attribute is repeated, the first one counts.

    `source` is the tag without its name. Most tags are not parsed, because their attributes have no effect.
    """
    found: dict[str, str] = {}
    if not source:
        return found
    if name in _WITH_ATTRIBUTES or _UNSEEN_HINT.search(source):
        for each in islice(_ATTRIBUTE.finditer(source), MAX_ATTRIBUTES):
            value = each[2] or each[3] or each[4] or ""
            found.setdefault(each[1].lower(), _ATTRIBUTE_ENTITY.sub(lambda entity: unescape(entity[0]), value))
    return found


def is_unseen(attributes: Mapping[str, str]) -> bool:
    """Check whether the attributes hide the element."""
    return "hidden" in attributes or _UNSEEN_STYLE.search(attributes.get("style", "")) is not None


def link_address(href: str) -> str:
    """Return the address of a link; empty if it has no meaning outside of the page."""
    address = href.strip()
    found = _ADDRESS.fullmatch(address)
    if not found:
        return ""
    return address[len(found[1]) :].partition("?")[0] if found[1] else address


def is_same_address(text: str, address: str) -> bool:
    """Check whether the text of a link is its address, perhaps without the scheme or percent encoding."""
    return _comparable(text) == _comparable(address)


def _comparable(address: str) -> str:
    address = unquote(address).strip().lower()
    return address.removeprefix("https://").removeprefix("http://").rstrip("/")


class OpenElements:
    """The open elements, and whether one of them is not shown."""

    def __init__(self) -> None:
        self.hidden = False
        """True within an element that is not shown."""
        self._names: list[str] = []
        self._counts: dict[str, int] = {}
        self._hidden_from = 0

    @property
    def preformatted(self) -> bool:
        """True within an element that shows the line ends of its source."""
        return any(self._counts.get(name) for name in _PREFORMATTED)

    def open(self, name: str, *, unseen: bool) -> None:
        """Open an element."""
        if unseen and not self.hidden:
            self.hidden, self._hidden_from = True, len(self._names)
        self._names.append(name)
        self._counts[name] = self._counts.get(name, 0) + 1

    def close(self, name: str) -> None:
        """Close the innermost element of this name and all within it; do nothing if there is none."""
        while self._counts.get(name) and self._pop() != name:
            pass

    def close_implied(self, start: str) -> bool:
        """Close the elements that end where this one starts; return whether there was a cell among them."""
        is_cell = False
        while self._names and _is_closed_by(self._names[-1], start):
            is_cell = self._pop() in CELLS or is_cell
        return is_cell

    def _pop(self) -> str:
        name = self._names.pop()
        self._counts[name] -= 1
        self.hidden = self.hidden and len(self._names) > self._hidden_from
        return name


def _is_closed_by(name: str, start: str) -> bool:
    if name == "head":
        return start not in _IN_HEAD and ":" not in start
    return name in _CLOSED_BY and start in _CLOSED_BY[name]
