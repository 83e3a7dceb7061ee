"""Alternate keys and bulk operations."""

from typing import Any

import pytest

from tests.sandbox.wire import CASE, Api, Json

ACTION = "accounts/Microsoft.Dynamics.CRM"
FIRST = "accounts(accountnumber='AC-1001')"
ALEX = "systemusers(azureactivedirectoryobjectid=00000000-0000-0000-0000-000000000020)"
PATTI = 24


async def find_accounts(api: Api, start: str) -> list[Json]:
    return await api.rows(f"accounts?$select=name,accountnumber&$filter=startswith(accountnumber,'{start}')")


async def test_a_row_is_read_by_its_alternate_key(api: Api) -> None:
    row = await api.get(f"{FIRST}?$select=accountnumber")
    assert row["accountnumber"] == "AC-1001"
    assert (await api.get(f"{ALEX}?$select=fullname"))["fullname"] == "Alex Wilber"
    assert (await api.get("accounts(accountnumber='ac-1001')/name"))["value"]


async def test_a_row_is_changed_and_deleted_by_its_alternate_key(api: Api) -> None:
    await api.patch(FIRST, {"name": "By key"})
    assert (await api.get(f"{FIRST}?$select=name"))["name"] == "By key"
    await api.patch("accounts(accountnumber='NEW-1')", {"name": "New"})
    await api.delete("accounts(accountnumber='NEW-1')")
    body = await api.get("accounts(accountnumber='NEW-1')", status=404)
    assert body["error"]["code"] == "0x80060891"


async def test_a_patch_with_an_unknown_key_creates_the_row_with_the_key_values(api: Api) -> None:
    status, body, _ = await api.call(
        "PATCH",
        "accounts(accountnumber='NEW-1')?$select=accountnumber",
        {"name": "New"},
        Prefer="return=representation",
    )
    assert (status, body["accountnumber"]) == (201, "NEW-1")
    assert [row["name"] for row in await find_accounts(api, "NEW")] == ["New"]


async def test_preconditions_apply_to_alternate_keys(api: Api) -> None:
    await api.patch("accounts(accountnumber='NEW-1')", {"name": "x"}, status=404, If_Match="*")
    await api.patch(FIRST, {"name": "x"}, status=412, If_None_Match="*")


async def test_an_alternate_key_does_not_reveal_a_hidden_row(api: Api) -> None:
    seen = {row["accountnumber"] for row in await api.rows("accounts?$select=accountnumber", person=PATTI)}
    every = {row["accountnumber"] for row in await api.rows("accounts?$select=accountnumber")}
    for number in (*sorted(every - seen)[:1], "NONE-1"):
        await api.get(f"accounts(accountnumber='{number}')", person=PATTI, status=404)


async def test_two_rows_cannot_have_the_same_key(api: Api) -> None:
    body = await api.post("accounts", {"name": "Twin", "accountnumber": "AC-1001"}, status=412)
    assert body["error"]["code"] == "0x80060892"
    await api.patch("accounts(accountnumber='AC-1002')", {"accountnumber": "AC-1001"}, status=412)
    await api.post("accounts", {"name": "Without number"})
    await api.post("accounts", {"name": "Another without"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("accounts(name='Contoso')", 400),
        ("accounts(accountnumber='AC-1001',name='Contoso')", 400),
        ("accounts(nosuch=1)", 400),
        ("accounts(accountnumber=AC-1001)", 400),
        ("systemusers(azureactivedirectoryobjectid='Alex')", 400),
        ("accounts(accountid=00000001-0000-4000-9000-000000000001)", 200),
    ],
)
async def test_only_defined_keys_are_accepted(api: Api, path: str, status: int) -> None:
    await api.get(path, status=status)


async def test_the_definitions_list_the_keys(api: Api) -> None:
    keys = (await api.get("EntityDefinitions(LogicalName='account')/Keys"))["value"]
    assert [key["KeyAttributes"] for key in keys] == [["accountnumber"]]


async def test_bulk_operations_create_update_and_upsert_rows(api: Api) -> None:
    created = await api.post(
        f"{ACTION}.CreateMultiple",
        {"Targets": [{"@odata.type": "Microsoft.Dynamics.CRM.account", "name": name} for name in ("A", "B")]},
        status=200,
    )
    assert created["@odata.context"].endswith("#Microsoft.Dynamics.CRM.CreateMultipleResponse")
    first, second = created["Ids"]
    targets: list[dict[str, Any]] = [
        {"accountid": first, "accountnumber": "M-1"},
        {"accountid": second, "accountnumber": "M-2"},
    ]
    await api.post(f"{ACTION}.UpdateMultiple", {"Targets": targets})
    upserted = await api.post(
        f"{ACTION}.UpsertMultiple",
        {
            "Targets": [
                {"@odata.id": "accounts(accountnumber='M-1')", "name": "By key"},
                {"@odata.id": f"accounts({second})", "name": "By id"},
                {"accountid": "00000000-0000-4000-9000-00000000beef", "name": "New", "accountnumber": "M-3"},
                {"@odata.id": "/accounts(accountnumber='M-4')", "name": "New by key"},
            ]
        },
        status=200,
    )
    assert [each["RecordCreated"] for each in upserted["Results"]] == [False, False, True, True]
    assert {(row["accountnumber"], row["name"]) for row in await find_accounts(api, "M-")} == {
        ("M-1", "By key"),
        ("M-2", "By id"),
        ("M-3", "New"),
        ("M-4", "New by key"),
    }


@pytest.mark.parametrize(
    ("action", "targets", "status"),
    [
        ("CreateMultiple", [{"name": "Kept?"}, {"name": "x" * 200}], 400),
        ("UpdateMultiple", [{"accountid": "00000000-0000-4000-9000-00000000dead", "name": "x"}], 404),
        ("UpdateMultiple", [{"name": "x"}], 404),
        ("UpsertMultiple", [{"name": "Kept?"}, {"@odata.id": "contacts(1)", "name": "x"}], 400),
        ("CreateMultiple", [], 400),
        ("CreateMultiple", None, 400),
        ("CreateMultiple", ["x"], 400),
        ("DeleteMultiple", [{}], 501),
    ],
)
async def test_a_bulk_operation_with_an_invalid_row_is_rolled_back(
    api: Api, action: str, targets: object, status: int
) -> None:
    await api.post(f"{ACTION}.{action}", {"Targets": targets}, status=status)
    assert await api.rows("accounts?$filter=name eq 'Kept?'") == []


async def test_bulk_operations_grant_a_person_no_extra_rights(api: Api) -> None:
    case_id = CASE[len("incidents(") : -1]
    targets = {"Targets": [{"incidentid": case_id, "prioritycode": 1}]}
    await api.post("incidents/Microsoft.Dynamics.CRM.UpdateMultiple", targets, person=PATTI, status=403)


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ('In(PropertyName=\'prioritycode\',PropertyValues=["1","3"])', "prioritycode in (1,3)"),
        ("NotIn(PropertyName='prioritycode',PropertyValues=['1'])", "not (prioritycode in (1))"),
        ("In(PropertyName='isescalated',PropertyValues=[\"true\"])", "isescalated eq true"),
        ("In(PropertyName='title',PropertyValues=[\"1\"])", "title eq '1'"),
    ],
)
async def test_list_functions_mean_what_in_means(api: Api, words: str, plain: str) -> None:
    by_function = await api.rows(f"incidents?$select=title&$filter=Microsoft.Dynamics.CRM.{words}")
    assert by_function == await api.rows(f"incidents?$select=title&$filter={plain}")


@pytest.mark.parametrize(
    "words",
    [
        "In(PropertyName='prioritycode',PropertyValues=[\"high\"])",
        "In(PropertyName='nosuch',PropertyValues=[\"1\"])",
        "In(PropertyName='title')",
        "In('title',['x'])",
    ],
)
async def test_wrong_list_functions_are_refused(api: Api, words: str) -> None:
    await api.get(f"incidents?$filter=Microsoft.Dynamics.CRM.{words}", status=400)
