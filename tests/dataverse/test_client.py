"""The one client against a Dataverse that is busy, broken or hostile."""

import asyncio

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port

from bot.dataverse import sending
from bot.dataverse.client import DataverseClient
from bot.domain.errors import BadRequest, ChatSyncError, Conflict, NotAllowed, NotFound, Unavailable
from bot.domain.record_links import environment_of
from bot.domain.values import ObjectId
from bot.metrics import Metrics
from tests.dataverse.hostile import ROW, Server, Tokens, answering, breaking_off, refusing

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
    # A person's act has a deadline of its own, and takes its waiting along when it ends.
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.get("incidents(2)"), 0.2)
    assert len(server.asked) == 1
    waiting.cancel()


async def test_a_storm_of_429_does_not_make_one_person_wait_for_all(client: DataverseClient, server: Server) -> None:
    server.answers = [refusing(429, Retry_After="60")]
    found = await asyncio.gather(*(client.get(f"incidents({n})") for n in range(200)), return_exceptions=True)
    assert all(isinstance(each, Unavailable) and each.retry_after_s for each in found)
    assert len(server.asked) <= sending.AT_ONCE


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


# The errors that answer 403 ("Compose HTTP requests and handle errors"), by their codes ("Web service error codes").
FORBIDDEN = {
    "AccessDenied": "0x80048405",
    "AttributePermissionReadIsMissing": "0x8004f504",
    "CrmSecurityError": "0x80048306",
    "PrivilegeDenied": "0x80040220",
    "UserNotInOrganization": "0x80072560",
    "UserNotEnabled": "0x80040225",
    "without a code": "",
}


@pytest.mark.parametrize("code", FORBIDDEN.values(), ids=list(FORBIDDEN))
async def test_what_a_person_may_not_see_is_told_as_such(client: DataverseClient, server: Server, code: str) -> None:
    server.answers = [refusing(403, code)]
    with pytest.raises(NotAllowed) as raised:
        await client.get("incidents(1)", caller=ADELE)
    assert raised.value.code == code
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
    with pytest.raises(Unavailable, match="act for people") as raised:
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


async def test_no_more_than_forty_requests_are_under_way(client: DataverseClient, server: Server) -> None:
    server.answers = [server.slow]
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


async def test_a_row_is_changed_or_made_under_its_own_id(client: DataverseClient, server: Server) -> None:
    server.answers = [answering(204, b""), answering(204, b""), refusing(412, "0x80040237")]
    await client.upsert("incidents(1)", {"title": "Pump"})
    await client.upsert("incidents(2)", {"title": "Pump"}, only_new=True)
    assert [request.headers.get("If-None-Match") for request in server.asked] == [None, "*"]
    assert [request.headers.get("If-Match") for request in server.asked] == [None, None]
    with pytest.raises(Conflict):
        await client.upsert("incidents(2)", {"title": "Pump"}, only_new=True)


async def test_a_change_that_reached_nobody_is_sent_again() -> None:
    async with ClientSession() as session:
        away = DataverseClient(environment_of(f"http://127.0.0.1:{unused_port()}"), session, Tokens(), Metrics())
        begun = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable):
            await away.create("incidents", {"title": "Pump"})
    assert 0.5 < asyncio.get_running_loop().time() - begun < sending.PATIENCE_S


async def test_pages_are_read_to_the_end_or_as_many_as_are_wanted(client: DataverseClient, server: Server) -> None:
    def page(number: int, *, more: bool) -> dict[str, object]:
        link = f"{server.url}/api/data/v9.2/incidents?$skiptoken={number}"
        return {"value": [{"n": number}, {"n": number}], **({"@odata.nextLink": link} if more else {})}

    server.answers = [answering(200, page(1, more=True)), answering(200, page(2, more=False))]
    assert [row["n"] for row in await client.all_rows("incidents", "", at_most=100)] == [1, 1, 2, 2]
    assert server.asked[1].path_qs == "/api/data/v9.2/incidents?$skiptoken=1"
    server.answers = [answering(200, page(1, more=True))]
    assert [row["n"] for row in await client.all_rows("incidents", "", at_most=3)] == [1, 1, 1]
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.example/api/data/v9.2/incidents",
        "{url}.elsewhere.example/api/data/v9.2/incidents",
        "{url}/api/data/v9.2/../../elsewhere",
        "{url}/other",
        "incidents",
    ],
)
async def test_a_page_elsewhere_is_not_read(client: DataverseClient, server: Server, link: str) -> None:
    server.answers = [answering(200, {"value": [], "@odata.nextLink": link.format(url=server.url)})]
    with pytest.raises(Unavailable, match="elsewhere"):
        await client.all_rows("incidents", "", at_most=100)
    assert len(server.asked) == 1


PART = "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 {}\r\n\r\n{}\r\n"
NO_ROW = '{"error":{"code":"0x80040217","message":"gone"}}'


def batch(*parts: tuple[str, str]) -> bytes:
    return ("".join(PART.format(*part) for part in parts) + "--b--\r\n").encode()


async def test_many_are_read_in_one_request(client: DataverseClient, server: Server) -> None:
    body = batch(("200 OK", '{"title":"Pump"}'), ("404 Not Found", NO_ROW))
    server.answers = [refusing(503), answering(200, body, Content_Type="multipart/mixed; boundary=b")]
    found, gone = await client.read_together(
        [("incidents(1)", {"$select": "title"}), ("incidents(2)", "")], caller=ADELE
    )
    assert found == {"title": "Pump"}
    assert isinstance(gone, NotFound)
    assert [request.path for request in server.asked] == ["/api/data/v9.2/$batch"] * 2
    assert server.bodies[1].count(b"CallerObjectId: " + ADELE.encode()) == 2
    assert server.asked[1].headers["CallerObjectId"] == ADELE


async def test_changes_are_made_together_or_not_at_all(client: DataverseClient, server: Server) -> None:
    changes = [("POST", "tasks", {"subject": "a"}), ("DELETE", "tasks(1)", None)]
    multipart = {"Content_Type": "multipart/mixed; boundary=b"}
    server.answers = [
        answering(200, batch(("204 No Content", ""), ("204 No Content", "")), **multipart),
        answering(200, batch(("412 Precondition Failed", NO_ROW)), **multipart),
        answering(200, batch(("204 No Content", "")), **multipart),
        refusing(502),
    ]
    await client.change_together(changes)
    assert b"multipart/mixed;boundary=changeset_" in server.bodies[0]
    for error in (Conflict, Unavailable, Unavailable):
        with pytest.raises(error):
            await client.change_together(changes)
    assert len(server.asked) == 4


async def test_an_answer_that_is_no_batch_is_refused(client: DataverseClient, server: Server) -> None:
    one = batch(("200 OK", "{}"))
    for answer in (
        answering(200),
        answering(200, b"--b--"),
        answering(200, one, Content_Type="multipart/mixed; boundary=b"),
    ):
        server.answers = [answer]
        with pytest.raises(Unavailable):
            await client.read_together([("incidents(1)", ""), ("incidents(2)", "")])
