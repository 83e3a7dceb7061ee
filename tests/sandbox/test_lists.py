import pytest

from tests.sandbox.wire import CASE, EVERYTHING, FORMATTED, Api

ACCOUNT_1 = "00000001-0000-4000-9000-000000000001"
CONTACT_1 = "00000002-0000-4000-9000-000000000001"


async def test_rows_are_ordered_by_several_columns_empty_ones_first(api: Api) -> None:
    rows = await api.rows(
        "incidents?$select=customersatisfactioncode,title&$orderby=customersatisfactioncode,title desc"
    )
    keys = [(row["customersatisfactioncode"] or 0, row["title"].casefold()) for row in rows]
    assert [key[0] for key in keys] == sorted(key[0] for key in keys)
    empty = [title for number, title in keys if number == 0]
    assert len(empty) > 1
    assert empty == sorted(empty, reverse=True)


async def test_empty_values_come_last_in_descending_order(api: Api) -> None:
    rows = await api.rows("incidents?$select=customersatisfactioncode&$orderby=customersatisfactioncode desc")
    values = [row["customersatisfactioncode"] for row in rows]
    assert values[0] == 5
    assert values[-1] is None


async def test_a_lookup_is_ordered_by_the_name_it_shows(api: Api) -> None:
    rows = await api.rows("incidents?$select=_customerid_value&$orderby=_customerid_value", Prefer=EVERYTHING)
    names = [row[f"_customerid_value@{FORMATTED}"].casefold() for row in rows]
    assert names == sorted(names)


async def test_the_count_covers_all_pages(api: Api) -> None:
    answer = await api.get("incidents?$select=title&$count=true&$top=3")
    assert (answer["@odata.count"], len(answer["value"])) == (36, 3)
    annotated = await api.get("incidents?$select=title&$count=true", Prefer=EVERYTHING)
    assert annotated["@Microsoft.Dynamics.CRM.totalrecordcount"] == 36
    assert annotated["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"] is False


async def test_a_bare_count_is_plain_text(api: Api) -> None:
    assert await api.get("incidents/$count") == "36"
    assert await api.get("incidents/$count?$filter=statecode eq 0") == "24"
    assert await api.get(f"{CASE}/Incident_Emails/$count") == "1"


async def test_pages_contain_each_row_once(api: Api) -> None:
    seen: list[str] = []
    answer = await api.get("incidents?$select=ticketnumber&$orderby=ticketnumber", Prefer="odata.maxpagesize=10")
    while True:
        seen += [row["ticketnumber"] for row in answer["value"]]
        if "@odata.nextLink" not in answer:
            break
        path = answer["@odata.nextLink"].partition("/v9.2/")[2]
        answer = await api.get(path, Prefer="odata.maxpagesize=10")
    assert seen == [f"CAS-{number:05}" for number in range(1001, 1037)]


async def test_a_row_deleted_between_two_pages_hides_no_other(api: Api) -> None:
    answer = await api.get("contacts?$select=fullname", Prefer="odata.maxpagesize=2")
    rest = await api.rows("contacts?$select=fullname")
    await api.delete(f"contacts({CONTACT_1})")
    following = await api.get(answer["@odata.nextLink"].partition("/v9.2/")[2], Prefer="odata.maxpagesize=2")
    assert following["value"][0]["contactid"] == rest[2]["contactid"]


@pytest.mark.parametrize(
    "token", ["", "2", "<cookie>", '<cookie pagenumber="2" last="x" skip="1" istracking="False" />']
)
async def test_a_forged_paging_token_is_rejected(api: Api, token: str) -> None:
    await api.get(f"incidents?$skiptoken={token}", status=400)


async def test_top_is_ignored_if_a_page_size_is_requested(api: Api) -> None:
    rows = await api.rows("incidents?$select=title&$top=1", Prefer="odata.maxpagesize=4")
    assert len(rows) == 4


@pytest.mark.parametrize("size", ["0", "none", "-1", ""])
async def test_an_invalid_page_size_is_rejected(api: Api, size: str) -> None:
    await api.get("incidents", Prefer=f"odata.maxpagesize={size}", status=400)
