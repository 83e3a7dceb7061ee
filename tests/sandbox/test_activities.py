from typing import Any

from tests.sandbox.wire import CASE, EVERYTHING, FORMATTED, Api

ADELE = "/systemusers(00000008-0000-4000-9000-000000000022)"
MEGAN = "/systemusers(00000008-0000-4000-9000-000000000021)"
CHAT_PARTICIPANT = 12


def chat_body(*members: str) -> dict[str, Any]:
    return {
        "subject": "Case 1001 triage",
        "teamschatid": "19:abc@thread.v2",
        "regardingobjectid_incident_chat@odata.bind": f"/{CASE}",
        "modifiedinteamson": "2026-11-21T11:00:00Z",
        "chat_activity_parties": [
            {"participationtypemask": CHAT_PARTICIPANT, "partyid_systemuser@odata.bind": member} for member in members
        ],
    }


async def create_chat(api: Api, *members: str, person: int = 22) -> str:
    address = await api.post("chats", chat_body(*members), person=person)
    return str(address).partition("/v9.2/")[2]


async def names(api: Api, path: str) -> list[str]:
    parties = await api.rows(f"{path}/chat_activity_parties?$select=_partyid_value", Prefer=EVERYTHING)
    return [party[f"_partyid_value@{FORMATTED}"] for party in parties]


async def test_a_chat_is_made_with_its_members_in_one_request(api: Api) -> None:
    path = await create_chat(api, ADELE, MEGAN)
    assert await names(api, path) == ["Adele Vance", "Megan Bowen"]


async def test_a_chat_says_who_linked_it_and_when(api: Api) -> None:
    row = await api.get(await create_chat(api, ADELE), Prefer=EVERYTHING)
    assert row[f"_linkedby_value@{FORMATTED}"] == "Adele Vance"
    assert row["_linkedby_value@Microsoft.Dynamics.CRM.associatednavigationproperty"] == "LinkedBy"
    assert row["linkedon"] == "2026-11-21T12:00:00Z"
    assert (row["statecode"], row["statuscode"], row["activitytypecode"]) == (0, 1, "chat")
    assert row["_regardingobjectid_value@Microsoft.Dynamics.CRM.associatednavigationproperty"] == (
        "regardingobjectid_incident_chat"
    )


async def test_a_chat_shows_up_at_its_record(api: Api) -> None:
    await create_chat(api, ADELE)
    rows = await api.rows(f"{CASE}/Incident_Teamschats?$select=subject")
    assert [row["subject"] for row in rows] == ["Case 1001 triage"]


async def test_a_list_of_parties_replaces_the_one_before(api: Api) -> None:
    path = await create_chat(api, ADELE, MEGAN)
    await api.patch(path, {"subject": "Renamed", "chat_activity_parties": chat_body(MEGAN)["chat_activity_parties"]})
    assert await names(api, path) == ["Megan Bowen"]
    await api.patch(path, {"subject": "Again"})
    assert await names(api, path) == ["Megan Bowen"]


async def test_parties_can_be_replaced_without_other_columns(api: Api) -> None:
    path = await create_chat(api, ADELE)
    body = {"value": chat_body(MEGAN)["chat_activity_parties"]}
    status, _, _ = await api.call("PUT", f"{path}/chat_activity_parties", body)
    assert status == 204
    assert await names(api, path) == ["Megan Bowen"]
    status, _, _ = await api.call("PUT", f"{CASE}/Incident_Tasks", body)
    assert status == 404
    await api.delete(path)
    status, _, _ = await api.call("PUT", f"{path}/chat_activity_parties", body)
    assert status == 404


async def test_a_party_that_does_not_fit_is_refused(api: Api) -> None:
    for party in (
        {},
        "Adele",
        {"participationtypemask": 99},
        {"participationtypemask": 12, "partyid_lead@odata.bind": "/leads(00000004-0000-4000-9000-000000000001)"},
        {"participationtypemask": 12, "nosuch": 1},
    ):
        await api.post("chats", {**chat_body(), "chat_activity_parties": [party]}, status=400)
    await api.post("chats", {**chat_body(), "chat_activity_parties": {}}, status=400)
    dead = {"participationtypemask": 12, "partyid_systemuser@odata.bind": ADELE.replace("22)", "77)")}
    await api.post("chats", {**chat_body(), "chat_activity_parties": [dead]}, status=404)
    assert await api.rows("chats") == []


async def test_parties_go_with_their_activity(api: Api) -> None:
    before = len(await api.rows("activityparties?$select=activitypartyid"))
    path = await create_chat(api, ADELE, MEGAN)
    await api.delete(path)
    assert len(await api.rows("activityparties?$select=activitypartyid")) == before


async def test_read_only_columns_of_a_chat_cannot_be_set(api: Api) -> None:
    for column in ("linkedon", "unlinkedon"):
        await api.post("chats", {**chat_body(), column: "2026-11-21T11:00:00Z"}, status=400)


async def test_a_note_returns_the_table_of_its_record(api: Api) -> None:
    address = await api.post(
        "annotations", {"subject": "Chat", "notetext": "…", "objectid_incident@odata.bind": f"/{CASE}"}, person=22
    )
    note = await api.get(str(address).partition("/v9.2/")[2], Prefer=EVERYTHING)
    assert (note["objecttypecode"], note[f"objecttypecode@{FORMATTED}"]) == ("incident", "Case")


async def test_an_association_stores_its_record_as_text(api: Api) -> None:
    body = {
        "msdyn_teamschatassociationname": "x",
        "msdyn_teamschatid": "19:abc@thread.v2",
        "msdyn_regardingobjectid": CASE[10:-1],
        "msdyn_regardingobjectname": "incident",
        "msdyn_entityrecordstate": 0,
    }
    address = await api.post("msdyn_teamschatassociations", body)
    row = await api.get(str(address).partition("/v9.2/")[2], Prefer=EVERYTHING)
    assert row[f"msdyn_entityrecordstate@{FORMATTED}"] == "Associate"
