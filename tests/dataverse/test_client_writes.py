"""Writes, paging, and batches with a Dataverse that is busy, broken, or hostile."""

import asyncio

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port

from bot.dataverse.client import DataverseClient, create_client
from bot.domain.errors import Conflict, NotFound, Unavailable
from bot.domain.record_links import parse_environment
from bot.domain.values import ObjectId
from bot.http import client as sending
from bot.metrics import Metrics
from tests.dataverse.hostile import Server, Tokens, answering, breaking_off, refusing

ADELE = ObjectId("00000000-0000-0000-0000-000000000022")


async def test_a_row_is_created_changed_and_deleted(client: DataverseClient, server: Server) -> None:
    server.answers = [
        answering(204, b"", OData_EntityId="https://x/incidents(1)", ETag='W/"1"'),
        answering(204, b""),
        answering(204, b""),
    ]
    created = await client.create("incidents", {"title": "Pump"}, caller=ADELE)
    await client.update("incidents(1)", {"title": "Pumps"}, etag='W/"1"')
    await client.delete("incidents(1)")
    assert (created.entity_id, created.etag) == ("https://x/incidents(1)", 'W/"1"')
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
        away = create_client(parse_environment(f"http://127.0.0.1:{unused_port()}"), session, Tokens(), Metrics())
        begun = asyncio.get_running_loop().time()
        with pytest.raises(Unavailable):
            await away.create("incidents", {"title": "Pump"})
    assert 0.3 < asyncio.get_running_loop().time() - begun < sending.MAX_RETRY_S


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
    with pytest.raises(Unavailable, match="invalid link"):
        await client.all_rows("incidents", "", at_most=100)
    assert len(server.asked) == 1


PART = "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 {}\r\n\r\n{}\r\n"
NO_ROW = '{"error":{"code":"0x80040217","message":"gone"}}'


def batch(*parts: tuple[str, str]) -> bytes:
    return ("".join(PART.format(*part) for part in parts) + "--b--\r\n").encode()


async def test_many_are_read_in_one_request(client: DataverseClient, server: Server) -> None:
    body = batch(("200 OK", '{"title":"Pump"}'), ("404 Not Found", NO_ROW))
    server.answers = [refusing(503), answering(200, body, Content_Type="multipart/mixed; boundary=b")]
    found, gone = await client.batch_read([("incidents(1)", {"$select": "title"}), ("incidents(2)", "")], caller=ADELE)
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
    await client.batch_write(changes)
    assert b"multipart/mixed;boundary=changeset_" in server.bodies[0]
    for error in (Conflict, Unavailable, Unavailable):
        with pytest.raises(error):
            await client.batch_write(changes)
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
            await client.batch_read([("incidents(1)", ""), ("incidents(2)", "")])
