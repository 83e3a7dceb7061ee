import asyncio
from typing import Any

import pytest

from tests.sandbox.cases import ACCOUNT, NEW_CASE, NEW_ID, create_row
from tests.sandbox.wire import CASE, CASE_ID, MIDDAY, WEB_API, Api

ADELE = "00000008-0000-4000-9000-000000000022"
APP = "00000008-0000-4000-9000-000000000099"


async def test_a_new_row_is_named_in_the_answers_header(api: Api) -> None:
    address = await api.post("incidents", NEW_CASE)
    path = address.partition(f"{WEB_API}/")[2]
    assert (await api.get(f"{path}?$select=title"))["title"] == "New"


async def test_a_new_row_gets_what_the_platform_gives_it(api: Api) -> None:
    path = await create_row(api, NEW_CASE, person=22)
    case = await api.get(path)
    assert case["ticketnumber"] == "CAS-01037"
    assert (case["statecode"], case["statuscode"], case["isescalated"]) == (0, 1, False)
    assert case["_ownerid_value"] == case["_createdby_value"] == case["_modifiedby_value"] == ADELE
    assert case["_createdonbehalfby_value"] == APP
    assert case["createdon"] == case["modifiedon"] == "2026-11-21T12:00:00Z"
    assert case["_transactioncurrencyid_value"] == "00009105-0000-4000-9000-000000000001"
    assert case["_owningbusinessunit_value"] == "00000010-0000-4000-9000-000000000002"


async def test_the_app_acts_on_behalf_of_no_one_by_default(api: Api) -> None:
    case = await api.get(await create_row(api, NEW_CASE))
    assert (case["_createdby_value"], case["_createdonbehalfby_value"]) == (APP, None)


async def test_a_new_row_comes_back_when_it_is_asked_for(api: Api) -> None:
    row = await api.post("incidents?$select=title", NEW_CASE, status=201, Prefer="return=representation")
    assert set(row) == {"@odata.context", "@odata.etag", "title", "incidentid"}


async def test_a_row_may_bring_its_own_id_once(api: Api) -> None:
    await api.post("incidents", {**NEW_CASE, "incidentid": NEW_ID})
    assert (await api.get(f"incidents({NEW_ID})?$select=title"))["title"] == "New"
    answer = await api.post("incidents", {**NEW_CASE, "incidentid": NEW_ID}, status=412)
    assert answer["error"]["code"] == "0x80040237"


async def test_a_change_is_noted_with_who_when_and_on_whose_behalf(api: Api) -> None:
    before = await api.get(f"{CASE}?$select=title")
    await api.patch(CASE, {"prioritycode": 1}, person=22)
    case = await api.get(f"{CASE}?$select=modifiedon,_modifiedby_value,_modifiedonbehalfby_value,versionnumber")
    assert case["modifiedon"] == MIDDAY.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (case["_modifiedby_value"], case["_modifiedonbehalfby_value"]) == (ADELE, APP)
    assert version(case) > version(before)
    assert case["versionnumber"] == version(case)


def version(row: dict[str, Any]) -> int:
    return int(row["@odata.etag"].removeprefix('W/"').removesuffix('"'))


async def test_a_changed_row_comes_back_when_it_is_asked_for(api: Api) -> None:
    row = await api.patch(
        f"{CASE}?$select=prioritycode", {"prioritycode": 1}, status=200, Prefer="return=representation"
    )
    assert row["prioritycode"] == 1


async def test_a_patch_creates_a_missing_row(api: Api) -> None:
    await api.patch(f"incidents({NEW_ID})", NEW_CASE)
    assert (await api.get(f"incidents({NEW_ID})?$select=title"))["title"] == "New"


async def test_a_body_that_names_another_row_than_the_path_is_refused(api: Api) -> None:
    await api.patch(f"incidents({NEW_ID})", {**NEW_CASE, "incidentid": CASE_ID}, status=400)
    await api.get(f"incidents({NEW_ID})", status=404)


async def test_a_wrong_selection_is_refused_before_anything_changes(api: Api) -> None:
    before = await api.get(CASE)
    for method, path, body in (("PATCH", CASE, {"prioritycode": 1}), ("POST", "incidents", NEW_CASE)):
        status, _, _ = await api.call(method, f"{path}?$select=nosuch", body, Prefer="return=representation")
        assert status == 400
    assert await api.get(CASE) == before
    assert await api.get("incidents/$count") == "36"


async def test_if_match_keeps_a_patch_from_creating_a_row(api: Api) -> None:
    answer = await api.patch(f"incidents({NEW_ID})", NEW_CASE, status=404, If_Match="*")
    assert answer["error"]["code"] == "0x80040217"


async def test_if_none_match_keeps_a_patch_from_changing_a_row(api: Api) -> None:
    answer = await api.patch(CASE, {"prioritycode": 1}, status=412, If_None_Match="*")
    assert answer["error"]["message"] == "A record with matching key values already exists."
    await api.patch(f"incidents({NEW_ID})", NEW_CASE, If_None_Match="*")


async def test_a_change_on_an_old_version_is_refused(api: Api) -> None:
    etag = (await api.get(f"{CASE}?$select=title"))["@odata.etag"]
    await api.patch(CASE, {"prioritycode": 1}, If_Match=etag)
    answer = await api.patch(CASE, {"prioritycode": 3}, status=412, If_Match=etag)
    assert answer["error"]["code"] == "0x80060882"
    assert (await api.get(f"{CASE}?$select=prioritycode"))["prioritycode"] == 1
    await api.delete(CASE, status=412, If_Match=etag)


async def test_a_precondition_does_not_reveal_the_version_of_a_hidden_row(api: Api) -> None:
    hidden = "incidents(00000000-0000-4000-9000-0000000003ee)"
    await api.patch(hidden, {"prioritycode": 1}, person=24, status=403, If_Match='W/"1"')
    await api.patch(hidden, {"prioritycode": 1}, person=24, status=403, If_None_Match="*")


async def test_the_header_null_of_careful_clients_has_no_meaning(api: Api) -> None:
    await api.patch(CASE, {"prioritycode": 1}, If_None_Match="null")


async def test_one_of_two_changes_to_the_same_version_succeeds(api: Api) -> None:
    etag = (await api.get(f"{CASE}?$select=title"))["@odata.etag"]
    answers = await asyncio.gather(
        *(api.call("PATCH", CASE, {"prioritycode": number}, If_Match=etag) for number in (1, 2, 3))
    )
    assert sorted(status for status, _, _ in answers) == [204, 412, 412]


async def test_a_deleted_row_is_gone(api: Api) -> None:
    path = await create_row(api, NEW_CASE)
    await api.delete(path)
    await api.get(path, status=404)
    await api.delete(path, status=404)


async def test_a_row_in_a_mandatory_lookup_cannot_be_deleted(api: Api) -> None:
    answer = await api.delete(ACCOUNT.removeprefix("/"), status=405)
    assert answer["error"]["code"] == "0x80040227"


async def test_lookups_to_a_deleted_row_are_emptied(api: Api) -> None:
    path = await create_row(api, NEW_CASE)
    await api.patch(CASE, {"parentcaseid@odata.bind": f"/{path}"})
    await api.delete(path)
    assert (await api.get(f"{CASE}?$select=_parentcaseid_value"))["_parentcaseid_value"] is None


async def test_users_are_disabled_not_deleted(api: Api) -> None:
    await api.delete(f"systemusers({ADELE})", status=405)
    await api.patch(f"systemusers({ADELE})", {"isdisabled": True})
    await api.get(CASE, person=22, status=403)


@pytest.mark.parametrize("table", ["activityparties", "asyncoperations", "privileges", "cs_stocklevels"])
async def test_platform_rows_cannot_be_created(api: Api, table: str) -> None:
    await api.post(table, {}, status=405)


async def test_a_state_sets_its_default_status_reason(api: Api) -> None:
    await api.patch(CASE, {"statecode": 1})
    case = await api.get(f"{CASE}?$select=statecode,statuscode")
    assert (case["statecode"], case["statuscode"]) == (1, 5)


async def test_a_state_that_does_not_change_keeps_its_status_reason(api: Api) -> None:
    await api.patch(CASE, {"statuscode": 3})
    await api.patch(CASE, {"statecode": 0})
    assert (await api.get(f"{CASE}?$select=statuscode"))["statuscode"] == 3


async def test_a_status_reason_of_another_state_needs_the_state(api: Api) -> None:
    answer = await api.patch(CASE, {"statuscode": 5}, status=400)
    assert answer["error"]["code"] == "0x80048408"
    assert "5 is not a valid status code for state code IncidentState.Active" in answer["error"]["message"]
    await api.patch(CASE, {"statecode": 1, "statuscode": 1}, status=400)
    await api.patch(CASE, {"statecode": 1, "statuscode": 1000})


async def test_one_column_is_changed_and_emptied_by_itself(api: Api) -> None:
    status, _, _ = await api.call("PUT", f"{CASE}/title", {"value": "By itself"})
    assert status == 204
    await api.delete(f"{CASE}/description")
    row = await api.get(f"{CASE}?$select=title,description")
    assert (row["title"], row["description"]) == ("By itself", None)


async def test_setting_one_column_requires_write_access(api: Api) -> None:
    for person, path, status in ((24, "title", 403), (None, "nosuch", 404), (None, "createdon", 400)):
        got, _, _ = await api.call("PUT", f"{CASE}/{path}", {"value": "2026-01-01T00:00:00Z"}, person=person)
        assert got == status, path
        got, _, _ = await api.call("DELETE", f"{CASE}/{path}", person=person)
        assert got == status, path


async def test_a_case_is_merged_into_another(api: Api) -> None:
    kind = {"@odata.type": "#Microsoft.Dynamics.CRM.incident"}
    (other,) = await api.rows("incidents?$select=incidentid&$filter=ticketnumber eq 'CAS-01002'")
    body = {"Target": {**kind, "incidentid": CASE_ID}, "Subordinate": {**kind, "incidentid": other["incidentid"]}}
    await api.post("Merge", body, person=21)
    row = await api.get(f"incidents({other['incidentid']})?$select=_masterid_value,merged,statecode,statuscode")
    assert (row["_masterid_value"], row["merged"], row["statecode"], row["statuscode"]) == (CASE_ID, True, 2, 2000)
    for wrong in (
        {**body, "Subordinate": body["Target"]},
        {**body, "Target": 5},
        {**body, "Target": {**kind, "incidentid": "x"}},
        {"Target": body["Target"]},
    ):
        status, _, _ = await api.call("POST", "Merge", wrong, person=21)
        assert status in {400, 404}
    for person, status in ((24, 403), (23, 403)):
        assert (await api.call("POST", "Merge", body, person=person))[0] == status
