"""The one client against a Dataverse that is busy, broken or hostile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.dataverse import sending
from bot.dataverse.client import DataverseClient
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, Unavailable
from bot.domain.record_links import environment_of
from bot.domain.values import ObjectId
from bot.metrics import Metrics

ADELE = ObjectId("00000000-0000-0000-0000-000000000022")
ROW = {"incidentid": "1"}


@dataclass
class Tokens:
    """Gives `first`, and `second` after `first` was refused."""

    refusals: int = 0

    async def get(self, scope: str) -> str | None:
        return "first" if self.refusals == 0 else "second"

    async def refused(self, scope: str, token: str) -> None:
        self.refusals += 1

    async def close(self) -> None:
        """Holds nothing."""


@dataclass
class Server:
    """Answers as it is told to, one answer after the other; the last one again and again."""

    answers: list[Callable[[web.Request], Awaitable[web.StreamResponse]]] = field(default_factory=list)
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        self.bodies.append(await request.read())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return await answer(request)


def answering(
    status: int, body: object = None, **headers: str
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def answer(_request: web.Request) -> web.StreamResponse:
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, headers=named)
        return web.json_response(ROW if body is None else body, status=status, headers=named)

    return answer


def refusing(status: int, code: str = "0x0", **headers: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    return answering(status, {"error": {"code": code, "message": "the customer's secret"}}, **headers)


async def breaking_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"incidentid":')
    if request.transport:
        request.transport.abort()
    return response


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
async def client(server: Server, tokens: Tokens) -> AsyncIterator[DataverseClient]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    async with TestServer(app) as running, ClientSession() as session:
        yield DataverseClient(environment_of(str(running.make_url("/")).rstrip("/")), session, tokens, Metrics())


async def test_an_answer_is_read_and_the_person_is_named(client: DataverseClient, server: Server) -> None:
    server.answers = [answering(200)]
    assert await client.get("incidents(1)", {"$select": "title"}, caller=ADELE) == ROW
    (asked,) = server.asked
    assert asked.path_qs == "/api/data/v9.2/incidents(1)?$select=title"
    assert asked.headers["CallerObjectId"] == ADELE
    assert asked.headers["Authorization"] == "Bearer first"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_reading_is_tried_again_where_dataverse_is_busy(
    client: DataverseClient, server: Server, status: int
) -> None:
    server.answers = [refusing(status), refusing(status), answering(200)]
    assert await client.get("incidents(1)") == ROW
    assert len(server.asked) == 3


async def test_it_is_given_up_after_four_attempts(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(503)]
    with pytest.raises(Unavailable):
        await client.get("incidents(1)")
    assert len(server.asked) == 4


async def test_a_storm_of_429_holds_back_everything_that_cannot_wait(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(429, "0x80072322", Retry_After="37"), answering(200)]
    with pytest.raises(Unavailable) as first:
        await client.get("incidents(1)")
    assert first.value.retry_after_s == 37
    with pytest.raises(Unavailable) as second:
        await client.get("incidents(2)")
    assert second.value.retry_after_s
    assert 30 < second.value.retry_after_s <= 37
    assert len(server.asked) == 1


async def test_a_short_wait_that_was_asked_for_is_waited(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(429, "0x80072326", Retry_After="1"), answering(200)]
    begun = asyncio.get_running_loop().time()
    assert await client.get("incidents(1)") == ROW
    assert asyncio.get_running_loop().time() - begun >= 1


async def test_a_token_that_is_not_accepted_is_replaced_once(
    client: DataverseClient, server: Server, tokens: Tokens
) -> None:
    server.answers = [refusing(401), answering(200)]
    assert await client.get("incidents(1)") == ROW
    assert [request.headers["Authorization"] for request in server.asked] == ["Bearer first", "Bearer second"]
    assert tokens.refusals == 1


async def test_an_app_that_is_not_let_in_is_told_so(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(401)]
    with pytest.raises(Unavailable, match="sign-in"):
        await client.get("incidents(1)")
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, "0x80060888", BadRequest),
        (403, "0x80040220", NotAllowed),
        (403, "0x80042f09", NotAllowed),
        (403, "0x8004f510", NotAllowed),
        (404, "0x80060888", NotFound),
        (404, "0x80040217", NotFound),
        (412, "0x80060882", Conflict),
        (413, "", Unavailable),
        (500, "0x80040216", Unavailable),
    ],
)
async def test_each_refusal_has_its_error_which_quotes_nothing(
    client: DataverseClient, server: Server, status: int, code: str, error: type[ChatSyncError]
) -> None:
    server.answers = [refusing(status, code)]
    with pytest.raises(error) as raised:
        await client.get("incidents(1)")
    assert raised.value.next_step
    assert "secret" not in f"{raised.value} {raised.value.next_step} {raised.value.__notes__}"
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>Sign in</html>", b'{"incidentid":', b"[1]", b"null", b"\xff\xfe"])
async def test_what_is_no_json_object_is_no_answer(client: DataverseClient, server: Server, body: bytes) -> None:
    server.answers = [answering(200, body)]
    with pytest.raises(Unavailable):
        await client.get("incidents(1)")


async def test_an_answer_that_breaks_off_is_asked_for_again(client: DataverseClient, server: Server) -> None:
    server.answers = [breaking_off, answering(200)]
    assert await client.get("incidents(1)") == ROW


async def test_an_answer_without_an_end_is_not_read_to_it(
    client: DataverseClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LARGEST", 1000)
    server.answers = [answering(200, {"value": "x" * 2000})]
    with pytest.raises(Unavailable, match="too large"):
        await client.get("incidents(1)")


async def test_a_redirection_is_not_followed(client: DataverseClient, server: Server) -> None:
    server.answers = [answering(302, Location="https://elsewhere.example/")]
    with pytest.raises(Unavailable):
        await client.get("incidents(1)")
    assert len(server.asked) == 1


async def test_no_answer_in_time_is_none(
    client: DataverseClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_request: web.Request) -> web.StreamResponse:
        await server.hold.wait()
        return web.Response()

    monkeypatch.setattr(sending, "TIMEOUT_S", 0.1)
    server.answers = [hang]
    with pytest.raises(Unavailable):
        await client.get("incidents(1)")
    server.hold.set()


async def test_who_read_the_same_at_the_same_time_share_one_request(client: DataverseClient, server: Server) -> None:
    async def slow(_request: web.Request) -> web.StreamResponse:
        await server.hold.wait()
        return web.json_response(ROW)

    server.answers = [slow]
    same = [asyncio.create_task(client.get("incidents(1)", caller=ADELE)) for _ in range(5)]
    other = asyncio.create_task(client.get("incidents(1)"))
    while len(server.asked) < 2:
        await asyncio.sleep(0.01)
    same[0].cancel()
    server.hold.set()
    assert await asyncio.gather(*same[1:], other) == [ROW] * 5
    assert len(server.asked) == 2


async def test_no_more_than_forty_requests_are_under_way(client: DataverseClient, server: Server) -> None:
    async def slow(_request: web.Request) -> web.StreamResponse:
        await server.hold.wait()
        return web.json_response(ROW)

    server.answers = [slow]
    asked = [asyncio.create_task(client.get(f"incidents({number})")) for number in range(60)]
    while len(server.asked) < 40:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert len(server.asked) == 40
    server.hold.set()
    await asyncio.gather(*asked)


async def test_a_row_is_created_changed_and_deleted(client: DataverseClient, server: Server) -> None:
    server.answers = [
        answering(204, b"", OData_EntityId="https://x/incidents(1)"),
        answering(204, b""),
        answering(204, b""),
    ]
    created = await client.create("incidents", {"title": "Pump"}, caller=ADELE)
    await client.update("incidents(1)", {"title": "Pumps"}, etag='W/"1"')
    await client.delete("incidents(1)")
    assert created.entity_id == "https://x/incidents(1)"
    assert [request.method for request in server.asked] == ["POST", "PATCH", "DELETE"]
    assert server.bodies == [b'{"title":"Pump"}', b'{"title":"Pumps"}', b""]
    assert server.asked[1].headers["If-Match"] == 'W/"1"'
    assert "If-None-Match" not in server.asked[1].headers


async def test_a_change_is_sent_again_only_where_nothing_was_done(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(503, Retry_After="0"), answering(204, b"")]
    await client.update("incidents(1)", {"title": "Pumps"})
    assert len(server.asked) == 2
    for lost in (refusing(502), refusing(503), breaking_off):
        server.asked.clear()
        server.answers = [lost]
        with pytest.raises(Unavailable):
            await client.create("incidents", {"title": "Pump"})
        assert len(server.asked) == 1


async def test_somebody_who_was_faster_is_a_conflict(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(412, "0x80060882")]
    with pytest.raises(Conflict):
        await client.update("incidents(1)", {"title": "Pumps"}, etag='W/"1"')
