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
