import sys
from types import FrameType

import pytest

from bot.dataverse.view_layout import JoinStep, parse_layout
from bot.domain.errors import NotSupported


def view(cells: str, links: str = "") -> dict[str, str]:
    return {
        "savedqueryid": "1",
        "name": "Quick Find",
        "layoutxml": f"<grid><row id='incidentid'>{cells}</row></grid>",
        "fetchxml": f"<fetch><entity name='incident'>{links}</entity></fetch>",
    }


def test_columns_come_in_the_order_of_the_layout_without_hidden_ones() -> None:
    cells = "<cell name='title'/><cell name='h' ishidden='1'/><cell name='c.fullname'/><cell name='prioritycode'/>"
    assert parse_layout(view(cells)).columns == ("title", "c.fullname", "prioritycode")


def test_the_steps_to_each_linked_table_are_read_from_the_query() -> None:
    links = """<link-entity name='contact' from='contactid' to='primarycontactid' alias='c'>
      <attribute name='fullname'/>
      <link-entity name='account' from='accountid' to='parentcustomerid' alias='a'><filter/></link-entity>
    </link-entity>"""
    contact = JoinStep(table="contact", key="contactid", column="primarycontactid")
    account = JoinStep(table="account", key="accountid", column="parentcustomerid")
    assert parse_layout(view("<cell name='a.name'/>", links)).links == {"c": (contact,), "a": (contact, account)}


def test_where_no_column_is_linked_the_query_may_be_anything() -> None:
    assert parse_layout({**view("<cell name='title'/>"), "fetchxml": "<"}).columns == ("title",)


def test_three_hundred_columns_are_read() -> None:
    cells = "".join(f"<cell name='column{number}'/>" for number in range(300))
    assert len(parse_layout(view(cells)).columns) == 300


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<grid><row>",
        "no xml",
        "<!DOCTYPE g [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><grid><cell name='&b;'/></grid>",
        "<!DOCTYPE g SYSTEM 'file:///etc/passwd'><grid/>",
    ],
)
def test_xml_that_is_broken_or_hostile_is_refused(xml: str) -> None:
    with pytest.raises(NotSupported, match="layout"):
        parse_layout({**view(""), "layoutxml": xml})
    with pytest.raises(NotSupported, match="layout"):
        parse_layout({**view("<cell name='c.fullname'/>"), "fetchxml": xml})


def test_links_in_links_without_end_are_refused() -> None:
    deep = "<link-entity alias='x'>" * 5000 + "</link-entity>" * 5000
    with pytest.raises(NotSupported, match="layout"):
        parse_layout(view("<cell name='x.name'/>", deep))


def nested(depth: int, inside: str = "") -> str:
    return "<link-entity alias='x'>" * depth + inside + "</link-entity>" * depth


def test_one_hundred_links_and_ten_levels_are_read() -> None:
    flat = "".join(f"<link-entity alias='a{number}'/>" for number in range(90))
    layout = parse_layout(view("<cell name='x.name'/>", nested(10) + flat))
    assert len(layout.links) == 91
    assert len(layout.links["x"]) == 10


@pytest.mark.parametrize(
    ("cells", "links"),
    [
        ("<cell name='x.name'/>", nested(11)),
        ("<cell name='x.name'/>", "<link-entity alias='x'/>" * 101),
        ("<cell name='x.name'/>", nested(900, "<link-entity alias='x'/>" * 30_000)),
        ("<cell name='x.name'/>", f"<!--{'x' * 200_000}-->"),
        ("<cell name='title'/>" * 301, ""),
        (f"<cell name='title'/><!--{'x' * 200_000}-->", ""),
    ],
    ids=["levels", "links", "levels and links", "long query", "columns", "long layout"],
)
def test_a_view_that_is_too_large_is_refused(cells: str, links: str) -> None:
    with pytest.raises(NotSupported, match="too large"):
        parse_layout(view(cells, links))


def test_elements_in_deep_filters_cost_no_more_than_elsewhere() -> None:
    def calls(depth: int) -> int:
        inside = "<condition/>" * 2000
        counted = 0

        def count(frame: FrameType, event: str, argument: object) -> None:
            nonlocal counted
            counted += event == "call"

        links = "<filter>" * depth + inside + "</filter>" * depth
        sys.setprofile(count)
        try:
            parse_layout(view("<cell name='x.name'/>", links))
        finally:
            sys.setprofile(None)
        return counted

    assert calls(900) < 2 * calls(1)
