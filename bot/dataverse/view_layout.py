"""Parse stored views: a layout and a query, both XML ("Customize views", "Query data using FetchXML"). Pure.

defusedxml parses them, because an administrator of Dataverse need not be trusted on this machine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.domain.errors import NotSupported

VIEW_PROPERTIES = "savedqueryid,name,querytype,layoutxml,fetchxml"

QUICK_FIND = 4
"""Query type of a table's only Quick Find view ("Customize views")."""

# An administrator can store any XML. These bounds limit the work on the event loop; real views are far below them.
_MAX_XML = 200_000  # characters: the layout of 300 columns has about thirty thousand
_MAX_CELLS = 300
_MAX_LINKS = 100  # Dataverse accepts 15 in a query
_MAX_LINK_DEPTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinStep:
    """A step of a view's query from one table to a linked table."""

    table: str
    key: str
    """The column of the linked table."""
    column: str
    """The column of the first table that must equal it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The contents of a view's row."""

    id: str
    name: str
    quick_find: bool
    columns: tuple[str, ...]
    """In display order; a linked column is named `<alias>.<column>`."""
    links: Mapping[str, Sequence[JoinStep]]
    """The steps that lead to each alias."""


def parse_layout(row: Mapping[str, Any]) -> Layout:
    """Parse the layout in a row of table `savedquery`; raise `NotSupported` if it is damaged or too large."""
    try:
        columns = _columns(_parse_xml(row.get("layoutxml")))
        # Without linked columns, the query adds nothing to the layout.
        links = dict(_walk_links(_parse_xml(row.get("fetchxml")))) if any("." in name for name in columns) else {}
        return Layout(
            id=str(row["savedqueryid"]),
            name=str(row["name"]),
            quick_find=row.get("querytype") == QUICK_FIND,
            columns=columns,
            links=links,
        )
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise NotSupported(
            "The layout of the note's view is damaged or too large.", "Ask an administrator to choose another view."
        ) from error


def _parse_xml(text: object) -> Element:
    """Return the root; raise `ValueError` for a text that is too long."""
    xml = str(text or "")
    if len(xml) > _MAX_XML:
        raise ValueError
    root: Element = fromstring(xml, forbid_dtd=True)
    return root


def _columns(layout: Element) -> tuple[str, ...]:
    """Return the names of the visible columns; raise `ValueError` if there are too many."""
    cells = layout.iter("cell")
    columns = tuple(cell.get("name", "") for cell in cells if cell.get("ishidden") not in {"1", "true"})
    if len(columns) > _MAX_CELLS:
        raise ValueError
    return columns


def _walk_links(query: Element) -> Iterator[tuple[str, Sequence[JoinStep]]]:
    """Yield each alias with its steps; raise `ValueError` if there are too many links or levels."""
    # A stack instead of recursion: each element costs the same at every depth.
    stack: list[tuple[Element, tuple[JoinStep, ...]]] = [(query, ())]
    links = 0
    while stack:
        element, steps = stack.pop()
        if element.tag == "link-entity":
            links += 1
            steps = (*steps, _step(element))
            if links > _MAX_LINKS or len(steps) > _MAX_LINK_DEPTH:
                raise ValueError
            yield element.get("alias", ""), steps
        stack.extend((child, steps) for child in reversed(element))


def _step(link: Element) -> JoinStep:
    return JoinStep(table=link.get("name", ""), key=link.get("from", ""), column=link.get("to", ""))
