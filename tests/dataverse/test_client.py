"""The client with a Dataverse that is busy, broken, or hostile."""

import asyncio

import pytest

from bot.dataverse.client import MAX_CONCURRENT_REQUESTS, DataverseClient
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, Unavailable
from bot.domain.values import ObjectId
from bot.http import client as sending
from tests.dataverse.hostile import ROW, Server, Tokens, answering, breaking_off, refusing
from tests.dataverse.samples import FORBIDDEN

ADELE = ObjectId("00000000-0000-0000-0000-000000000022")


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


@pytest.mark.parametrize(
    ("asked", "waited"), [("9" * 400, 600.0), ("601", 600.0), ("soon", None), ("-5", None), ("²", None), ("", None)]
)
async def test_a_wait_without_sense_is_not_taken_at_its_word(
    client: DataverseClient, server: Server, asked: str, waited: float | None
) -> None:
    server.answers = [refusing(429, Retry_After=asked)]
    with pytest.raises(Unavailable) as raised:
        await client.get("incidents(1)")
    assert raised.value.retry_after_s == waited


async def test_a_short_wait_that_was_asked_for_is_waited(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(429, "0x80072326", Retry_After="1"), answering(200)]
    begun = asyncio.get_running_loop().time()
    assert await client.get("incidents(1)") == ROW
    assert asyncio.get_running_loop().time() - begun >= 1


async def test_who_cannot_wait_so_long_is_told_when_to_come_back(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(429, Retry_After="6"), answering(200)]
    waiting = asyncio.create_task(client.get("incidents(1)"))
    while not server.asked:
        await asyncio.sleep(0.01)
    # A user's action has its own deadline, which also ends a wait.
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.get("incidents(2)"), 0.2)
    assert len(server.asked) == 1
    waiting.cancel()


async def test_a_storm_of_429_does_not_make_one_person_wait_for_all(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(429, Retry_After="60")]
    found = await asyncio.gather(*(client.get(f"incidents({n})") for n in range(200)), return_exceptions=True)
    assert len([each for each in found if isinstance(each, Unavailable) and each.retry_after_s]) == 200
    assert len(server.asked) <= MAX_CONCURRENT_REQUESTS


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


@pytest.mark.parametrize("code", FORBIDDEN.values(), ids=list(FORBIDDEN))
async def test_what_a_person_may_not_see_is_told_as_such(client: DataverseClient, server: Server, code: str) -> None:
    server.answers = [refusing(403, code)]
    with pytest.raises(NotAllowed) as raised:
        await client.get("incidents(1)", caller=ADELE)
    assert raised.value.code == (code or None)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("0x8004A110", "User does not have the privilege to act on behalf another user."),
        ("0x80040220", "Principal user is missing prvActOnBehalfOfAnotherUser privilege"),
    ],
)
async def test_what_the_app_may_not_do_is_no_refusal_of_the_person(
    client: DataverseClient, server: Server, code: str, message: str
) -> None:
    server.answers = [refusing(403, code, message)]
    with pytest.raises(Unavailable, match="act for users") as raised:
        await client.get("incidents(1)", caller=ADELE)
    assert "Delegate" in raised.value.next_step


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
    monkeypatch.setattr(sending, "MAX_BYTES", 1000)
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
    monkeypatch.setattr(sending, "TIMEOUT_S", 0.1)
    server.answers = [server.slow]
    with pytest.raises(Unavailable):
        await client.get("incidents(1)")
    server.hold.set()


async def test_who_read_the_same_at_the_same_time_share_one_request(client: DataverseClient, server: Server) -> None:
    server.answers = [server.slow]
    same = [asyncio.create_task(client.get("incidents(1)", caller=ADELE)) for _ in range(5)]
    other = asyncio.create_task(client.get("incidents(1)"))
    while len(server.asked) < 2:
        await asyncio.sleep(0.01)
    same[0].cancel()
    server.hold.set()
    assert await asyncio.gather(*same[1:], other) == [ROW] * 5
    assert len(server.asked) == 2


async def test_a_reading_that_nobody_waits_for_any_more_ends_and_is_not_shared(
    client: DataverseClient, server: Server
) -> None:
    server.answers = [server.slow]
    waiting = [asyncio.create_task(client.get("incidents(1)", caller=ADELE)) for _ in range(2)]
    while not server.asked:
        await asyncio.sleep(0.01)
    for each in waiting:
        each.cancel()
    next_one = asyncio.create_task(client.get("incidents(1)", caller=ADELE))
    while len(server.asked) < 2:
        await asyncio.sleep(0.01)
    assert server.asked[0].transport is None or server.asked[0].transport.is_closing()
    server.hold.set()
    assert await next_one == ROW


async def test_no_more_than_forty_requests_are_under_way(client: DataverseClient, server: Server) -> None:
    server.answers = [server.slow]
    asked = [asyncio.create_task(client.get(f"incidents({number})")) for number in range(60)]
    while len(server.asked) < 40:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert len(server.asked) == 40
    server.hold.set()
    await asyncio.gather(*asked)
