"""Parser for FetchXML. It rejects unsupported parts, so that no condition is ignored."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from bot.sandbox.dataverse.fetchxml.model import Attribute, Condition, Fetch, Filter, Link, Node, Order, Test
from bot.sandbox.dataverse.odata.options import MAX_PAGE_SIZE
from bot.sandbox.errors import DataverseError, bad_query, not_implemented
from bot.sandbox.guids import as_guid

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_LENGTH = 65_536
"""Maximum number of characters in a query, which is the limit for a URL in a batch."""

MAX_DEPTH = 15
"""Maximum number of levels of nested links and filters."""

MAX_LINKS = 15
"""Maximum number of linked tables in a query ("Join tables using FetchXml")."""

_Parsed = TypeVar("_Parsed")

KINDS = frozenset({"inner", "outer", "exists", "in"})
AGGREGATES = frozenset({"count", "countcolumn", "sum", "avg", "min", "max"})
DATE_PARTS = frozenset({"year", "quarter", "month", "day"})

_FETCH = frozenset(
    [
        "version",
        "output-format",
        "mapping",
        "distinct",
        "no-lock",
        "top",
        "count",
        "page",
        "paging-cookie",
        "aggregate",
        "returntotalrecordcount",
        "useraworderby",
        "latematerialize",
        "savedqueryid",
    ]
)
_ATTRIBUTE = frozenset(["name", "alias", "aggregate", "groupby", "dategrouping", "distinct", "usertimezone"])
_LINK = frozenset(["name", "from", "to", "alias", "link-type", "intersect", "visible", "enableprefiltering"])


def parse_fetch(text: str) -> Fetch:
    """Parse a query. Raise `DataverseError` if it is invalid or uses unsupported features."""
    if len(text) > MAX_LENGTH:
        raise bad_query(f"The FetchXML is longer than {MAX_LENGTH} characters.")
    root = _parse_xml(text)
    if root.tag != "fetch":
        raise _invalid("the first element must be 'fetch'")
    _require_known(root, _FETCH)
    entity = root.find("entity")
    if entity is None or len(root) > 1:
        raise _invalid("'fetch' must contain one 'entity'")
    node = _node(entity, 0)
    if sum(1 for _ in node.walk()) > MAX_LINKS + 1:
        raise bad_query(f"The number of link-entity elements must not exceed {MAX_LINKS}.")
    return Fetch(
        entity=node,
        top=_number(root, "top"),
        count=_number(root, "count"),
        page=_number(root, "page") or 1,
        last=_last_row_id(root.get("paging-cookie", "")),
        distinct=_flag(root, "distinct"),
        aggregate=_flag(root, "aggregate"),
        raw_order=_flag(root, "useraworderby"),
    )


def _parse_xml(text: str) -> "Element":
    try:
        found: Element = fromstring(text.strip())
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise bad_query("Invalid XML.") from error
    return found


def _node(element: "Element", depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise bad_query(f"The FetchXML is nested more than {MAX_DEPTH} levels deep.")
    known = {"attribute", "all-attributes", "order", "filter", "link-entity", "no-attrs"}
    unknown = next((child.tag for child in element if child.tag not in known), None)
    if unknown is not None:
        raise not_implemented(f"the FetchXML element '{unknown}'")
    return Node(
        table=_required(element, "name"),
        alias=element.get("alias", ""),
        attributes=_parse_children(element, "attribute", _attribute),
        all_columns=element.find("all-attributes") is not None,
        orders=_parse_children(element, "order", _order),
        filters=tuple(_filter(child, depth + 1) for child in _children(element, "filter")),
        links=tuple(_link(child, depth + 1) for child in _children(element, "link-entity")),
    )


def _parse_children(element: "Element", tag: str, read: "Callable[[Element], _Parsed]") -> tuple[_Parsed, ...]:
    return tuple(read(child) for child in _children(element, tag))


def _attribute(element: "Element") -> Attribute:
    _require_known(element, _ATTRIBUTE)
    aggregate, part = element.get("aggregate", ""), element.get("dategrouping", "")
    if aggregate and aggregate not in AGGREGATES:
        raise not_implemented(f"the aggregate '{aggregate}'")
    if part and part not in DATE_PARTS:
        raise not_implemented(f"the date grouping '{part}'")
    return Attribute(
        name=_required(element, "name"),
        alias=element.get("alias", ""),
        aggregate=aggregate,
        group=_flag(element, "groupby"),
        part=part,
        distinct=_flag(element, "distinct"),
    )


def _order(element: "Element") -> Order:
    name, alias = element.get("attribute", ""), element.get("alias", "")
    if not name and not alias:
        raise _invalid("'order' must have an attribute or an alias")
    node = element.get("entityname", "")
    return Order(name=name, alias=alias, node=node, descending=_flag(element, "descending"))


def _filter(element: "Element", depth: int) -> Filter:
    kind = element.get("type", "and")
    if kind not in {"and", "or"} or depth > MAX_DEPTH:
        raise _invalid(
            f"a filter cannot be of type '{kind[:20]}'" if depth <= MAX_DEPTH else "filters are nested too deep"
        )
    return Filter(any=kind == "or", parts=tuple(_test(child, depth) for child in element))


def _test(element: "Element", depth: int) -> Test:
    if element.tag == "filter":
        return _filter(element, depth + 1)
    if element.tag != "condition":
        raise not_implemented(f"the FetchXML element '{element.tag}' in a filter")
    _require_known(element, frozenset({"attribute", "operator", "value", "entityname", "uiname", "uitype", "uihidden"}))
    inside = tuple((child.text or "").strip() for child in _children(element, "value"))
    return Condition(
        name=_required(element, "attribute"),
        operator=_required(element, "operator"),
        values=inside or ((element.attrib["value"],) if "value" in element.attrib else ()),
        node=element.get("entityname", ""),
    )


def _link(element: "Element", depth: int) -> Link:
    _require_known(element, _LINK)
    kind = element.get("link-type", "inner")
    if kind not in KINDS:
        raise not_implemented(f"the link type '{kind}'")
    return Link(node=_node(element, depth), own=_required(element, "from"), other=_required(element, "to"), kind=kind)


def _last_row_id(cookie: str) -> str | None:
    """Return the last row's ID in a paging cookie, or None without a cookie."""
    if not cookie:
        return None
    last = [as_guid(child.get("last", "")) for child in _parse_xml(cookie)]
    if not last or last[-1] is None:
        raise bad_query("The paging cookie is malformed. Send it unchanged.")
    return last[-1]


def _children(element: "Element", tag: str) -> "Iterator[Element]":
    return (child for child in element if child.tag == tag)


def _required(element: "Element", name: str) -> str:
    value = element.get(name, "")
    if not value:
        raise _invalid(f"'{element.tag}' must have the attribute '{name}'")
    return value


def _require_known(element: "Element", known: Iterable[str]) -> None:
    unknown = next((name for name in element.attrib if name not in known), None)
    if unknown is not None:
        raise not_implemented(f"the attribute '{unknown}' of the FetchXML element '{element.tag}'")


def _flag(element: "Element", name: str) -> bool:
    return element.get(name, "false").lower() in {"true", "1"}


def _number(element: "Element", name: str) -> int | None:
    text = element.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:10]) > 0):
        raise _invalid(f"'{name}' must be a positive whole number")
    return min(int(text[:10]), MAX_PAGE_SIZE) if name != "page" else int(text[:7])


def _invalid(reason: str) -> DataverseError:
    return bad_query(f"The FetchXML is not valid: {reason}.")
