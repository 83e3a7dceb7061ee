"""Views as Dataverse keeps them: a layout and a query, both XML ("Customize views", "Query data using FetchXML"). Pure.

defusedxml reads them, for an administrator of Dataverse is not one of this machine.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.domain.errors import Unavailable

VIEW_PROPERTIES = "savedqueryid,name,querytype,layoutxml,fetchxml"

QUICK_FIND = 4
"""The query type of a table's one Quick Find view ("Customize views")."""

_LARGEST = 1_000_000  # characters: the layout of 300 columns has some thirty thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinStep:
    """One step of a view's query from a table to a linked one."""

    table: str
    key: str
    """The linked table's column."""
    column: str
    """The column that it is compared with, of the table that the step begins at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a view's row says."""

    id: str
    name: str
    quick_find: bool
    columns: tuple[str, ...]
    """In their order; a linked one is named `<alias>.<column>`."""
    links: Mapping[str, Sequence[JoinStep]]
    """The steps that lead to each alias."""


def parse_layout(row: Mapping[str, Any]) -> Layout:
    """The layout in a row of table `savedquery`; raises `Unavailable` where it cannot be read."""
    try:
        cells = _xml(row.get("layoutxml")).iter("cell")
        columns = tuple(cell.get("name", "") for cell in cells if cell.get("ishidden") not in {"1", "true"})
        # Where no column is linked the query says nothing that the layout does not.
        links = dict(_links(_xml(row.get("fetchxml")), ())) if any("." in name for name in columns) else {}
        return Layout(
            id=str(row["savedqueryid"]),
            name=str(row["name"]),
            quick_find=row.get("querytype") == QUICK_FIND,
            columns=columns,
            links=links,
        )
    except (ParseError, DefusedXmlException, LookupError, ValueError, RecursionError) as error:
        raise Unavailable(
            "The layout of the note's view cannot be read.", "Ask an administrator to choose another view."
        ) from error


def _xml(text: object) -> Element:
    root: Element = fromstring(str(text or "")[:_LARGEST], forbid_dtd=True)
    return root


def _links(parent: Element, before: tuple[JoinStep, ...]) -> Iterator[tuple[str, Sequence[JoinStep]]]:
    for element in parent:
        steps = before
        if element.tag == "link-entity":
            step = JoinStep(table=element.get("name", ""), key=element.get("from", ""), column=element.get("to", ""))
            steps = (*before, step)
            yield element.get("alias", ""), steps
        yield from _links(element, steps)
