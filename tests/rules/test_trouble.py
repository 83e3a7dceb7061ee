"""Sentences for delivery failures, for every code of Teams."""

import pytest

from bot.domain.send_outcomes import ChatNotFound, ChatUnreachable, Rejected, RetryLater
from bot.features.shared.failure_texts import describe_failure
from bot.teams.connector import ConnectorResponse
from bot.teams.send_outcome import FAULTS, Fault, send_outcome


def reason_of(status: int, code: str = "SomeCode") -> str:
    """Return the stored reason of a response of the connector."""
    body = b'{"error": {"code": "%b"}}' % code.encode()
    outcome = send_outcome(ConnectorResponse(status=status, headers={}, body=body))
    assert isinstance(outcome, ChatNotFound | ChatUnreachable | RetryLater | Rejected)
    return outcome.reason


@pytest.mark.parametrize(("status", "code"), [each for each, fault in FAULTS.items() if fault is not Fault.MESSAGE])
def test_each_code_of_an_unreachable_chat_has_its_own_sentence(status: int, code: str) -> None:
    said = describe_failure(reason_of(status, code))
    assert said not in {"Teams rejected the message.", code}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0, "Teams is not responding."),
        (408, "Teams is not responding."),
        (412, "Teams is busy."),
        (413, "The message is too large for Teams."),
        (429, "Teams limits how many messages the app can send."),
        (500, "Teams is having problems."),
        (503, "Teams is having problems."),
        (400, "Teams rejected the message."),
    ],
)
def test_each_status_has_a_sentence(status: int, words: str) -> None:
    assert describe_failure(reason_of(status)) == words
