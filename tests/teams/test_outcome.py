from datetime import UTC, datetime

import pytest

from bot.domain.send_outcomes import ChatNotFound, ChatUnreachable, Rejected, RetryLater, SendOutcome, Sent
from bot.teams.connector import ConnectorResponse
from bot.teams.send_outcome import FAULTS, retry_after_s, send_outcome

NOW = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)


def answer(status: int, code: str = "", **headers: str) -> ConnectorResponse:
    body = f'{{"error":{{"code":"{code}","message":"SECRETTEXT12345"}}}}' if code else ""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ConnectorResponse(status=status, headers=named, body=body.encode())


# The connector's documented responses, row by row.
TABLE: list[tuple[ConnectorResponse, SendOutcome]] = [
    (answer(200), Sent()),
    (answer(201), Sent()),
    (answer(202), Sent()),
    (answer(400, "Bad Argument"), Rejected(reason="status 400 Bad Argument")),
    (answer(400, "BadArgument"), Rejected(reason="status 400 BadArgument")),
    (answer(400, "BadSyntax"), Rejected(reason="status 400 BadSyntax")),
    (answer(400, "MessageSizeTooBig"), Rejected(reason="status 400 MessageSizeTooBig")),
    (answer(401, "BotNotRegistered"), Rejected(reason="status 401 BotNotRegistered")),
    (answer(403, "BotDisabledByAdmin"), ChatUnreachable(reason="BotDisabledByAdmin")),
    (answer(403, "BotNotInConversationRoster"), ChatUnreachable(reason="BotNotInConversationRoster")),
    (answer(403, "ConversationBlockedByUser"), ChatUnreachable(reason="ConversationBlockedByUser")),
    (answer(403, "ForbiddenOperationException"), ChatUnreachable(reason="ForbiddenOperationException")),
    (answer(403, "MessageWritesBlocked"), ChatUnreachable(reason="MessageWritesBlocked")),
    (answer(403, "InvalidBotApiHost"), Rejected(reason="status 403 InvalidBotApiHost")),
    (answer(403, "NotEnoughPermissions"), Rejected(reason="status 403 NotEnoughPermissions")),
    (answer(404, "ActivityNotFoundInConversation"), Rejected(reason="status 404 ActivityNotFoundInConversation")),
    (answer(404, "BotNotInConversationRoster"), ChatUnreachable(reason="BotNotInConversationRoster")),
    (answer(404, "ConversationNotFound"), ChatNotFound(reason="ConversationNotFound")),
    (answer(403, "ConversationNotFound"), ChatNotFound(reason="ConversationNotFound")),
    (answer(412, "PreconditionFailed"), RetryLater(reason="status 412 PreconditionFailed")),
    (answer(413), Rejected(reason="status 413")),
    (answer(413, "MessageSizeTooBig"), Rejected(reason="status 413 MessageSizeTooBig")),
    (answer(429, "Throttled", Retry_After="5"), RetryLater(reason="status 429 Throttled", retry_after_s=5.0)),
    (answer(429), RetryLater(reason="status 429")),
    (answer(500, "ServiceError"), RetryLater(reason="status 500 ServiceError")),
    (answer(502, "ServiceError"), RetryLater(reason="status 502 ServiceError")),
    (answer(503), RetryLater(reason="status 503")),
    (answer(504), RetryLater(reason="status 504")),
    # The status of a server error counts, and not its text.
    (answer(502, "ConversationNotFound"), RetryLater(reason="status 502 ConversationNotFound")),
    (answer(429, "BotNotInConversationRoster"), RetryLater(reason="status 429 BotNotInConversationRoster")),
    (answer(0), RetryLater(reason="no answer")),
]


@pytest.mark.parametrize(("given", "expected"), TABLE, ids=lambda value: str(value)[:60])
def test_each_answer_of_the_connector_has_one_outcome(given: ConnectorResponse, expected: SendOutcome) -> None:
    assert send_outcome(given) == expected


def test_the_table_above_covers_every_listed_fault() -> None:
    listed = {f'"code":"{code}"'.encode() for _, code in FAULTS}
    assert {each for each in listed if any(each in given.body for given, _ in TABLE)} == listed


@pytest.mark.parametrize("status", [302, *range(400, 413), *range(414, 432), 451, 499, *range(500, 512), 520, 599])
def test_an_unknown_code_is_retried_with_every_status(status: int) -> None:
    assert send_outcome(answer(status, "SomethingNew")) == RetryLater(reason=f"status {status} SomethingNew")
    assert send_outcome(answer(status)) == RetryLater(reason=f"status {status}")


def test_the_code_is_found_however_deep_it_is_nested() -> None:
    body = b'{"error":{"code":"Forbidden","message":"{\\"subCode\\":\\"MessageWritesBlocked\\"}"}}'
    assert send_outcome(ConnectorResponse(status=403, headers={}, body=body)) == ChatUnreachable(
        reason="MessageWritesBlocked"
    )


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error":5}', b'{"error":{"code":[1]}}', b"\xff\xfe"])
def test_a_body_of_another_form_is_no_trouble(body: bytes) -> None:
    assert send_outcome(ConnectorResponse(status=400, headers={}, body=body)) == RetryLater(reason="status 400")


def test_the_reason_never_quotes_the_message() -> None:
    told = [str(send_outcome(given)) for given, _ in TABLE]
    assert len(told) > 10
    assert not [each for each in told if "SECRETTEXT12345" in each]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("17", 17.0),
        ("0", 0.0),
        ("Sat, 21 Nov 2026 10:21:00 GMT", 30.0),
        ("Sat, 21 Nov 2026 10:00:00 GMT", 0.0),
        ("9" * 400, 3600.0),
        ("100000000000000", 3600.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("Fri, 31 Dec 2020 23:59:59 +99999999999999", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_comes_as_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_s({"Retry-After": value}, now=NOW) == seconds
