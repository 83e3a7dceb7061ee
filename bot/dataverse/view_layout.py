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

_MAX_XML = 1_000_000  # characters: the layout of 300 columns has about thirty thousand


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
    """Parse the layout in a row of table `savedquery`; raise `NotSupported` if it is damaged."""
    try:
        cells = _parse_xml(row.get("layoutxml")).iter("cell")
        columns = tuple(cell.get("name", "") for cell in cells if cell.get("ishidden") not in {"1", "true"})
        # Without linked columns, the query adds nothing to the layout.
        links = dict(_walk_links(_parse_xml(row.get("fetchxml")), ())) if any("." in name for name in columns) else {}
        return Layout(
            id=str(row["savedqueryid"]),
            name=str(row["name"]),
            quick_find=row.get("querytype") == QUICK_FIND,
            columns=columns,
            links=links,
        )
    except (ParseError, DefusedXmlException, LookupError, ValueError, RecursionError) as error:
        raise NotSupported(
            "The layout of the note's view is damaged.", "Ask an administrator to choose another view."
        ) from error


def _parse_xml(text: object) -> Element:
    root: Element = fromstring(str(text or "")[:_MAX_XML], forbid_dtd=True)
    return root


def _walk_links(parent: Element, path: tuple[JoinStep, ...]) -> Iterator[tuple[str, Sequence[JoinStep]]]:
    for element in parent:
        steps = path
        if element.tag == "link-entity":
            step = JoinStep(table=element.get("name", ""), key=element.get("from", ""), column=element.get("to", ""))
            steps = (*path, step)
            yield element.get("alias", ""), steps
        yield from _walk_links(element, steps)
