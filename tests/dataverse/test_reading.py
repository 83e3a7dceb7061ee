"""Reading many rows, with a Dataverse that is busy, broken, or hostile."""

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import UNREADABLE
from bot.dataverse.read_rows import parse_rows, read_rows
from bot.domain.errors import BadRequest, ChatSyncError, NotFound, Unavailable
from bot.domain.formatting import format_value
from bot.domain.tables import Column, ColumnType, ColumnValue, Row, Table
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
    assert isinstance(found["a"], Row)
    assert found["a"].value("title").raw == "Pump"
    assert found["c"] is None


@pytest.mark.parametrize(
    ("part", "kind"),
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
    client: DataverseClient, server: Server, part: tuple[str, str], kind: type[ChatSyncError]
) -> None:
    server.answers = [answering(200, batch(("200 OK", ROW), part), **MULTIPART)]
    found = await read_rows(client, CASE, ["a", "b"], [TITLE])
    assert isinstance(found["a"], Row)
    assert isinstance(found["b"], kind)


async def test_columns_that_are_wrong_for_all_rows_are_an_error(client: DataverseClient, server: Server) -> None:
    wrong = ("400 Bad Request", error("0x80060888"))
    server.answers = [answering(200, batch(wrong, wrong), **MULTIPART)]
    with pytest.raises(BadRequest):
        await read_rows(client, CASE, ["a", "b"], [TITLE])
    server.answers = [answering(200, batch(wrong, ("200 OK", ROW)), **MULTIPART)]
    found = await read_rows(client, CASE, ["a", "b"], [TITLE])
    assert [type(each) for each in found.values()] == [BadRequest, Row]


def test_in_a_list_what_is_no_row_is_skipped_and_logged() -> None:
    with capture_logs() as logs:
        rows = parse_rows([{"title": "secret words"}, {"incidentid": "A", "title": "Pump"}, {}], "incidentid", [TITLE])
    assert [row.value("title").raw for row in rows] == ["Pump"]
    assert [(each["event"], each["count"]) for each in logs] == [("dataverse.row_unreadable", 2)]
    assert "secret" not in str(logs)


def test_a_value_in_another_form_hides_nothing_beside_it() -> None:
    columns = [
        TITLE,
        Column(name="colors", label="Colors", type=ColumnType.MULTI_SELECT),
        Column(name="at", label="At", type=ColumnType.DATE_TIME),
        Column(name="who", label="Who", type=ColumnType.LOOKUP),
    ]
    deep: object = []
    for _ in range(2_000):
        deep = [deep]
    bodies = [
        {"title": deep, "colors": deep, "at": deep, "_who_value": deep, "@odata.etag": deep},
        {"title": {"a": 1}, "colors": "1,²,x," + "9" * 5_000, "at": "0001-01-01T00:00:00+14:00", "_who_value": 5},
    ]
    for body in bodies:
        (row,) = parse_rows([{"incidentid": "A", **body}], "incidentid", columns)
        assert row.value("title") == ColumnValue(raw=UNREADABLE)
        for column in columns:
            assert format_value(column, row.value(column.name))


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
    found = await read_rows(client, CASE, list("ab"), [TITLE])
    assert [str(each) for each in found.values()] == ["Dynamics 365 returned an answer that is too large."] * 2
