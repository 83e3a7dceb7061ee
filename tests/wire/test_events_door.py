"""Requests to `/api/dataverse/events` that are not events or are not authorized."""

import io
import logging

import pytest

from bot.store.tables import inbox
from tests.dataverse.samples import context
from tests.wire.world import EVENTS, WEBHOOK_KEY, World


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", {}),
        ("?code=", {}),
        ("?code=wrong", {}),
        ("?code=" + WEBHOOK_KEY[:-1], {}),
        ("", {"x-chatsync-key": "wrong"}),
        ("?code=ünïcödé", {}),
        (f"?code={WEBHOOK_KEY}", {"x-chatsync-key": "wrong"}),
    ],
)
async def test_without_the_right_key_nothing_is_taken(world: World, query: str, headers: dict[str, str]) -> None:
    async with world.session.post(world.url + EVENTS + query, json=context({"a": 1}), headers=headers) as answer:
        assert answer.status == 401
        assert "CHATSYNC_WEBHOOK_KEY" in (await answer.json())["error"]["message"]
    assert await world.rows_in(inbox) == []


async def test_the_key_may_come_as_a_header(world: World) -> None:
    headers = {"x-chatsync-key": WEBHOOK_KEY}
    async with world.session.post(world.url + EVENTS, json=context({"a": 1}), headers=headers) as answer:
        assert answer.status == 202


@pytest.mark.parametrize(
    "body", [{}, {"MessageName": "Update"}, {"MessageName": 5, "PrimaryEntityName": "incident"}, {"hello": "world"}]
)
async def test_what_is_no_event_is_refused_with_a_reason(world: World, body: object) -> None:
    status, answer = await world.tell(body)
    assert status == 400
    assert "RemoteExecutionContext" in answer["error"]["message"]


async def test_an_event_without_a_row_is_refused(world: World) -> None:
    status, answer = await world.tell(context({"a": 1}, PrimaryEntityId="nobody"))
    assert status == 400
    assert "PrimaryEntityId" in answer["error"]["message"]


async def test_bad_bodies_are_refused(world: World) -> None:
    url = f"{world.url}{EVENTS}?code={WEBHOOK_KEY}"
    for body, kind, status in (
        (b"{", "application/json", 400),
        (b"{}", "text/xml", 415),
        (b"[]", "application/json", 400),
    ):
        async with world.session.post(url, data=body, headers={"Content-Type": kind}) as answer:
            assert answer.status == status
            assert (await answer.json())["error"]["message"]
    as_json = {"Content-Type": "application/json"}
    async with world.session.post(url, data=io.BytesIO(b"y" * 20_000_000), headers=as_json) as answer:
        assert answer.status == 413


async def test_an_organisation_that_is_not_served_is_refused(world: World) -> None:
    status, answer = await world.tell(context({"a": 1}), x_ms_dynamics_organization="fabrikam.crm4.dynamics.com")
    assert status == 400
    assert "CHATSYNC_DATAVERSE_URL" in answer["error"]["message"]


async def test_other_methods_and_paths_are_answered_as_http_has_them(world: World) -> None:
    async with world.session.get(world.url + EVENTS) as answer:
        assert answer.status == 405
    async with world.session.get(world.url + "/no/such/page") as answer:
        assert answer.status == 404
        assert (await answer.json())["error"]["message"] == "Not Found"
    async with world.session.get(world.url + "/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "alive"})


async def test_the_key_is_in_no_log(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        await world.tell({})
        await world.tell(context({"a": 1}))
    assert WEBHOOK_KEY not in caplog.text + capsys.readouterr().out
