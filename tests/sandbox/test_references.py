import pytest

from tests.sandbox.wire import CASE, Api

ADELE = "systemusers(00000008-0000-4000-9000-000000000022)"
TIER_2 = "teams(00000009-0000-4000-9000-000000000001)"
CONTACT = "contacts(00000002-0000-4000-9000-000000000003)"


async def teams(api: Api) -> list[str]:
    rows = await api.rows(f"{ADELE}/teammembership_association?$select=name&$orderby=name")
    return [row["name"] for row in rows]


async def test_a_member_is_added_and_removed(api: Api) -> None:
    assert await teams(api) == ["EMEA Dispatch"]
    await api.post(f"{TIER_2}/teammembership_association/$ref", {"@odata.id": ADELE})
    await api.post(f"{ADELE}/teammembership_association/$ref", {"@odata.id": TIER_2})
    assert await teams(api) == ["EMEA Dispatch", "Tier 2"]
    await api.delete(f"{TIER_2}/teammembership_association/$ref?$id={ADELE}")
    assert await teams(api) == ["EMEA Dispatch"]
    await api.delete(f"{ADELE}/teammembership_association(00000009-0000-4000-9000-000000000002)/$ref")
    assert await teams(api) == []


async def test_members_are_seen_from_both_sides(api: Api) -> None:
    rows = await api.rows(f"{TIER_2}/teammembership_association?$select=fullname&$orderby=fullname")
    assert [row["fullname"] for row in rows] == ["Isaiah Langer", "Megan Bowen"]


async def test_changing_a_membership_requires_write_access(api: Api) -> None:
    await api.post(f"{TIER_2}/teammembership_association/$ref", {"@odata.id": ADELE}, person=22, status=403)
    assert await teams(api) == ["EMEA Dispatch"]


async def test_a_lookup_is_set_and_removed_by_reference(api: Api) -> None:
    status, _, _ = await api.call("PUT", f"{CASE}/primarycontactid/$ref", {"@odata.id": CONTACT})
    assert status == 204
    assert (await api.get(f"{CASE}/primarycontactid"))["contactid"].endswith("003")
    await api.delete(f"{CASE}/primarycontactid/$ref")
    assert (await api.get(f"{CASE}?$select=_primarycontactid_value"))["_primarycontactid_value"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", f"{CASE}/primarycontactid/$ref", {"@odata.id": CONTACT}, 405),
        ("PUT", f"{TIER_2}/teammembership_association/$ref", {"@odata.id": ADELE}, 405),
        ("POST", f"{TIER_2}/teammembership_association/$ref", {}, 400),
        ("POST", f"{TIER_2}/teammembership_association/$ref", {"@odata.id": CONTACT}, 400),
        ("POST", f"{TIER_2}/teammembership_association/$ref", {"@odata.id": ADELE.replace("22)", "77)")}, 404),
        ("DELETE", f"{TIER_2}/teammembership_association/$ref", None, 400),
        ("POST", f"{CASE}/Incident_Tasks/$ref", {"@odata.id": CONTACT}, 501),
        ("POST", f"{CASE}/nosuch/$ref", {"@odata.id": CONTACT}, 404),
        ("PUT", "incidents(00000000-0000-4000-9000-00000000dead)/primarycontactid/$ref", {"@odata.id": CONTACT}, 404),
    ],
)
async def test_an_invalid_reference_is_rejected(
    api: Api, method: str, path: str, body: dict[str, str] | None, status: int
) -> None:
    got, answer, _ = await api.call(method, path, body)
    assert got == status, answer
