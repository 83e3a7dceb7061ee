import pytest

from bot.sandbox.dataverse.security.model import DISCONNECT, OTHER_PRIVILEGES, AccessMask
from tests.sandbox.wire import CASE, CASE_ID, Api

ALEX, MEGAN, ADELE, ISAIAH, PATTI, LYNNE, DIEGO = range(20, 27)

ISAIAHS_CASE = "00000000-0000-4000-9000-0000000003ec"  # CAS-01004, shared with Patti
TIER_2_CASE = "00000000-0000-4000-9000-0000000003ed"  # CAS-01005
MEGANS_CASE = "00000000-0000-4000-9000-0000000003ee"  # CAS-01006


def user_id(person: int) -> str:
    return f"00000008-0000-4000-9000-{person:012}"


@pytest.mark.parametrize("person", [ALEX, MEGAN, ADELE, ISAIAH, PATTI])
async def test_the_first_case_is_visible_to_everybody_with_a_user(api: Api, person: int) -> None:
    assert (await api.get(f"{CASE}?$select=ticketnumber", person=person))["ticketnumber"] == "CAS-01001"


@pytest.mark.parametrize(("person", "status", "code"), [(LYNNE, 403, "0x80072560"), (DIEGO, 403, "0x80040225")])
async def test_only_enabled_users_can_be_impersonated(api: Api, person: int, status: int, code: str) -> None:
    answer = await api.get(CASE, person=person, status=status)
    assert answer["error"]["code"] == code


async def test_a_person_can_be_named_by_user_id_too(api: Api) -> None:
    answer = await api.get("WhoAmI", MSCRMCallerID=user_id(ADELE))
    assert answer["UserId"] == user_id(ADELE)


async def test_a_caller_id_that_is_no_guid_is_refused(api: Api) -> None:
    await api.get("WhoAmI", CallerObjectId="adele", status=400)


async def test_without_a_person_the_application_user_is_the_caller(api: Api) -> None:
    assert (await api.get("WhoAmI"))["UserId"] == user_id(99)


async def test_a_row_without_access_is_refused_with_the_missing_privilege(api: Api) -> None:
    answer = await api.get(f"incidents({MEGANS_CASE})", person=PATTI, status=403)
    assert answer["error"]["code"] == "0x80040220"
    assert "is missing prvReadIncident privilege" in answer["error"]["message"]


async def test_an_unknown_row_is_not_found_for_any_caller(api: Api) -> None:
    await api.get("incidents(00000000-0000-4000-9000-00000000dead)", person=PATTI, status=404)


async def test_rows_without_access_are_neither_listed_nor_counted(api: Api) -> None:
    everything = await api.rows("incidents?$select=incidentid")
    seen = await api.rows("incidents?$select=incidentid", person=PATTI)
    hidden = {row["incidentid"] for row in everything} - {row["incidentid"] for row in seen}
    assert {TIER_2_CASE, MEGANS_CASE} <= hidden
    assert await api.get("incidents/$count", person=PATTI) == str(len(seen))
    assert (await api.get("incidents?$count=true&$top=1", person=PATTI))["@odata.count"] == len(seen)


async def test_a_share_opens_one_row(api: Api) -> None:
    await api.get(f"incidents({ISAIAHS_CASE})", person=PATTI)
    await api.patch(f"incidents({ISAIAHS_CASE})", {"prioritycode": 1}, person=PATTI, status=403)


async def test_an_expanded_row_without_access_is_empty(api: Api) -> None:
    await api.patch(CASE, {"parentcaseid@odata.bind": f"/incidents({MEGANS_CASE})"})
    expanded = f"{CASE}?$select=title&$expand=parentcaseid($select=title)"
    assert (await api.get(expanded, person=PATTI))["parentcaseid"] is None
    assert (await api.get(expanded, person=ADELE))["parentcaseid"]["title"]
    await api.get(f"{CASE}/parentcaseid", person=PATTI, status=403)


async def test_a_condition_on_a_row_without_access_finds_nothing(api: Api) -> None:
    await api.patch(CASE, {"parentcaseid@odata.bind": f"/incidents({MEGANS_CASE})"})
    condition = "incidents?$select=title&$filter=parentcaseid/ticketnumber eq 'CAS-01006'"
    assert len(await api.rows(condition, person=ADELE)) == 1
    assert await api.rows(condition, person=PATTI) == []


async def test_an_expanded_collection_leaves_out_rows_without_access(api: Api) -> None:
    children = f"{CASE}?$select=title&$expand=incident_parent_incident($select=title)"
    for child in (MEGANS_CASE, ISAIAHS_CASE):
        await api.patch(f"incidents({child})", {"parentcaseid@odata.bind": f"/{CASE}"})
    assert len((await api.get(children))["incident_parent_incident"]) == 2
    seen = (await api.get(children, person=PATTI))["incident_parent_incident"]
    assert [row["incidentid"] for row in seen] == [ISAIAHS_CASE]
    assert len(await api.rows(f"{CASE}/incident_parent_incident?$select=title", person=PATTI)) == 1


async def test_parties_are_seen_by_those_who_see_their_activity(api: Api) -> None:
    everything = await api.rows("activityparties?$select=_activityid_value")
    seen = await api.rows("activityparties?$select=_activityid_value", person=PATTI)
    emails = {row["activityid"] for row in await api.rows("emails?$select=subject", person=PATTI)}
    assert {party["_activityid_value"] for party in seen} == emails
    assert len(seen) < len(everything)


async def test_a_table_without_the_privilege_is_refused_as_a_whole(api: Api) -> None:
    answer = await api.get("serviceendpoints", person=ADELE, status=403)
    assert "prvReadServiceEndpoint" in answer["error"]["message"]


@pytest.mark.parametrize("person", [MEGAN, ADELE])
async def test_who_has_the_profile_sees_the_secured_column(api: Api, person: int) -> None:
    case = await api.get(f"{CASE}?$select=cs_refundamount,cs_refundamount_base", person=person)
    assert (case["cs_refundamount"], case["cs_refundamount_base"]) == (480.0, 480.0)


@pytest.mark.parametrize("person", [ISAIAH, PATTI])
async def test_who_lacks_the_profile_sees_the_secured_column_empty(api: Api, person: int) -> None:
    case = await api.get(
        f"{CASE}?$select=cs_refundamount,cs_refundamount_base", person=person, Prefer="odata.include-annotations=*"
    )
    assert (case["cs_refundamount"], case["cs_refundamount_base"]) == (None, None)
    # The context has the port, and the tag a version.
    assert "480" not in str({name: value for name, value in case.items() if not name.startswith("@odata.")})


async def test_an_administrator_sees_secured_columns_without_a_profile(api: Api) -> None:
    assert (await api.get(f"{CASE}?$select=cs_refundamount", person=ALEX))["cs_refundamount"] == 480.0


async def test_who_lacks_the_profile_cannot_set_the_secured_column(api: Api) -> None:
    own = f"incidents({ISAIAHS_CASE})"
    await api.patch(own, {"prioritycode": 1}, person=ISAIAH)
    answer = await api.patch(own, {"prioritycode": 2, "cs_refundamount": 1}, person=ISAIAH, status=403)
    assert answer["error"]["code"] == "0x8004F507"
    assert (await api.get(f"{own}?$select=prioritycode"))["prioritycode"] == 1


async def test_a_secured_column_cannot_be_set_at_creation_either(api: Api) -> None:
    body = {"title": "x", "customerid_account@odata.bind": "/accounts(00000001-0000-4000-9000-000000000004)"}
    await api.post("incidents", body, person=ISAIAH)
    answer = await api.post("incidents", {**body, "cs_refundamount": 5}, person=ISAIAH, status=403)
    assert answer["error"]["code"] == "0x8004F502"


@pytest.mark.parametrize(
    ("person", "case", "status"),
    [
        (ALEX, CASE_ID, 204),
        (MEGAN, CASE_ID, 204),
        (ADELE, CASE_ID, 204),
        (ADELE, MEGANS_CASE, 204),
        (ISAIAH, CASE_ID, 403),
        (ISAIAH, ISAIAHS_CASE, 204),
        (ISAIAH, TIER_2_CASE, 204),
        (PATTI, CASE_ID, 403),
    ],
)
async def test_who_may_write_which_case(api: Api, person: int, case: str, status: int) -> None:
    await api.patch(f"incidents({case})", {"prioritycode": 3}, person=person, status=status)


@pytest.mark.parametrize(
    ("person", "case", "rights"),
    [
        (PATTI, CASE_ID, "ReadAccess, AppendToAccess"),
        (PATTI, MEGANS_CASE, "None"),
        (PATTI, ISAIAHS_CASE, "ReadAccess"),
        (ISAIAH, CASE_ID, "ReadAccess, AppendToAccess"),
        (
            ISAIAH,
            TIER_2_CASE,
            "ReadAccess, WriteAccess, AppendAccess, AppendToAccess, CreateAccess, ShareAccess, AssignAccess",
        ),
    ],
)
async def test_access_to_a_row_is_returned_as_names_of_rights(api: Api, person: int, case: str, rights: str) -> None:
    path = f"systemusers({user_id(person)})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@t)"
    answer = await api.get(path + '?@t={"@odata.id":"incidents(' + case + ')"}')
    assert answer["AccessRights"] == rights


async def test_access_is_returned_for_the_user_not_the_caller(api: Api) -> None:
    path = f"systemusers({user_id(ADELE)})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@t)"
    answer = await api.get(path + '?@t={"@odata.id":"' + CASE + '"}', person=PATTI)
    assert "WriteAccess" in answer["AccessRights"]


@pytest.mark.parametrize("person", [ALEX, MEGAN, ADELE])
async def test_these_people_may_disconnect_chats(api: Api, person: int) -> None:
    answer = await api.get(privilege_path(person, DISCONNECT))
    assert [each["Depth"] for each in answer["RolePrivileges"]] == ["Global"]


@pytest.mark.parametrize("person", [ISAIAH, PATTI])
async def test_these_people_may_not_disconnect_chats(api: Api, person: int) -> None:
    assert (await api.get(privilege_path(person, DISCONNECT)))["RolePrivileges"] == []


async def test_an_unknown_privilege_is_a_bad_request(api: Api) -> None:
    await api.get(privilege_path(ALEX, "prvNothing"), status=400)


async def test_a_role_of_a_team_counts(api: Api) -> None:
    roles = await api.rows("roles?$select=name&$filter=name eq 'Omnichannel agent'")
    body = {"@odata.id": f"roles({roles[0]['roleid']})"}
    await api.post("teams(00000009-0000-4000-9000-000000000001)/teamroles_association/$ref", body)
    answer = await api.get(privilege_path(ISAIAH, DISCONNECT))
    assert len(answer["RolePrivileges"]) == 1
    assert (await api.get(privilege_path(PATTI, DISCONNECT)))["RolePrivileges"] == []


async def test_a_role_that_is_taken_away_counts_no_more(api: Api) -> None:
    user = f"systemusers({user_id(ADELE)})"
    roles = await api.rows(f"{user}/systemuserroles_association?$select=name")
    assert [role["name"] for role in roles] == ["Customer Service Representative"]
    await api.delete(f"{user}/systemuserroles_association({roles[0]['roleid']})/$ref")
    await api.get(CASE, person=ADELE, status=403)


async def test_a_privilege_of_the_unit_reaches_the_units_below_only_when_deep(api: Api) -> None:
    dach = "00000010-0000-4000-9000-000000000003"
    team = await api.post("teams", {"name": "DACH", "businessunitid@odata.bind": f"/businessunits({dach})"})
    owner = team.rpartition("/")[2]
    await api.patch(f"incidents({MEGANS_CASE})", {"ownerid@odata.bind": f"/{owner}"})
    await api.get(f"incidents({MEGANS_CASE})", person=PATTI, status=403)


async def test_impersonation_grants_no_more_than_the_app_itself_may_do(api: Api) -> None:
    app, profile = f"systemusers({user_id(99)})", "systemuserprofiles_association"
    roles = {row["name"]: row["roleid"] for row in await api.rows("roles?$select=name")}
    await api.post(f"{app}/systemuserroles_association/$ref", {"@odata.id": f"roles({roles['Restricted Agent']})"})
    await api.delete(f"{app}/{profile}(00001200-0000-4000-9000-000000000001)/$ref")
    await api.delete(f"{app}/systemuserroles_association({roles['System Administrator']})/$ref")
    await api.get(f"incidents({CASE_ID})", person=ADELE, status=403)  # the app has access to its own business unit only
    units = {row["_owningbusinessunit_value"] for row in await api.rows("incidents", person=ADELE)}
    assert units == {"00000010-0000-4000-9000-000000000001"}


async def test_impersonation_requires_the_privilege_to_act_on_behalf_of_others(api: Api) -> None:
    app = f"systemusers({user_id(99)})"
    for role in await api.rows(f"{app}/systemuserroles_association?$select=name&$orderby=name"):
        await api.delete(f"{app}/systemuserroles_association({role['roleid']})/$ref")
        if role["name"] == "System Administrator":
            break
    answer = await api.get("WhoAmI", person=ADELE, status=403)
    assert OTHER_PRIVILEGES[0] in answer["error"]["message"]


async def test_a_role_with_the_name_of_the_administrators_shows_no_secured_columns(api: Api) -> None:
    (unit,) = await api.rows("businessunits?$select=businessunitid&$filter=_parentbusinessunitid_value eq null")
    values = {"name": "System Administrator", "businessunitid@odata.bind": f"/businessunits({unit['businessunitid']})"}
    (template,) = await api.rows("roletemplates?$select=roletemplateid")
    forged = {**values, "roletemplateid@odata.bind": f"/roletemplates({template['roletemplateid']})"}
    await api.post("roles", forged, status=400)
    await api.post("roles", values)
    (role,) = await api.rows("roles?$filter=name eq 'System Administrator' and _roletemplateid_value eq null")
    patti = f"systemusers({user_id(PATTI)})"
    await api.post(f"{patti}/systemuserroles_association/$ref", {"@odata.id": f"roles({role['roleid']})"})
    rows = [await api.get(f"incidents({CASE_ID})?$select=cs_refundamount", person=each) for each in (ALEX, PATTI)]
    assert [row["cs_refundamount"] is None for row in rows] == [False, True]


async def test_connecting_needs_the_right_to_attach_to_the_record(api: Api) -> None:
    def chat(case: str) -> dict[str, str]:
        return {"subject": "Chat", "regardingobjectid_incident_chat@odata.bind": f"/incidents({case})"}

    await api.post("chats", chat(CASE_ID), person=PATTI)
    answer = await api.post("chats", chat(ISAIAHS_CASE), person=PATTI, status=403)
    assert "prvAppendToIncident" in answer["error"]["message"]


async def test_a_share_with_write_access_lets_a_person_change_the_row(api: Api) -> None:
    share = {
        "principalid_systemuser@odata.bind": f"/systemusers({user_id(ISAIAH)})",
        "objectid": CASE_ID,
        "objecttypecode": "incident",
        "accessrightsmask": int(AccessMask.READ | AccessMask.WRITE),
    }
    await api.post("principalobjectaccessset", share)
    await api.patch(CASE, {"prioritycode": 3}, person=ISAIAH)


async def test_changing_the_owner_requires_the_assign_right(api: Api) -> None:
    to_megan = {"ownerid@odata.bind": f"/systemusers({user_id(MEGAN)})"}
    await api.patch(CASE, to_megan, person=ISAIAH, status=403)
    await api.patch(CASE, to_megan, person=ADELE)
    case = await api.get(f"{CASE}?$select=_ownerid_value,_owninguser_value,_owningteam_value,_owningbusinessunit_value")
    assert case["_ownerid_value"] == case["_owninguser_value"] == user_id(MEGAN)
    assert case["_owningteam_value"] is None
    assert case["_owningbusinessunit_value"] == "00000010-0000-4000-9000-000000000001"


def privilege_path(person: int, name: str) -> str:
    function = "Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName"
    return f"systemusers({user_id(person)})/{function}(PrivilegeName='{name}')"
