"""Fault injection for client tests."""

import asyncio
from typing import Any

import pytest
from aiohttp import ClientError, ClientTimeout

from tests.patience import PATIENCE_S
from tests.sandbox.wire import CASE, WEB_API, Api

HEADER = "x-sandbox-fault"


async def faulty(api: Api, fault: str, path: str = "WhoAmI") -> tuple[int, Any, dict[str, str]]:
    async with api.client.get(f"{WEB_API}/{path}", headers={HEADER: fault}) as answer:
        body = await answer.json() if answer.content_type == "application/json" else await answer.text()
        return answer.status, body, dict(answer.headers)


@pytest.mark.parametrize(
    ("fault", "status", "code", "retry_after"),
    [
        ("429", 429, "0x80072322", None),
        ("429; retry-after=3", 429, "0x80072322", "3"),
        ("429;limit=time;retry-after=30", 429, "0x80072321", "30"),
        ("429; limit=concurrency", 429, "0x80072326", None),
        ("503; retry-after=1", 503, "0x80044150", "1"),
        ("500", 500, "0x80040216", None),
        ("412", 412, "0x80060882", None),
        ("403", 403, "0x80048306", None),
    ],
)
async def test_a_request_gets_the_fault_it_asks_for(
    api: Api, fault: str, status: int, code: str, retry_after: str | None
) -> None:
    got, body, headers = await faulty(api, fault)
    assert (got, body["error"]["code"]) == (status, code)
    assert headers.get("Retry-After") == retry_after
    await api.get("WhoAmI")


async def test_a_401_fault_has_no_body(api: Api) -> None:
    status, body, headers = await faulty(api, "401")
    assert (status, body, headers["WWW-Authenticate"]) == (401, "", "Bearer")


async def test_a_response_can_be_something_other_than_json(api: Api) -> None:
    status, body, _ = await faulty(api, "not-json")
    assert status == 200
    assert body.startswith("<html>")


async def test_a_response_can_be_truncated(api: Api) -> None:
    with pytest.raises(ClientError):
        await faulty(api, "truncated", f"{CASE}?$select=title")
    await api.get(CASE)


async def test_a_change_is_applied_even_if_its_response_is_lost(api: Api) -> None:
    with pytest.raises(ClientError):
        async with api.client.patch(
            f"{WEB_API}/{CASE}",
            json={"title": "Made"},
            headers={HEADER: "truncated", "Prefer": "return=representation"},
        ) as answer:
            await answer.read()
    assert (await api.get(f"{CASE}?$select=title"))["title"] == "Made"


async def test_a_response_can_hang(api: Api) -> None:
    with pytest.raises(TimeoutError):
        async with api.client.get(
            f"{WEB_API}/WhoAmI", headers={HEADER: "hang"}, timeout=ClientTimeout(total=0.2)
        ) as answer:
            await answer.read()
    await api.get("WhoAmI")


async def test_a_hanging_connection_is_closed_after_the_time_limit(api: Api) -> None:
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(ClientError):
            await faulty(api, "hang; seconds=0")


async def test_queued_faults_hit_the_next_requests_of_any_client(api: Api) -> None:
    status, body, _ = await faulty(api, "429; retry-after=1; times=2")
    assert status == 200
    assert "UserId" in body
    statuses = [(await api.call("GET", path))[0] for path in ("WhoAmI", CASE, CASE)]
    assert statuses == [429, 429, 200]


async def test_faults_can_be_limited_to_one_resource(api: Api) -> None:
    await faulty(api, "503; times=1; path=incidents")
    await api.get("accounts?$top=1")
    await api.get("incidents?$top=1", status=503)
    await api.get("incidents?$top=1")


@pytest.mark.parametrize(
    "fault",
    ["", "418", "429; retry-after", "429; retry-after=soon", "429; limit=none", "429; colour=red", "429; times=-1"],
)
async def test_an_unknown_fault_is_refused(api: Api, fault: str) -> None:
    status, body, _ = await faulty(api, fault)
    assert status == 400
    assert body["error"]["code"] == "0x80060888"
