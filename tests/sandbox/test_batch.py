"""Batch requests."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.dataverse.web_api.multipart import ChangeSet, decode_batch
from bot.sandbox.errors import DataverseError
from tests.sandbox.batches import change_set, request, send
from tests.sandbox.cases import NEW_CASE
from tests.sandbox.wire import CASE, WEB_API, Api
from tests.tiers import examples

ACCOUNT = {"name": "Batched Ærø"}
TOO_LONG = {"name": "x" * 161}
ISAIAH, PATTI = 23, 24


async def accounts(api: Api) -> int:
    return len(await api.rows("accounts?$select=name"))


@pytest.mark.parametrize("line", ["\r\n", "\n"])
async def test_responses_are_in_the_order_of_the_requests(api: Api, line: str) -> None:
    url = str(api.client.make_url(f"{WEB_API}/accounts"))
    created, read, absolute, related = await send(
        api,
        request("POST", "accounts", ACCOUNT, line=line),
        request("GET", "accounts?$select=name&$filter=name eq 'Batched Ærø'", line=line),
        request("GET", f"{url}?$select=name&$filter=startswith(name,%27Batched%27)&$count=true", line=line),
        request("GET", f"/api/data/v9.2/{CASE}/customerid_account?$select=name", line=line),
        line=line,
    )
    assert created.status == 204
    assert created.headers["Location"] == created.headers["OData-EntityId"]
    assert [row["name"] for row in read.body["value"]] == ["Batched Ærø"]
    assert absolute.body["@odata.count"] == 1
    assert related.body["name"]


async def test_the_first_error_ends_the_batch_and_sets_its_status(api: Api) -> None:
    before = await accounts(api)
    answers = await send(
        api,
        request("POST", "accounts", ACCOUNT),
        request("POST", "accounts", TOO_LONG),
        request("POST", "accounts", ACCOUNT),
        status=400,
    )
    assert [each.status for each in answers] == [204, 400]
    assert answers[1].body["error"]["code"] == "0x80044331"
    assert await accounts(api) == before + 1


async def test_a_batch_continues_after_an_error_if_requested(api: Api) -> None:
    answers = await send(
        api,
        request("POST", "accounts", TOO_LONG),
        request("POST", "accounts", ACCOUNT),
        request("GET", "nothings"),
        Prefer="odata.continue-on-error",
    )
    assert [each.status for each in answers] == [400, 204, 404]


async def test_a_change_set_is_one_transaction(api: Api) -> None:
    answers = await send(
        api,
        change_set(
            request("POST", "accounts", ACCOUNT, content_id=1),
            request("POST", "contacts", {"lastname": "Batched"}, content_id=2),
            request("PATCH", "$1", {"primarycontactid@odata.bind": "$2"}, content_id=3),
            request("POST", "incidents", {"title": "In a set", "customerid_account@odata.bind": "$1"}, content_id=4),
            request("PUT", "$2/parentcustomerid_account/$ref", {"@odata.id": "$1"}, content_id=5),
        ),
        request("GET", "accounts?$filter=name eq 'Batched Ærø'&$expand=primarycontactid,incident_customer_accounts"),
    )
    assert [(each.status, each.content_id) for each in answers[:5]] == [(204, str(n)) for n in range(1, 6)]
    (account,) = answers[5].body["value"]
    assert account["primarycontactid"]["_parentcustomerid_value"] == account["accountid"]
    assert [case["title"] for case in account["incident_customer_accounts"]] == ["In a set"]


async def test_a_returned_row_can_be_referenced_by_content_id(api: Api) -> None:
    created, changed = await send(
        api,
        change_set(
            request("POST", "accounts?$select=name", ACCOUNT, content_id=1, Prefer="return=representation"),
            request("PATCH", "$1?$select=name", {"name": "Again"}, content_id=2, Prefer="return=representation"),
        ),
    )
    assert (created.status, changed.status) == (201, 200)
    assert changed.body["accountid"] == created.body["accountid"]
    assert changed.body["name"] == "Again"


async def test_a_failed_change_set_is_rolled_back(api: Api) -> None:
    before, case = await accounts(api), await api.get(f"{CASE}?$select=title")
    answers = await send(
        api,
        change_set(
            request("POST", "accounts", ACCOUNT, content_id=1),
            request("PATCH", CASE, {"title": "Not kept"}, content_id=2),
            request("POST", "accounts", TOO_LONG, content_id=3),
        ),
        request("GET", CASE),
        status=400,
    )
    assert [each.status for each in answers] == [400]
    assert await accounts(api) == before
    assert await api.get(f"{CASE}?$select=title") == case


async def test_a_failed_change_set_does_not_stop_the_next(api: Api) -> None:
    answers = await send(
        api,
        change_set(request("DELETE", "accounts(00000000-0000-4000-9000-00000000dead)", content_id=1)),
        change_set(request("POST", "accounts", ACCOUNT, content_id=1)),
        Prefer="odata.continue-on-error",
    )
    assert [each.status for each in answers] == [404, 204]


async def test_preconditions_apply_inside_a_batch(api: Api) -> None:
    etag = (await api.get(f"{CASE}?$select=title"))["@odata.etag"]
    answers = await send(
        api,
        request("PATCH", CASE, {"title": "One"}, If_Match=etag),
        request("PATCH", CASE, {"title": "Two"}, If_Match=etag),
        Prefer="odata.continue-on-error",
    )
    assert [each.status for each in answers] == [204, 412]


async def test_parts_inherit_the_caller_of_the_batch_unless_they_set_one(api: Api) -> None:
    first, second = await send(
        api,
        request("GET", "WhoAmI"),
        request("GET", "WhoAmI", CallerObjectId="00000000-0000-0000-0000-000000000023"),
        person=PATTI,
    )
    assert first.body["UserId"].endswith("24")
    assert second.body["UserId"].endswith("23")


async def test_a_batch_grants_a_person_no_extra_rights(api: Api) -> None:
    answers = await send(
        api,
        request("GET", f"{CASE}?$select=title,cs_refundamount"),
        change_set(request("PATCH", CASE, {"prioritycode": 1}, content_id=1)),
        person=PATTI,
        Prefer="odata.continue-on-error",
    )
    assert answers[0].body["cs_refundamount"] is None
    assert answers[1].status == 403


async def test_a_change_set_sends_each_event_once(api: Api) -> None:
    await send(
        api,
        change_set(
            request("PATCH", CASE, {"prioritycode": 1}, content_id=1),
            request("PATCH", CASE, {"prioritycode": 3}, content_id=2),
        ),
    )
    assert len(await api.completed_jobs(2)) == 2


async def test_each_part_requests_its_own_annotations(api: Api) -> None:
    plain, labelled = await send(
        api,
        request("GET", f"{CASE}?$select=prioritycode"),
        request("GET", f"{CASE}?$select=prioritycode", Prefer='odata.include-annotations="*"'),
        Prefer='odata.include-annotations="*"',
    )
    assert len(plain.body) + 1 == len(labelled.body)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (change_set(request("GET", CASE, content_id=1)), "GET request is not allowed"),
        (change_set(request("PATCH", "$7", {"title": "x"}, content_id=1)), "'$7' does not exist"),
        (
            change_set(request("POST", "incidents", {**NEW_CASE, "customerid_account@odata.bind": "$7"}, content_id=1)),
            "'$7' does not exist",
        ),
        (request("POST", "$batch", {}), "another batch"),
        (request("POST", "/api/data/v9.2/$batch", {}), "another batch"),
        (request("POST", "accounts", None), ""),
    ],
)
async def test_an_invalid_part_is_rejected(api: Api, part: str, words: str) -> None:
    before = await accounts(api)
    (answer,) = await send(api, part, Prefer="odata.continue-on-error")
    assert answer.status in {400, 415}
    assert words in answer.body["error"]["message"]
    assert await accounts(api) == before


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", b"{}"),
        ("multipart/mixed", b""),
        ("multipart/mixed;boundary=x", b""),
        ("multipart/mixed;boundary=x", b"--y\r\n\r\n--y--"),
        ("multipart/mixed;boundary=x", b"--x\r\nContent-Type: text/plain\r\n\r\nGET x HTTP/1.1\r\n--x--"),
        ("multipart/mixed;boundary=x", b"--x\r\nContent-Type: application/http\r\n\r\n\r\n--x--"),
        ("multipart/mixed;boundary=x", b"--x\r\nContent-Type: application/http\r\n\r\nGET\r\n--x--"),
        ("", b"\xff\x00"),
    ],
)
async def test_a_malformed_batch_is_rejected(api: Api, kind: str, content: bytes) -> None:
    headers = {"Content-Type": kind} if kind else {}
    async with api.client.post(f"{WEB_API}/$batch", data=content, headers=headers) as answer:
        assert answer.status == 400
        body: Any = await answer.json()
    assert body["error"]["code"] == "0x80060888"


HEADERS = st.sampled_from(
    [
        "Content-Type: application/http",
        "Content-Type: multipart/mixed; boundary=y",
        "Content-Type: multipart/mixed",
        "Content-Type: ;;;=",
        "Content-ID: <",
        "Content-ID: 1\n 2",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: binary",
        ": ",
    ]
)
LINES = st.sampled_from(
    [
        "--x",
        "--x--",
        "--y",
        "--y--",
        "",
        "GET WhoAmI HTTP/1.1",
        "PATCH $1 HTTP/1.1",
        "POST accounts HTTP/1.1",
        "{}",
        "\xff",
    ]
)


@examples(40)
@given(st.lists(st.one_of(HEADERS, LINES, st.text(max_size=20)), max_size=25), st.sampled_from(["\r\n", "\n"]))
def test_any_input_is_parsed_or_rejected(lines: list[str], line: str) -> None:
    content = line.join(["--x", *lines]).encode("utf-8", "surrogatepass")
    try:
        found = decode_batch("multipart/mixed; boundary=x", content)
    except DataverseError:
        return
    for part in (each for asking in found for each in (asking.parts if isinstance(asking, ChangeSet) else [asking])):
        assert "\n" not in "".join((part.content_id or "", part.url, *part.headers.values()))


async def test_a_batch_is_limited_to_a_thousand_requests(api: Api) -> None:
    one = request("GET", "WhoAmI")
    async with api.client.post(
        f"{WEB_API}/$batch",
        data="".join(f"--x\r\n{one}\r\n" for _ in range(1001)).encode() + b"--x--",
        headers={"Content-Type": "multipart/mixed;boundary=x"},
    ) as answer:
        assert answer.status == 400
        assert "1000" in (await answer.json())["error"]["message"]
