from __future__ import annotations

from bot.sandbox.sample_data.ids import CASE_STEP_ID
from tests.sandbox.events import CONTRACTS, new_step, target, to_dict
from tests.sandbox.wire import CASE, CASE_ID, KEY, Api, Receiver

ADELE = "00000008-0000-4000-9000-000000000022"
APP = "00000008-0000-4000-9000-000000000099"


async def test_a_change_of_priority_is_sent_at_once(api: Api, receiver: Receiver) -> None:
    await api.patch(CASE, {"prioritycode": 1}, person=22)
    got = await receiver.next()
    assert got.query == {"code": KEY}
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["x-ms-dynamics-organization"] == "127.0.0.1:3978"
    assert got.headers["x-ms-dynamics-entity-name"] == "incident"
    assert got.headers["x-ms-dynamics-request-name"] == "Update"
    assert got.headers["x-ms-correlation-request-id"] == got.body["CorrelationId"]
    assert "x-ms-dynamics-msg-size-exceeded" not in got.headers


async def test_the_context_has_message_caller_and_time(api: Api, receiver: Receiver) -> None:
    await api.patch(CASE, {"prioritycode": 1}, person=22)
    body = (await receiver.next()).body
    assert (body["MessageName"], body["Stage"], body["Mode"], body["Depth"]) == ("Update", 40, 1, 1)
    assert (body["PrimaryEntityName"], body["PrimaryEntityId"]) == ("incident", CASE_ID)
    assert body["InitiatingUserId"] == body["UserId"] == ADELE
    assert body["InitiatingUserAzureActiveDirectoryObjectId"] == "00000000-0000-0000-0000-000000000022"
    assert body["BusinessUnitId"] == "00000010-0000-4000-9000-000000000002"
    assert body["OperationCreatedOn"] == "/Date(1795262400000+0000)/"
    assert body["OwningExtension"]["Id"] == CASE_STEP_ID
    assert body["OwningExtension"]["LogicalName"] == "sdkmessageprocessingstep"
    assert body["SecondaryEntityName"] == "none"
    assert body["OrganizationName"] not in {"127.0.0.1", "127.0.0.1:3978"}
    assert (body["ParentContext"]["Stage"], body["ParentContext"]["ParentContext"]) == (30, None)


async def test_the_target_holds_the_requests_columns_and_the_platforms(api: Api, receiver: Receiver) -> None:
    await api.patch(
        CASE,
        {
            "prioritycode": 1,
            "description": None,
            "cs_symptoms": "1,2",
            "cs_refundamount": 12.5,
            "isescalated": True,
            "followupby": "2026-12-24",
            "primarycontactid@odata.bind": "/contacts(00000002-0000-4000-9000-000000000002)",
        },
        person=22,
    )
    body = (await receiver.next()).body
    entity = to_dict(body["InputParameters"])["Target"]
    assert (entity["__type"], entity["Id"], entity["LogicalName"]) == (f"Entity:{CONTRACTS}", CASE_ID, "incident")
    assert entity["FormattedValues"] == []
    assert entity["RowVersion"].isdigit()
    values = to_dict(entity["Attributes"])
    assert values["prioritycode"] == {"__type": f"OptionSetValue:{CONTRACTS}", "Value": 1}
    assert values["cs_symptoms"] == [{"__type": f"OptionSetValue:{CONTRACTS}", "Value": number} for number in (1, 2)]
    assert values["cs_refundamount"] == {"__type": f"Money:{CONTRACTS}", "Value": 12.5}
    assert values["followupby"] == "/Date(1798070400000)/"
    assert (values["isescalated"], values["description"], values["incidentid"]) == (True, None, CASE_ID)
    contact = values["primarycontactid"]
    assert (contact["__type"], contact["LogicalName"]) == (f"EntityReference:{CONTRACTS}", "contact")
    assert contact["Name"] is None
    assert values["modifiedon"] == "/Date(1795262400000)/"
    assert (values["modifiedby"]["Id"], values["modifiedonbehalfby"]["Id"]) == (ADELE, APP)
    assert "ticketnumber" not in values


async def test_the_images_hold_the_values_before_and_the_name(api: Api, receiver: Receiver) -> None:
    await api.patch(CASE, {"prioritycode": 1})
    body = (await receiver.next()).body
    before = to_dict(body["PreEntityImages"])["Before"]
    assert "__type" not in before
    values = to_dict(before["Attributes"])
    assert {name: values[name]["Value"] for name in ("prioritycode", "statecode", "statuscode")} == {
        "prioritycode": 2,
        "statecode": 0,
        "statuscode": 1,
    }
    name = to_dict(body["PostEntityImages"])["AsynchronousStepPrimaryName"]
    assert to_dict(name["Attributes"]) == {"title": "Pump vibrates after firmware update", "incidentid": CASE_ID}


async def test_an_image_leaves_out_what_was_empty(api: Api, receiver: Receiver) -> None:
    await api.patch(CASE, {"prioritycode": None})
    await api.patch(CASE, {"prioritycode": 3})
    await receiver.next()
    before = to_dict((await receiver.next()).body["PreEntityImages"])["Before"]
    assert "prioritycode" not in to_dict(before["Attributes"])


async def test_the_app_is_the_caller_without_impersonation(api: Api, receiver: Receiver) -> None:
    await api.patch(CASE, {"prioritycode": 1})
    body = (await receiver.next()).body
    assert body["InitiatingUserId"] == APP
    assert target(body)["modifiedonbehalfby"] is None


async def test_an_unchanged_column_in_the_request_triggers_the_step(api: Api, receiver: Receiver) -> None:
    await api.patch(CASE, {"prioritycode": 2})
    assert target((await receiver.next()).body)["prioritycode"]["Value"] == 2


async def test_a_state_change_includes_the_status_reason(api: Api, receiver: Receiver) -> None:
    await api.patch(CASE, {"statecode": 1})
    values = target((await receiver.next()).body)
    assert (values["statecode"]["Value"], values["statuscode"]["Value"]) == (1, 5)


async def test_unfiltered_columns_trigger_nothing(api: Api, receiver: Receiver) -> None:
    await api.patch(CASE, {"description": "Nobody watches this."})
    await api.patch("accounts(00000001-0000-4000-9000-000000000001)", {"description": "Nor this."})
    await api.post(
        "incidents", {"title": "x", "customerid_account@odata.bind": "/accounts(00000001-0000-4000-9000-000000000001)"}
    )
    await api.patch(CASE, {"prioritycode": 1})
    assert "description" not in target((await receiver.next()).body)
    assert receiver.got.empty()


async def test_a_rejected_change_triggers_nothing(api: Api, receiver: Receiver) -> None:
    await api.patch(CASE, {"prioritycode": 9}, status=400)
    await api.patch(CASE, {"prioritycode": 1}, person=24, status=403)
    await api.patch(CASE, {"prioritycode": 1}, status=412, If_Match='W/"1"')
    await api.patch(CASE, {"prioritycode": 3})
    assert target((await receiver.next()).body)["prioritycode"]["Value"] == 3
    assert receiver.got.empty()


async def test_an_oversized_payload_is_sent_without_values(api: Api, receiver: Receiver) -> None:
    article = "knowledgearticles(00009953-0000-4000-9000-000000000001)"
    await new_step(api, "Update", "knowledgearticle")
    await api.patch(article, {"content": "<p>" + "x" * 300_000 + "</p>"})
    got = await receiver.next()
    assert got.headers["x-ms-dynamics-msg-size-exceeded"] == "True"
    assert not {"ParentContext", "InputParameters", "PreEntityImages", "PostEntityImages"} & set(got.body)
    assert got.body["PrimaryEntityId"] == article[18:-1]
