"""Why something did not get through, in words: every code that Teams may give has some."""

import pytest

from bot.domain.send_outcomes import ChatUnreachable, Rejected, RetryLater
from bot.features.shared.failure_texts import describe_failure
from bot.teams.connector import ConnectorResponse
from bot.teams.send_outcome import _UNREACHABLE_CODES, send_outcome


def reason_of(status: int, code: str = "SomeCode") -> str:
    """The reason that is kept of an answer of the connector."""
    body = b'{"error": {"code": "%b"}}' % code.encode()
    outcome = send_outcome(ConnectorResponse(status=status, headers={}, body=body))
    assert isinstance(outcome, ChatUnreachable | RetryLater | Rejected)
    return outcome.reason


@pytest.mark.parametrize("code", _UNREACHABLE_CODES)
def test_each_code_by_which_a_chat_is_gone_has_words_of_its_own(code: str) -> None:
    said = describe_failure(reason_of(403, code))
    assert said not in {"Teams refuses it", code}


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0, "Teams does not answer"),
        (408, "Teams does not answer"),
        (412, "Teams is busy"),
        (413, "Teams finds it too large"),
        (429, "Teams limits how much the app may write"),
        (500, "Teams has trouble"),
        (503, "Teams has trouble"),
        (400, "Teams refuses it"),
    ],
)
def test_each_status_is_said_in_words(status: int, words: str) -> None:
    assert describe_failure(reason_of(status)) == words
