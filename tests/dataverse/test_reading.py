"""Reading many rows, with a Dataverse that is busy, broken, or hostile."""

import pytest
from aiohttp import web

from bot.dataverse.client import DataverseClient
from bot.dataverse.read_rows import read_rows
from bot.domain.errors import ChatSyncError, NotFound, Unavailable
from bot.domain.tables import Column, ColumnType, Table
from bot.http import client as sending
from tests.dataverse.hostile import Server, answering

TITLE = Column(name="title", label="Title", type=ColumnType.STRING)
CASE = Table(
    name="incident",
    label="Case",
    set_name="incidents",
    primary_id="incidentid",
    primary_name="title",
    columns={"title": TITLE},
)
MULTIPART = {"Content_Type": "multipart/mixed; boundary=b"}
PART = "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 {}\r\n\r\n{}\r\n"
ROW = '{"incidentid":"A","title":"Pump"}'


def error(code: str) -> str:
    return f'{{"error":{{"code":"{code}","message":"x"}}}}'


def batch(*parts: tuple[str, str]) -> bytes:
    return ("".join(PART.format(*part) for part in parts) + "--b--\r\n").encode()


async def test_rows_that_are_gone_are_none_and_those_the_app_may_not_read_are_left_out(
    client: DataverseClient, server: Server
) -> None:
    body = batch(("200 OK", ROW), ("403 Forbidden", error("0x80040220")), ("404 Not Found", error("0x80040217")))
    server.answers = [answering(200, body, **MULTIPART)]
    found = await read_rows(client, CASE, ["a", "b", "c"], [TITLE])
    assert list(found) == ["a", "c"]
    assert found["a"]
    assert found["a"].value("title").raw == "Pump"
    assert found["c"] is None


@pytest.mark.parametrize(
    ("part", "raised"),
    [
        # Only the code says that the row is missing: a path may be unknown for other reasons.
        (("404 Not Found", error("0x80060888")), NotFound),
        (("404 Not Found", "<html>"), NotFound),
        (("429 Too Many Requests", error("0x80072322")), Unavailable),
        (("500 Internal Server Error", ""), Unavailable),
        (("200 OK", ""), Unavailable),
        (("200 OK", "[]"), Unavailable),
        (("200 OK", ROW[:-1]), Unavailable),
    ],
)
async def test_anything_else_says_nothing_of_the_row(
    client: DataverseClient, server: Server, part: tuple[str, str], raised: type[ChatSyncError]
) -> None:
    server.answers = [answering(200, batch(("200 OK", ROW), part), **MULTIPART)]
    with pytest.raises(raised):
        await read_rows(client, CASE, ["a", "b"], [TITLE])


async def test_long_rows_are_read_fewer_at_a_time(
    client: DataverseClient, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def long_rows(_request: web.Request) -> web.StreamResponse:
        rows = server.bodies[-1].count(b"incidents(")
        return await answering(200, batch(*[("200 OK", ROW)] * rows), **MULTIPART)(_request)

    monkeypatch.setattr(sending, "MAX_BYTES", len(batch(("200 OK", ROW), ("200 OK", ROW))))
    server.answers = [long_rows]
    assert len(await read_rows(client, CASE, list("abcde"), [TITLE])) == 5
    monkeypatch.setattr(sending, "MAX_BYTES", 10)
    with pytest.raises(Unavailable, match="too large"):
        await read_rows(client, CASE, list("ab"), [TITLE])
