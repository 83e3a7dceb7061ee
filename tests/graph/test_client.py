"""The client with a Graph that is busy, broken, or hostile."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.domain.errors import BadRequest, NotAllowed, Unavailable
from bot.domain.values import ChatId
from bot.http.session import create_session
from tests.dataverse.hostile import Server, answering, refusing
from tests.fakes.clock import HeldClock
from tests.graph.conftest import ADELE_ID, ALEX_ID, MEGAN_ID, Graph, made_graph
from tests.patience import PATIENCE_S
from tests.tcp_ports import free_port

CHAT, OTHER = ChatId("19:a@thread.v2"), ChatId("19:b@thread.v2")
EMPTY: dict[str, object] = {"value": []}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made, port = Server(), free_port()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    made.url = f"http://127.0.0.1:{port}/v1.0"
    yield made
    await runner.cleanup()


@pytest.fixture
async def busy(server: Server, clock: HeldClock) -> AsyncIterator[Graph]:
    session = create_session()
    yield made_graph(server.url, session, clock, pace_s=1)
    await session.close()


async def passed() -> None:
    for _ in range(50):
        await asyncio.sleep(0.001)


async def test_a_chat_is_asked_one_call_after_the_other_a_second_apart_and_others_at_once(
    busy: Graph, server: Server, clock: HeldClock
) -> None:
    server.answers = [answering(200, EMPTY)]
    first, second = (asyncio.create_task(busy.chats.list_members(CHAT)) for _ in range(2))
    await busy.chats.list_members(OTHER)
    await first
    third = asyncio.create_task(busy.chats.add_member(CHAT, ADELE_ID))
    await passed()
    assert [request.method for request in server.asked] == ["GET", "GET"]
    clock.advance(1)
    await third
    assert server.asked[2].method == "POST"
    assert await second == []


async def test_a_clock_that_is_set_back_does_not_prolong_the_pause(
    busy: Graph, server: Server, clock: HeldClock
) -> None:
    server.answers = [answering(200, EMPTY)]
    await busy.chats.list_members(CHAT)
    clock.advance(-600)
    second = asyncio.create_task(busy.chats.add_member(CHAT, ADELE_ID))
    await passed()
    clock.advance(1)
    await asyncio.wait_for(second, PATIENCE_S)
    assert [request.method for request in server.asked] == ["GET", "POST"]


async def test_who_only_reads_the_same_shares_one_request(busy: Graph, server: Server) -> None:
    server.answers = [answering(200, EMPTY)]
    await asyncio.gather(*(busy.chats.list_members(CHAT) for _ in range(5)))
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_graph_is_asked_again_after_the_time_that_it_names(
    busy: Graph, server: Server, status: int
) -> None:
    server.answers = [refusing(status, Retry_After="0"), answering(200, EMPTY)]
    assert await busy.chats.list_members(CHAT) == []
    server.answers = [refusing(status, Retry_After="60")]
    with pytest.raises(Unavailable) as error:
        await busy.chats.list_members(OTHER)
    assert error.value.retry_after_s == 60
    # The limit applied to that chat, so other requests are sent.
    server.answers = [answering(200, EMPTY)]
    assert await busy.chats.list_members(ChatId("19:c@thread.v2")) == []


async def test_a_change_that_may_have_been_made_is_not_sent_again(busy: Graph, server: Server) -> None:
    server.answers = [refusing(502)]
    with pytest.raises(Unavailable):
        await busy.chats.create([ALEX_ID, ADELE_ID], None)
    assert len(server.asked) == 1
    server.answers = [refusing(429, Retry_After="0"), answering(201, {"id": "19:x@thread.v2"})]
    assert (await busy.chats.create([ALEX_ID, ADELE_ID], None)).id == "19:x@thread.v2"


async def test_parts_of_a_batch_that_were_throttled_are_asked_again_by_themselves(busy: Graph, server: Server) -> None:
    def responses(*rows: tuple[int, object]) -> object:
        return answering(
            200,
            {
                "responses": [
                    {"id": str(number), "status": status, "headers": {"Retry-After": "0"}, "body": body}
                    for number, (status, body) in enumerate(rows)
                ]
            },
        )

    adele, alex = ({"id": person, "displayName": "x"} for person in (ADELE_ID, ALEX_ID))
    server.answers = [
        responses((200, adele), (429, {"error": {"code": "TooManyRequests"}}), (404, {})),  # type: ignore[list-item]
        responses((200, alex)),  # type: ignore[list-item]
    ]
    found = await busy.people.get_people([ADELE_ID, ALEX_ID, MEGAN_ID])
    assert set(found) == {ADELE_ID, ALEX_ID}
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", {"responses": "x"}, {"responses": [{"id": "0"}]}, {"responses": [{"id": "0", "status": "x"}]}],
    ids=repr,
)
async def test_an_answer_that_makes_no_sense_is_trouble_and_no_crash(
    busy: Graph, server: Server, body: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.graph.client.BATCH_ATTEMPTS", 1)
    server.answers = [answering(200, body)]
    with pytest.raises(Unavailable):
        await busy.people.get_people([ADELE_ID])


@pytest.mark.parametrize("broken", [{}, {"id": 5}, {"topic": "secret words"}])
async def test_a_row_without_an_id_hides_no_other(busy: Graph, server: Server, broken: object) -> None:
    server.answers = [answering(200, {"value": [broken, {"id": "19:x", "displayName": "x", "webUrl": "no address"}]})]
    with capture_logs() as logs:
        assert [chat.id for chat in await busy.chats.list_chats(ADELE_ID)] == ["19:x"]
        assert [team.id for team in await busy.chats.list_teams(ADELE_ID)] == ["19:x"]
        assert [channel.url for channel in await busy.chats.list_channels("team")] == [""]
    assert [each["event"] for each in logs] == ["graph.row_unreadable"] * 3
    assert "secret" not in str(logs)


async def test_a_membership_without_an_id_counts_and_cannot_be_removed(busy: Graph, server: Server) -> None:
    server.answers = [answering(200, {"value": [{"userId": ADELE_ID, "displayName": "Adele"}]})]
    assert [each.object_id for each in await busy.chats.list_members(CHAT)] == [ADELE_ID]
    with pytest.raises(Unavailable, match="unreadable"):
        await busy.chats.remove_member(OTHER, ADELE_ID)


async def test_a_person_who_cannot_be_read_hides_no_other(busy: Graph, server: Server) -> None:
    adele = {"id": "0", "status": 200, "body": {"id": ADELE_ID, "displayName": "Adele"}}
    server.answers = [answering(200, {"responses": [adele, {"id": "1", "status": 400}]})]
    assert list(await busy.people.get_people([ADELE_ID, ALEX_ID])) == [ADELE_ID]
    server.answers = [answering(200, {"responses": [{"id": "0", "status": 400}, {"id": "1", "status": 400}]})]
    with pytest.raises(BadRequest):
        await busy.people.get_people([ADELE_ID, ALEX_ID])


async def test_the_token_goes_nowhere_but_to_graph(busy: Graph, server: Server) -> None:
    server.answers = [answering(200, {"value": [], "@odata.nextLink": "https://evil.example/v1.0/chats"})]
    with pytest.raises(Unavailable, match="invalid link"):
        await busy.chats.list_members(CHAT)


async def test_what_graph_says_in_a_refusal_stays_out_of_ours(busy: Graph, server: Server) -> None:
    server.answers = [refusing(403, "Forbidden", "the customer's secret")]
    with pytest.raises(NotAllowed) as error:
        await busy.chats.list_members(CHAT)
    assert "secret" not in f"{error.value} {error.value.next_step}"
