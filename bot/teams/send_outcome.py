"""What the connector's answers mean ("Status codes from bot conversational APIs", Teams documentation)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.domain.send_outcomes import ChatUnreachable, Rejected, RetryLater, SendOutcome, Sent
from bot.teams.connector import ConnectorResponse

_RETRYABLE = frozenset({0, 408, 412, 429, 500, 502, 503, 504})
"""No answer, two calls at once, throttled, or trouble on the other side. 0 stands for no answer at all."""

_UNREACHABLE = (
    "BotNotInConversationRoster",
    "BotDisabledByAdmin",
    "ConversationNotFound",
    "ConversationBlockedByUser",
    "MessageWritesBlocked",
    "ForbiddenOperationException",
)
"""Codes, in the body at varying depth, that say the bot is not (or no longer) welcome in the chat."""


def send_outcome(answer: ConnectorResponse, *, now: datetime | None = None) -> SendOutcome:
    """The outcome that status, error code and `Retry-After` stand for."""
    if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's class of success
        return Sent()
    if answer.status in _RETRYABLE:
        return RetryLater(reason=_reason(answer), retry_after_s=retry_after_s(answer.headers, now=now))
    code = unreachable_code(answer)
    return ChatUnreachable(reason=code) if code else Rejected(reason=_reason(answer))


def unreachable_code(answer: ConnectorResponse) -> str | None:
    """The code that says why the bot cannot speak to the chat; None where there is no such code."""
    text = answer.body[:4096].decode(errors="replace") if answer.status in {403, 404} else ""
    return next((code for code in _UNREACHABLE if code in text), None)


def retry_after_s(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """The seconds that the header `Retry-After` asks to wait, given as seconds or as a date; None without it."""
    value = headers.get("Retry-After", "")
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or datetime.now(UTC))).total_seconds())


def _reason(answer: ConnectorResponse) -> str:
    """Status and code in short; never the body's text, which may quote the message."""
    body = answer.json()
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    status = f"status {answer.status}" if answer.status else "no answer"
    return f"{status} {code}"[:100] if isinstance(code, str) else status
