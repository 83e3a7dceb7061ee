"""Map responses of the connector to outcomes ("Status codes from bot conversational APIs", Teams documentation)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.domain.send_outcomes import ChatUnreachable, Rejected, RetryLater, SendOutcome, Sent
from bot.http.odata_errors import error_code, parse_retry_after
from bot.teams.connector import ConnectorResponse

_RETRYABLE = frozenset({0, 408, 412, 429, 500, 502, 503, 504})
"""Statuses to retry: timeouts, concurrent calls, throttling, and server errors. 0 means no response."""

_UNREACHABLE_CODES = (
    "BotNotInConversationRoster",
    "BotDisabledByAdmin",
    "ConversationNotFound",
    "ConversationBlockedByUser",
    "MessageWritesBlocked",
    "ForbiddenOperationException",
)
"""Codes, at varying depth in the body, that mean that the bot is not, or no longer, allowed in the chat."""


def send_outcome(answer: ConnectorResponse, *, now: datetime | None = None) -> SendOutcome:
    """Return the outcome for a status, an error code, and `Retry-After`."""
    if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's class of success
        return Sent()
    if answer.status in _RETRYABLE:
        return RetryLater(reason=_reason(answer), retry_after_s=retry_after_s(answer.headers, now=now))
    code = unreachable_code(answer)
    return ChatUnreachable(reason=code) if code else Rejected(reason=_reason(answer))


def unreachable_code(answer: ConnectorResponse) -> str | None:
    """Return the code that says why the bot cannot reach the chat; None if there is none."""
    text = answer.body[:4096].decode(errors="replace") if answer.status in {403, 404} else ""
    return next((code for code in _UNREACHABLE_CODES if code in text), None)


def retry_after_s(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Return the seconds in the header `Retry-After`, given as seconds or as a date; None without the header."""
    value = headers.get("Retry-After", "")
    seconds = parse_retry_after(value)
    if seconds is not None:
        return seconds
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or datetime.now(UTC))).total_seconds())


def _reason(answer: ConnectorResponse) -> str:
    """Return the status and error code, without the body's text, which may quote the message."""
    code = error_code(answer.json())
    status = f"status {answer.status}" if answer.status else "no answer"
    return f"{status} {code}" if code else status
