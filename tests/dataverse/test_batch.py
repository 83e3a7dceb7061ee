"""Encoding batch requests and decoding the responses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dataverse.batch import BatchRequest, decode_batch, encode_batch
from bot.domain.errors import BadRequest, Unavailable
from tests.tiers import examples

ROW = BatchRequest(method="GET", url="https://x/api/data/v9.2/incidents(1)?$select=title", headers={"Accept": "json"})
KIND = "multipart/mixed; boundary=b"
# From the documentation: responses of reads, and those of a change set nested in one part.
ANSWER = """--b
Content-Type: application/http
Content-Transfer-Encoding: binary

HTTP/1.1 200 OK
Content-Type: application/json; odata.metadata=minimal
OData-Version: 4.0

{"title":"Пумпа – Ærø"}
--b
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: 1

HTTP/1.1 204 No Content
OData-Version: 4.0
OData-EntityId: https://x/api/data/v9.2/tasks(2)


--c--
--b
Content-Type: application/http

HTTP/1.1 404 Not Found

{"error":{"code":"0x80040217","message":"gone"}}
--b--
"""


def test_requests_are_written_as_the_documentation_shows_them() -> None:
    content_type, body = encode_batch([ROW], atomic=False)
    boundary = content_type.removeprefix("multipart/mixed;boundary=")
    assert body.decode().split("\r\n") == [
        f"--{boundary}",
        "Content-Type: application/http",
        "Content-Transfer-Encoding: binary",
        "Content-ID: 1",
        "",
        "GET https://x/api/data/v9.2/incidents(1)?$select=title HTTP/1.1",
        "Accept: json",
        "",
        "",
        f"--{boundary}--",
        "",
    ]


def test_changes_that_belong_together_are_one_part() -> None:
    parts = [
        BatchRequest(method="PATCH", url="https://x/a(1)", body=b"{}"),
        BatchRequest(method="DELETE", url="https://x/a(2)"),
    ]
    body = encode_batch(parts, atomic=True)[1].decode()
    assert body.count("Content-Type: multipart/mixed;boundary=changeset_") == 1
    assert [line for line in body.split("\r\n") if line.endswith("HTTP/1.1")] == [
        "PATCH https://x/a(1) HTTP/1.1",
        "DELETE https://x/a(2) HTTP/1.1",
    ]


@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_answers_are_read_with_both_kinds_of_line_ends(line: str) -> None:
    read, made, gone = decode_batch(KIND, ANSWER.replace("\n", line).encode())
    assert (read.status, read.body.decode()) == (200, '{"title":"Пумпа – Ærø"}')
    assert (made.status, made.headers["odata-entityid"]) == (204, "https://x/api/data/v9.2/tasks(2)")
    assert (gone.status, gone.body) == (404, b'{"error":{"code":"0x80040217","message":"gone"}}')


@pytest.mark.parametrize(
    "part",
    [
        BatchRequest(method="GET", url="https://x/a\r\nDELETE https://x/b"),
        BatchRequest(method="GET", url="https://x/a b"),
        BatchRequest(method="GET", url="https://x/a", headers={"A": "1\r\nB: 2"}),
    ],
)
def test_no_address_can_smuggle_in_another_request(part: BatchRequest) -> None:
    with pytest.raises(BadRequest):
        encode_batch([part], atomic=False)


@pytest.mark.parametrize("number", [0, 101])
def test_a_batch_has_one_request_to_a_hundred(number: int) -> None:
    with pytest.raises(BadRequest):
        encode_batch([ROW] * number, atomic=False)


NESTED = "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(3000))


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("", ""),
        ("application/json", "{}"),
        ("text/html", "<html>Sign in</html>"),
        ("multipart/mixed", ANSWER),
        ("multipart/mixed; boundary=other", ANSWER),
        (KIND, "--b\nContent-Type: application/http\n\n--b--"),
        (KIND, "--b\nContent-Type: application/http\n\nHTTP/1.1\n--b--"),
        (KIND, "--b\nContent-Type: application/http\n\nHTTP/1.1 maybe\n--b--"),
        (KIND, "--b\nContent-Type: text/plain\n\nHTTP/1.1 200 OK\n--b--"),
        (KIND, ANSWER[: ANSWER.index("200 OK") - 1]),
        ("multipart/mixed; boundary=b0", NESTED),
        (KIND + "\r\nX: y", ANSWER.replace("--b", "--c")),
    ],
)
def test_what_is_no_answer_of_a_batch_is_refused(kind: str, content: str) -> None:
    with pytest.raises(Unavailable):
        decode_batch(kind, content.encode())


LINES = st.sampled_from(
    [
        *ANSWER.split("\n"),
        "Content-Transfer-Encoding: base64",
        "Content-Type: ;;;=",
        "Content-Type: message/rfc822",
        "HTTP/1.1 ²",
        "HTTP/9 99999999999999999999",
        ": ",
        "\xff",
    ]
)


@examples(50)
@given(st.lists(LINES | st.text(max_size=20), max_size=25), st.sampled_from(["\r\n", "\n"]))
def test_any_answer_is_read_or_rejected(lines: list[str], line: str) -> None:
    try:
        answers = decode_batch(KIND, line.join(["--b", *lines]).encode("utf-8", "surrogatepass"))
    except Unavailable:
        return
    assert all(isinstance(each.status, int) for each in answers)
