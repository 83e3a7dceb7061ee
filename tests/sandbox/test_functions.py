import pytest

from bot.sandbox.sample_data.ids import user_id
from tests.sandbox.wire import CASE, Api

ALEX = "systemusers(00000008-0000-4000-9000-000000000020)"
ACCESS = f"{ALEX}/Microsoft.Dynamics.CRM.RetrievePrincipalAccess"


async def test_who_am_i_returns_user_unit_and_organization(api: Api) -> None:
    answer = await api.get("WhoAmI()", person=22)
    assert answer["UserId"].endswith("000000000022")
    assert answer["BusinessUnitId"] == "00000010-0000-4000-9000-000000000002"
    assert answer["OrganizationId"]


async def test_all_privileges_of_a_user_are_listed(api: Api) -> None:
    answer = await api.get(f"{ALEX}/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()")
    assert {each["Depth"] for each in answer["RolePrivileges"]} == {"Global"}
    every = {row["privilegeid"] for row in await api.rows("privileges?$select=privilegeid")}
    assert {each["PrivilegeId"] for each in answer["RolePrivileges"]} == every


async def test_secured_columns_are_listed_with_their_permissions(api: Api) -> None:
    secured = "Microsoft.Dynamics.CRM.RetrievePrincipalAttributePrivileges()"
    columns = await api.get("EntityDefinitions(LogicalName='incident')/Attributes?$select=LogicalName,IsSecured")
    ids = {each["MetadataId"] for each in columns["value"] if each["IsSecured"]}
    for person, allowed in ((20, 4), (24, 0)):
        answer = await api.get(f"systemusers({user_id(person)})/{secured}")
        assert {each["CanRead"] for each in answer["AttributePrivileges"] if each["AttributeId"] in ids} == {allowed}


async def test_a_table_names_the_privileges_that_are_about_its_rows(api: Api) -> None:
    answer = await api.get("EntityDefinitions(LogicalName='email')?$select=Privileges")
    named = {each["PrivilegeType"]: each["Name"] for each in answer["Privileges"]}
    assert (named["Read"], named["Write"]) == ("prvReadActivity", "prvWriteActivity")


async def test_an_administrator_may_do_everything(api: Api) -> None:
    answer = await api.get(ACCESS + '(Target=@t)?@t={"@odata.id":"' + CASE + '"}')
    assert answer["AccessRights"] == (
        "ReadAccess, WriteAccess, AppendAccess, AppendToAccess, CreateAccess, DeleteAccess, ShareAccess, AssignAccess"
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{ACCESS}(Target=@t)", 400),
        (f"{ACCESS}(Target=@t)?@t=case", 400),
        (f"{ACCESS}(Target=@t)?@t={{}}", 400),
        (f"{ACCESS}(Target=@t)?@t=[]", 400),
        (ACCESS + '(Target=@t)?@t={"@odata.id":"nothings(00000000-0000-4000-9000-0000000003e9)"}', 400),
        (ACCESS + '(Target=@t)?@t={"@odata.id":"incidents(00000000-0000-4000-9000-00000000dead)"}', 404),
        (f"{ACCESS}()", 400),
        (f"{ACCESS}(nonsense)", 400),
        (f"{ALEX}/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName()", 400),
        (f"{ALEX}/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName=prvReadIncident)", 400),
        (f"{ALEX}/Microsoft.Dynamics.CRM.RetrieveSomethingElse()", 501),
        (f"{CASE}/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()", 501),
        ("systemusers(00000008-0000-4000-9000-000000000077)/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()", 404),
        ("WhoAmI/nothing", 404),
    ],
)
async def test_an_invalid_call_is_rejected(api: Api, path: str, status: int) -> None:
    await api.get(path, status=status)
