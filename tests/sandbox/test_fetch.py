"""FetchXML queries and the views that contain them."""

from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote
from xml.etree.ElementTree import fromstring
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.dataverse.fetchxml.parse import parse_fetch
from bot.sandbox.errors import DataverseError
from tests.sandbox.cases import NEW_CASE, create_row
from tests.sandbox.wire import CASE, CASE_ID, EVERYTHING, FORMATTED, Api, Json
from tests.tiers import examples

ADELE, ISAIAH, PATTI = 22, 23, 24
COOKIE = "@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
MORE = "@Microsoft.Dynamics.CRM.morerecords"


def path(xml: str, table: str = "incidents") -> str:
    return f"{table}?fetchXml={quote(xml, safe='')}"


def cases(inside: str, fetch: str = "") -> str:
    return path(f'<fetch {fetch}><entity name="incident">{inside}</entity></fetch>')


def where(*conditions: str, kind: str = "and") -> str:
    return cases(f'<attribute name="title"/><filter type="{kind}">{"".join(conditions)}</filter>')


def condition(name: str, operator: str, *values: str) -> str:
    if len(values) == 1:
        return f"<condition attribute={quoteattr(name)} operator={quoteattr(operator)} value={quoteattr(values[0])}/>"
    inside = "".join(f"<value>{value}</value>" for value in values)
    return f"<condition attribute={quoteattr(name)} operator={quoteattr(operator)}>{inside}</condition>"


async def test_selected_columns_are_returned_and_empty_ones_omitted(api: Api) -> None:
    (row,) = await api.rows(
        cases(
            '<attribute name="title"/><attribute name="customerid"/><attribute name="parentcaseid"/>'
            f"<filter>{condition('incidentid', 'eq', CASE_ID)}</filter>"
        ),
        Prefer=EVERYTHING,
    )
    assert set(row) == {
        "@odata.etag",
        "title",
        "_customerid_value",
        f"_customerid_value@{FORMATTED}",
        "_customerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty",
        "_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname",
        "incidentid",
    }


async def test_all_columns_are_returned_if_none_is_selected(api: Api) -> None:
    row = (await api.rows(cases("", 'top="1"')))[0]
    assert {"ticketnumber", "_ownerid_value", "createdon"} <= set(row)
    assert set((await api.rows(cases("<all-attributes/>", 'top="1"')))[0]) == set(row)


async def test_an_amount_brings_its_currency(api: Api) -> None:
    rows = await api.rows(
        cases('<attribute name="cs_refundamount"/>' + "<order attribute='cs_refundamount' descending='true'/>")
    )
    assert rows[0]["cs_refundamount"]
    assert rows[0]["_transactioncurrencyid_value"]


@pytest.mark.parametrize(
    ("fetch", "odata"),
    [
        ((condition("prioritycode", "eq", "1"),), "prioritycode eq 1"),
        ((condition("prioritycode", "ne", "1"),), "prioritycode ne 1"),
        ((condition("prioritycode", "in", "1", "3"),), "prioritycode in (1,3)"),
        ((condition("prioritycode", "not-in", "1", "3"),), "not (prioritycode in (1,3))"),
        ((condition("prioritycode", "between", "2", "3"),), "prioritycode ge 2 and prioritycode le 3"),
        ((condition("title", "like", "%pump%"),), "contains(title,'pump')"),
        ((condition("title", "begins-with", "p"),), "startswith(title,'p')"),
        ((condition("title", "not-end-with", "e"),), "not endswith(title,'e')"),
        ((condition("parentcaseid", "null"),), "_parentcaseid_value eq null"),
        ((condition("primarycontactid", "not-null"),), "_primarycontactid_value ne null"),
        ((condition("createdon", "on-or-after", "2026-03-10"),), "createdon ge 2026-03-10T00:00:00Z"),
        ((condition("createdon", "gt", "2026-03-10T08:15:00Z"),), "createdon gt 2026-03-10T08:15:00Z"),
        ((condition("createdon", "on", "2026-03-10"),), "createdon ge 2026-03-10 and createdon lt 2026-03-11"),
        ((condition("createdon", "olderthan-x-days", "250"),), "createdon lt 2026-03-16T12:00:00Z"),
        ((condition("createdon", "last-x-days", "250"),), "createdon ge 2026-03-16T00:00:00Z"),
        ((condition("cs_refundamount", "gt", "100.5"),), "cs_refundamount gt 100.5"),
        (
            (condition("prioritycode", "eq", "1"), f"<filter type='or'>{condition('title', 'like', '%a%')}</filter>"),
            "prioritycode eq 1 and contains(title,'a')",
        ),
    ],
)
async def test_conditions_mean_what_odata_means(api: Api, fetch: tuple[str, ...], odata: str) -> None:
    by_fetch = {row["incidentid"] for row in await api.rows(where(*fetch))}
    by_odata = {row["incidentid"] for row in await api.rows(f"incidents?$select=title&$filter={odata}")}
    assert by_fetch == by_odata
    assert by_fetch or "in" in odata


async def test_any_condition_of_an_or_is_enough(api: Api) -> None:
    rows = await api.rows(where(condition("prioritycode", "eq", "1"), condition("prioritycode", "eq", "3"), kind="or"))
    assert len(rows) == len(await api.rows("incidents?$select=title&$filter=prioritycode ne 2"))


async def test_several_choices_are_found_by_the_values_they_contain(api: Api) -> None:
    rows = await api.rows(
        cases(f"<attribute name='cs_symptoms'/><filter>{condition('cs_symptoms', 'contain-values', '1', '2')}</filter>")
    )
    every = await api.rows("incidents?$select=cs_symptoms&$filter=title ne null")
    wanted = [row for row in every if {"1", "2"} & set((row["cs_symptoms"] or "").split(","))]
    assert len(rows) == len(wanted)


async def test_conditions_can_refer_to_the_current_user(api: Api) -> None:
    own = {row["incidentid"] for row in await api.rows(where(condition("ownerid", "eq-userid")), person=ISAIAH)}
    user = "00000008-0000-4000-9000-000000000023"
    assert own == {row["incidentid"] for row in await api.rows(f"incidents?$filter=_ownerid_value eq {user}")} != set()
    teams = await api.rows(where(condition("ownerid", "eq-useroruserteams")), person=ISAIAH)
    assert own <= {row["incidentid"] for row in teams}


async def test_date_conditions_use_the_current_day(api: Api) -> None:
    new = await create_row(api, NEW_CASE)
    for operator in ("today", "this-month", "this-year", "last-seven-days", "tomorrow"):
        rows = await api.rows(where(condition("createdon", operator)))
        told = [f"incidents({row['incidentid']})" for row in rows]
        # The period ends now, and the new case was created now.
        assert (new in told) is (operator in {"today", "this-month", "this-year"})


LINKED = (
    '<attribute name="title"/>'
    '<link-entity name="contact" from="contactid" to="primarycontactid" link-type="{kind}" alias="c">'
    '<attribute name="fullname"/><attribute name="parentcustomerid"/>'
    '<link-entity name="account" from="accountid" to="parentcustomerid" link-type="outer">'
    '<attribute name="name" alias="company"/></link-entity></link-entity>'
)


async def test_linked_rows_bring_their_columns_under_their_alias(api: Api) -> None:
    rows = await api.rows(cases(LINKED.format(kind="inner")), Prefer=EVERYTHING)
    by_odata = await api.rows(
        "incidents?$select=title&$filter=_primarycontactid_value ne null"
        "&$expand=primarycontactid($select=fullname;$expand=parentcustomerid_account($select=name))"
    )
    wanted = {
        row["incidentid"]: (row["primarycontactid"]["fullname"], row["primarycontactid"]["parentcustomerid_account"])
        for row in by_odata
    }
    assert {row["incidentid"]: row["c.fullname"] for row in rows} == {key: name for key, (name, _) in wanted.items()}
    for row in rows:
        company = wanted[row["incidentid"]][1]
        assert row.get("company") == (company and company["name"])
        assert row.get(f"c.parentcustomerid@{FORMATTED}") == (company and company["name"])


async def test_an_outer_link_keeps_rows_without_match(api: Api) -> None:
    await create_row(api, NEW_CASE)
    rows = await api.rows(cases(LINKED.format(kind="outer")))
    assert len(rows) == len(await api.rows("incidents?$select=title"))
    assert any("c.fullname" not in row for row in rows)


async def test_a_link_to_many_rows_gives_each(api: Api) -> None:
    xml = (
        '<fetch><entity name="account"><attribute name="name"/>'
        '<link-entity name="incident" from="customerid" to="accountid" alias="case"><attribute name="ticketnumber"/>'
        f"<filter>{condition('prioritycode', 'eq', '1')}</filter></link-entity></entity></fetch>"
    )
    numbers = [row["case.ticketnumber"] for row in await api.rows(path(xml, "accounts"))]
    wanted = await api.rows("incidents?$filter=prioritycode eq 1 and customerid_account/name ne null")
    assert sorted(numbers) == sorted(row["ticketnumber"] for row in wanted)


async def test_a_condition_may_be_about_a_linked_row(api: Api) -> None:
    xml = LINKED.format(kind="outer") + (
        '<filter><condition entityname="c" attribute="fullname" operator="eq" value="Nancy Anderson"/></filter>'
    )
    rows = await api.rows(cases(xml))
    assert {row["c.fullname"] for row in rows} == {"Nancy Anderson"}
    without = LINKED.format(kind="outer") + (
        '<filter><condition entityname="c" attribute="contactid" operator="null"/></filter>'
    )
    assert len(await api.rows(cases(without))) == len(
        await api.rows("incidents?$filter=_primarycontactid_value eq null")
    )


@pytest.mark.parametrize("kind", ["exists", "in"])
async def test_an_exists_link_only_tests_for_a_row(api: Api, kind: str) -> None:
    link = f'<link-entity name="task" from="regardingobjectid" to="incidentid" link-type="{kind}"/>'
    xml = f'<attribute name="title"/>{link}'
    tasks = await api.rows("tasks?$filter=regardingobjectid_incident_task/title ne null")
    assert {row["incidentid"] for row in await api.rows(cases(xml))} == {
        row["_regardingobjectid_value"] for row in tasks
    }


async def test_an_association_is_followed_by_the_table_in_between(api: Api) -> None:
    xml = (
        '<fetch><entity name="systemuser"><attribute name="fullname"/>'
        '<link-entity name="teammembership" from="systemuserid" to="systemuserid" intersect="true">'
        '<link-entity name="team" from="teamid" to="teamid" alias="t"><attribute name="name"/></link-entity>'
        "</link-entity></entity></fetch>"
    )
    rows = await api.rows(path(xml, "systemusers"))
    teams = await api.rows("teams?$select=name&$expand=teammembership_association($select=fullname)")
    wanted = {(user["fullname"], team["name"]) for team in teams for user in team["teammembership_association"]}
    assert {(row["fullname"], row["t.name"]) for row in rows} == wanted != set()


async def test_rows_are_sorted_with_choices_by_label(api: Api) -> None:
    by = '<attribute name="prioritycode"/><order attribute="prioritycode"/><order attribute="title" descending="true"/>'
    labels = [row[f"prioritycode@{FORMATTED}"] for row in await api.rows(cases(by), Prefer=EVERYTHING)]
    assert labels == sorted(labels)
    assert list(dict.fromkeys(labels)) == ["High", "Low", "Normal"]
    numbers = [row["prioritycode"] for row in await api.rows(cases(by, 'useraworderby="true"'))]
    assert numbers == sorted(numbers)


async def test_rows_are_sorted_by_linked_columns(api: Api) -> None:
    xml = LINKED.format(kind="inner") + '<order entityname="c" attribute="fullname" descending="true"/>'
    names = [row["c.fullname"] for row in await api.rows(cases(xml))]
    assert names == sorted(names, reverse=True, key=str.casefold)
    by_alias = LINKED.format(kind="inner") + '<order alias="company"/>'
    companies = [row.get("company", "") for row in await api.rows(cases(by_alias))]
    assert companies == sorted(companies, key=str.casefold)


async def pages(api: Api, xml: str, *, with_cookie: bool) -> list[list[Json]]:
    """Read all pages as the documentation describes."""
    found: list[list[Json]] = []
    cookie = ""
    while True:
        fetch = f'count="10" page="{len(found) + 1}"' + (f" paging-cookie={quoteattr(cookie)}" if cookie else "")
        body = await api.get(cases(xml, fetch), Prefer=EVERYTHING)
        found.append(body["value"])
        assert body[MORE] is (COOKIE in body)
        if not body[MORE]:
            return found
        given = fromstring(body[COOKIE])  # noqa: S314 - the sandbox's own answer
        assert given.get("pagenumber") == str(len(found) + 1)
        cookie = unquote(unquote(given.get("pagingcookie", ""))) if with_cookie else ""


@pytest.mark.parametrize("with_cookie", [True, False])
async def test_all_pages_together_are_all_rows(api: Api, with_cookie: bool) -> None:
    xml = '<attribute name="title"/><order attribute="title"/>'
    found = await pages(api, xml, with_cookie=with_cookie)
    assert [len(page) for page in found[:-1]] == [10] * (len(found) - 1)
    assert [row for page in found for row in page] == await api.rows(cases(xml), Prefer=EVERYTHING)


async def test_a_paging_cookie_skips_no_row_after_a_deletion(api: Api) -> None:
    xml = '<attribute name="title"/><order attribute="ticketnumber"/>'
    first = await api.get(cases(xml, 'count="2"'), Prefer=EVERYTHING)
    every = [row["incidentid"] for row in await api.rows(cases(xml))]
    await api.delete(f"incidents({every[0]})")
    cookie = unquote(unquote(fromstring(first[COOKIE]).get("pagingcookie", "")))  # noqa: S314 - as above
    rows = await api.rows(cases(xml, f'count="2" page="2" paging-cookie={quoteattr(cookie)}'))
    assert [row["incidentid"] for row in rows] == every[2:4]


async def test_distinct_returns_equal_rows_once(api: Api) -> None:
    rows = await api.rows(cases('<attribute name="prioritycode"/><order attribute="prioritycode"/>', 'distinct="true"'))
    assert rows == [{"prioritycode": 1}, {"prioritycode": 3}, {"prioritycode": 2}]


async def test_rows_are_counted_and_summed_by_group(api: Api) -> None:
    xml = (
        '<attribute name="prioritycode" alias="priority" groupby="true"/>'
        '<attribute name="incidentid" alias="cases" aggregate="count"/>'
        '<attribute name="cs_refundamount" alias="refunds" aggregate="sum"/>'
        '<attribute name="cs_refundamount" alias="mean" aggregate="avg"/>'
        '<attribute name="cs_refundamount" alias="least" aggregate="min"/>'
        '<attribute name="cs_refundamount" alias="most" aggregate="max"/>'
        '<attribute name="cs_refundamount" alias="given" aggregate="countcolumn"/>'
        '<attribute name="ownerid" alias="owners" aggregate="countcolumn" distinct="true"/>'
        '<order alias="cases" descending="true"/>'
    )
    rows = await api.rows(cases(xml, 'aggregate="true"'), Prefer=EVERYTHING)
    every = await api.rows("incidents?$select=prioritycode,cs_refundamount,_ownerid_value")
    assert {row["priority"] for row in rows} == {1, 2, 3}
    assert [row["cases"] for row in rows] == sorted((row["cases"] for row in rows), reverse=True)
    for row in rows:
        own = [each for each in every if each["prioritycode"] == row["priority"]]
        refunds = [each["cs_refundamount"] for each in own if each["cs_refundamount"] is not None]
        assert row["cases"] == len(own)
        assert row["given"] == len(refunds)
        assert row.get("refunds") == (pytest.approx(sum(refunds)) if refunds else None)
        assert row.get("mean") == (pytest.approx(sum(refunds) / len(refunds)) if refunds else None)
        assert (row.get("least"), row.get("most")) == (min(refunds, default=None), max(refunds, default=None))
        assert row["owners"] == len({each["_ownerid_value"] for each in own})
        assert row[f"priority@{FORMATTED}"] in {"High", "Normal", "Low"}


async def test_dates_are_grouped_by_their_parts(api: Api) -> None:
    xml = (
        '<attribute name="createdon" alias="year" groupby="true" dategrouping="year"/>'
        '<attribute name="createdon" alias="month" groupby="true" dategrouping="month"/>'
        '<attribute name="incidentid" alias="cases" aggregate="count"/><order alias="month"/>'
    )
    rows = await api.rows(cases(xml, 'aggregate="true"'))
    assert {row["year"] for row in rows} == {2026}
    assert sum(row["cases"] for row in rows) == len(await api.rows("incidents?$select=title"))


async def test_an_aggregate_of_no_rows_counts_zero(api: Api) -> None:
    xml = (
        '<attribute name="incidentid" alias="cases" aggregate="count"/>'
        '<attribute name="cs_refundamount" alias="refunds" aggregate="sum"/>'
        f"<filter>{condition('title', 'eq', 'no such title')}</filter>"
    )
    assert await api.rows(cases(xml, 'aggregate="true"')) == [{"cases": 0}]


async def view(api: Api, name: str) -> str:
    (found,) = await api.rows(f"savedqueries?$select=savedqueryid&$filter=name eq '{name}'")
    return str(found["savedqueryid"])


async def test_a_view_is_run_by_its_id(api: Api) -> None:
    view_id = await view(api, "Quick Find Active Contacts")
    rows = await api.rows(f"contacts?savedQuery={view_id}")
    assert len(rows) == 40
    assert any("contactaccount.telephone1" in row for row in rows)
    names = [row["fullname"] for row in rows]
    assert names == sorted(names, key=str.casefold)


async def test_a_view_runs_only_on_its_own_table(api: Api) -> None:
    view_id = await view(api, "Quick Find Active Contacts")
    await api.get(f"incidents?savedQuery={view_id}", status=400)
    await api.get("incidents?savedQuery=00000000-0000-0000-0000-00000000dead", status=404)
    await api.get("incidents?savedQuery=first", status=400)
    await api.get(f"contacts?savedQuery={view_id}&fetchXml=<fetch/>", status=400)


async def test_a_personal_view_is_run_by_its_owner(api: Api) -> None:
    body = {
        "name": "Mine",
        "returnedtypecode": "incident",
        "querytype": 0,
        "fetchxml": '<fetch><entity name="incident"><attribute name="title"/></entity></fetch>',
    }
    address = await create_row(api, body, "userqueries")
    view_id = address[len("userqueries(") : -1]
    assert len(await api.rows(f"incidents?userQuery={view_id}")) == len(await api.rows("incidents?$select=title"))


async def test_only_rows_that_the_person_may_read_are_found_or_linked(api: Api) -> None:
    seen = {row["incidentid"] for row in await api.rows("incidents?$select=title", person=PATTI)}
    assert {row["incidentid"] for row in await api.rows(cases('<attribute name="title"/>'), person=PATTI)} == seen
    link = '<link-entity name="incident" from="incidentid" to="parentcaseid" alias="p"/>'
    await api.patch(CASE, {"parentcaseid@odata.bind": "/incidents(00000000-0000-4000-9000-0000000003ea)"})
    hidden = {row["incidentid"] for row in await api.rows("incidents?$select=title")} - seen
    await api.patch(CASE, {"parentcaseid@odata.bind": f"/incidents({min(hidden)})"})
    assert [row["incidentid"] for row in await api.rows(cases(link))] == [CASE_ID]
    assert await api.rows(cases(link), person=PATTI) == []


async def test_a_link_to_a_table_without_the_privilege_is_rejected(api: Api) -> None:
    link = '<link-entity name="serviceendpoint" from="serviceendpointid" to="incidentid" link-type="outer"/>'
    await api.get(cases(link), person=PATTI, status=403)


@pytest.mark.parametrize(
    ("xml", "status", "words"),
    [
        ("", 400, "Invalid XML"),
        ("<fetch>", 400, "Invalid XML"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><fetch><entity name="incident"/></fetch>', 400, "Invalid XML"),
        ("<query/>", 400, "must be 'fetch'"),
        ("<fetch/>", 400, "one 'entity'"),
        ("<fetch><other/></fetch>", 400, "one 'entity'"),
        ('<fetch><entity name="incident"/><entity name="incident"/></fetch>', 400, "one 'entity'"),
        ('<fetch><entity name="account"/></fetch>', 400, "does not match 'incidents'"),
        ("<fetch><entity/></fetch>", 400, "'name'"),
        ('<fetch top="0"><entity name="incident"/></fetch>', 400, "'top'"),
        ('<fetch top="3" page="2"><entity name="incident"/></fetch>', 400, "top attribute"),
        ('<fetch hint="x"><entity name="incident"/></fetch>', 501, "'hint'"),
        ('<fetch paging-cookie="x"><entity name="incident"/></fetch>', 400, "Invalid XML"),
        ('<fetch paging-cookie="&lt;cookie/&gt;"><entity name="incident"/></fetch>', 400, "paging cookie"),
    ],
)
async def test_an_invalid_query_is_rejected(api: Api, xml: str, status: int, words: str) -> None:
    body = await api.get(path(xml), status=status)
    assert words in body["error"]["message"]


@pytest.mark.parametrize(
    ("inside", "status", "words"),
    [
        ('<attribute name="nosuch"/>', 400, "doesn't contain attribute with Name = 'nosuch'"),
        ('<attribute name="title"/><attribute name="subject" alias="title"/>', 400, "subject"),
        ('<attribute name="title" alias="x"/><attribute name="ticketnumber" alias="x"/>', 400, ""),
        ("<unknown/>", 501, "'unknown'"),
        ('<order attribute="nosuch"/>', 400, "nosuch"),
        ('<order attribute="cs_symptoms"/>', 400, "not supported"),
        ("<order/>", 400, "'order'"),
        (f"<filter>{condition('nosuch', 'eq', '1')}</filter>", 400, "nosuch"),
        (f"<filter>{condition('title', 'sounds-like', 'x')}</filter>", 501, "sounds-like"),
        (f"<filter>{condition('createdon', 'last-fiscal-year')}</filter>", 501, "last-fiscal-year"),
        (f"<filter>{condition('prioritycode', 'eq', 'high')}</filter>", 400, "does not match"),
        (f"<filter>{condition('ownerid', 'eq', 'Adele')}</filter>", 400, "does not match"),
        (f"<filter>{condition('createdon', 'gt', 'soon')}</filter>", 400, "does not match"),
        (f"<filter>{condition('createdon', 'gt', '0001-01-01T00:00:00+14:00')}</filter>", 400, "does not match"),
        (f"<filter>{condition('createdon', 'on', '9999-12-31')}</filter>", 400, "supported range of dates"),
        (f"<filter>{condition('cs_refundamount', 'gt', 'much')}</filter>", 400, "does not match"),
        (f"<filter>{condition('cs_symptoms', 'eq', '1')}</filter>", 501, "contain-values"),
        (f"<filter>{condition('prioritycode', 'eq')}</filter>", 400, "one value"),
        (f"<filter>{condition('prioritycode', 'between', '1')}</filter>", 400, "two values"),
        ('<filter type="xor"/>', 400, "xor"),
        ("<filter><order/></filter>", 501, "'order'"),
        ('<filter><condition attribute="title" operator="eq" valueof="ticketnumber"/></filter>', 501, "valueof"),
        ("<filter>" * 20 + "</filter>" * 20, 400, "nested"),
        ('<link-entity name="nosuch" from="x" to="y"/>', 400, "nosuch"),
        ('<link-entity name="contact" from="nosuch" to="primarycontactid"/>', 400, "nosuch"),
        ('<link-entity name="contact" from="contactid" to="nosuch"/>', 400, "nosuch"),
        ('<link-entity name="contact" to="primarycontactid"/>', 400, "'from'"),
        ('<link-entity name="contact" from="contactid" to="primarycontactid" link-type="all"/>', 501, "'all'"),
        ('<link-entity name="contact" from="contactid" to="primarycontactid" alias="c"/>' * 2, 400, "alias 'c'"),
        ('<link-entity name="contact" from="contactid" to="primarycontactid"/>' * 16, 400, "15"),
        ('<link-entity name="task" from="a" to="title" link-type="in"/>', 400, "Name = 'a'"),
        (
            '<link-entity name="task" from="subject" to="title" link-type="in"><order alias="x"/></link-entity>',
            400,
            "no",
        ),
    ],
)
async def test_an_invalid_part_of_a_query_is_rejected(api: Api, inside: str, status: int, words: str) -> None:
    body = await api.get(cases(inside), status=status)
    assert words in body["error"]["message"]


@pytest.mark.parametrize(
    ("inside", "status", "words"),
    [
        ('<attribute name="title"/>', 400, "alias"),
        ('<attribute name="title" alias="x"/>', 400, "aggregate or groupby"),
        ('<attribute name="title" alias="x" aggregate="sum"/>', 400, "requires a number column"),
        ('<attribute name="title" alias="x" aggregate="median"/>', 501, "median"),
        ('<attribute name="title" alias="x" groupby="true" dategrouping="year"/>', 400, "is not a date"),
        ('<attribute name="createdon" alias="x" groupby="true" dategrouping="week"/>', 501, "week"),
        ('<attribute name="title" alias="x" groupby="true"/><order attribute="title"/>', 400, "aliases"),
    ],
)
async def test_an_invalid_aggregate_is_rejected(api: Api, inside: str, status: int, words: str) -> None:
    body: Any = await api.get(cases(inside, 'aggregate="true"'), status=status)
    assert words in body["error"]["message"]


WORDS = st.sampled_from(
    [
        "<fetch>",
        "</fetch>",
        "<fetch top='x'>",
        '<entity name="incident">',
        "</entity>",
        '<attribute name="title"/>',
        "<filter>",
        "</filter>",
        '<condition attribute="title" operator="eq"/>',
        "<condition/>",
        "<order/>",
        "<x/>",
        '<link-entity name="a" from="b" to="c">',
        "</link-entity>",
        "&x;",
        "text",
        "<!-- -->",
        "<?y?>",
    ]
)


@examples(50)
@given(st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=12).map("".join)))
def test_any_input_is_parsed_or_rejected(text: str) -> None:
    with suppress(DataverseError):
        parse_fetch(text)
