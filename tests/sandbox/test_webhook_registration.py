from __future__ import annotations

import pytest

from bot.sandbox.sample_data.ids import CASE_STEP_ID, DELETE_STEP_IDS, ENDPOINT_ID, UPDATE_STEP_IDS
from tests.sandbox.events import CONTRACTS, STEP, find_filter, new_step, target, to_dict
from tests.sandbox.wire import CASE, Api, Json, Receiver


async def test_a_registered_step_sends_creations(api: Api, receiver: Receiver) -> None:
    await new_step(api, "Create", "task", filteringattributes="subject")
    address = await api.post("tasks", {"subject": "Call", "prioritycode": 2})
    body = (await receiver.next()).body
    assert body["MessageName"] == "Create"
    assert to_dict(body["OutputParameters"]) == {"id": address[-37:-1]}
    assert target(body)["subject"] == "Call"
    assert body["PreEntityImages"] == []


async def test_a_registered_step_sends_deletions(api: Api, receiver: Receiver) -> None:
    await new_step(api, "Delete", "task")
    await api.delete("tasks(00004212-0000-4000-9000-000000000001)")
    body = (await receiver.next()).body
    reference = to_dict(body["InputParameters"])["Target"]
    assert reference["__type"] == f"EntityReference:{CONTRACTS}"
    assert (reference["LogicalName"], reference["Id"]) == ("task", "00004212-0000-4000-9000-000000000001")


async def test_each_step_sends_an_event_of_its_own(api: Api, receiver: Receiver) -> None:
    await new_step(api, "Update", "incident", rank=2)
    await api.patch(CASE, {"prioritycode": 1})
    one, two = (await receiver.next()).body, (await receiver.next()).body
    assert one["OwningExtension"]["Id"] == CASE_STEP_ID
    assert one["OperationId"] != two["OperationId"]
    assert one["CorrelationId"] == two["CorrelationId"]


async def test_a_disabled_step_sends_nothing(api: Api, receiver: Receiver) -> None:
    await api.patch(STEP, {"statecode": 1})
    await api.patch(CASE, {"prioritycode": 1})
    await api.patch(STEP, {"statecode": 0})
    await api.patch(CASE, {"prioritycode": 3})
    assert target((await receiver.next()).body)["prioritycode"]["Value"] == 3


async def test_a_post_image_can_be_registered(api: Api, receiver: Receiver) -> None:
    await api.post(
        "sdkmessageprocessingstepimages",
        {
            "name": "After",
            "entityalias": "After",
            "imagetype": 1,
            "attributes": "prioritycode, ticketnumber",
            "sdkmessageprocessingstepid@odata.bind": f"/{STEP}",
        },
    )
    await api.patch(CASE, {"prioritycode": 1})
    images = to_dict((await receiver.next()).body["PostEntityImages"])
    values = to_dict(images["After"]["Attributes"])
    assert (values["prioritycode"]["Value"], values["ticketnumber"]) == (1, "CAS-01001")


async def test_the_endpoint_never_returns_its_key(api: Api) -> None:
    await api.patch(f"serviceendpoints({ENDPOINT_ID})", {"authvalue": "another key"})
    row = await api.get(f"serviceendpoints({ENDPOINT_ID})")
    assert (row["isauthvalueset"], "authvalue" in row) == (True, False)
    assert (await api.get(f"serviceendpoints({ENDPOINT_ID})?$select=authvalue"))["authvalue"] is None
    assert await api.rows("serviceendpoints?$filter=authvalue ne null") == []


async def test_an_endpoint_with_its_own_key_sends_it_with_events(api: Api, receiver: Receiver) -> None:
    await api.patch(f"serviceendpoints({ENDPOINT_ID})", {"authvalue": "a&b=c #ü"})
    await api.patch(CASE, {"prioritycode": 1})
    assert (await receiver.next()).query == {"code": "a&b=c #ü"}


ENDPOINT = {"name": "x", "contract": 8, "authtype": 4, "url": "http://127.0.0.1:1/x", "authvalue": "k"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 204),
        ({"url": "http://localhost/x"}, 204),
        ({"contract": 2}, 501),
        ({"authtype": 5}, 501),
        ({"url": "https://example.com/x"}, 400),
        ({"url": "file:///x"}, 400),
        ({"url": "http://[::1/x"}, 400),
        ({"url": ""}, 400),
    ],
)
async def test_only_webhooks_on_this_machine_can_be_registered(api: Api, body: Json, status: int) -> None:
    await api.post("serviceendpoints", {**ENDPOINT, **body}, status=status)


async def test_only_asynchronous_steps_after_the_operation_can_be_registered(api: Api) -> None:
    await api.patch(STEP, {"mode": 0}, status=501)
    await api.patch(STEP, {"stage": 20}, status=501)
    message, _ = await find_filter(api, "Create", "incident")
    await api.patch(STEP, {"sdkmessageid@odata.bind": f"/sdkmessages({message})"}, status=400)


async def test_an_endpoint_with_steps_cannot_be_deleted(api: Api) -> None:
    await api.delete(f"serviceendpoints({ENDPOINT_ID})", status=405)
    for step in (*UPDATE_STEP_IDS.values(), *DELETE_STEP_IDS.values()):
        await api.delete(f"sdkmessageprocessingsteps({step})")
    await api.delete(f"serviceendpoints({ENDPOINT_ID})")
