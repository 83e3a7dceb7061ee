"""Map responses of the connector to outcomes ("Status codes from bot conversational APIs", Teams documentation)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from bot.domain.errors import BotAbsent, ChatMissing
from bot.domain.send_outcomes import (
    ChatNotFound,
    ChatUnreachable,
    MessageNotFound,
    Rejected,
    RetryLater,
    SendOutcome,
    Sent,
)
from bot.http.odata_errors import error_code, limit_retry_after, parse_retry_after
from bot.teams.connector import ConnectorResponse

_TOO_LARGE = 413
_NO_MESSAGE = "ActivityNotFoundInConversation"
_MAX_ID_LENGTH = 500


class Fault(StrEnum):
    """Meaning of an error of the connector. An error that the table does not list is retried."""

    LOOK_AGAIN = "look again"
    """The chat seems to be gone. It can be a passing fault, so a second look decides."""
    CHAT = "chat"
    """Final for the chat: the bot cannot post in it until it is added again."""
    MESSAGE = "message"
    """Final for the message: Teams never accepts it."""


FAULTS: Mapping[tuple[int, str], Fault] = {
    (400, "Bad Argument"): Fault.MESSAGE,
    (400, "BadArgument"): Fault.MESSAGE,
    (400, "BadSyntax"): Fault.MESSAGE,
    (400, "MessageSizeTooBig"): Fault.MESSAGE,
    (401, "BotNotRegistered"): Fault.MESSAGE,
    (403, "BotDisabledByAdmin"): Fault.CHAT,
    (403, "BotNotInConversationRoster"): Fault.CHAT,
    (403, "ConversationBlockedByUser"): Fault.CHAT,
    (403, "MessageWritesBlocked"): Fault.CHAT,
    (403, "ForbiddenOperationException"): Fault.CHAT,
    # The connector has sent the message to the other host before it reports this.
    (403, "InvalidBotApiHost"): Fault.MESSAGE,
    (403, "NotEnoughPermissions"): Fault.MESSAGE,
    (403, "ConversationNotFound"): Fault.LOOK_AGAIN,
    (404, _NO_MESSAGE): Fault.MESSAGE,
    (404, "BotNotInConversationRoster"): Fault.CHAT,
    (404, "ConversationNotFound"): Fault.LOOK_AGAIN,
}
"""Faults by status and error code. All others are retried: timeouts, throttling, server errors, and unknown codes."""

_CODES: Mapping[int, tuple[str, ...]] = {
    each: tuple(code for status, code in FAULTS if status == each) for each, _ in FAULTS
}


def send_outcome(answer: ConnectorResponse, *, now: datetime | None = None) -> SendOutcome:
    """Return the outcome for a status, an error code, and `Retry-After`."""
    if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's class of success
        return Sent()
    code = _known_code(answer)
    match FAULTS.get((answer.status, code)):
        case Fault.LOOK_AGAIN:
            return ChatNotFound(reason=code)
        case Fault.CHAT:
            return ChatUnreachable(reason=code)
        case Fault.MESSAGE:
            return Rejected(reason=_reason(answer))
    if answer.status == _TOO_LARGE:
        return Rejected(reason=_reason(answer))
    return RetryLater(reason=_reason(answer), retry_after_s=retry_after_s(answer.headers, now=now))


def edit_outcome(answer: ConnectorResponse) -> SendOutcome:
    """Return the outcome of an edit, for which the message may be gone."""
    code = _known_code(answer)
    return MessageNotFound(reason=code) if code == _NO_MESSAGE else send_outcome(answer)


def new_message_id(answer: ConnectorResponse) -> str | None:
    """Return the ID of a new message. The answer is outside input, so an unusable ID counts as none."""
    found = answer.json()
    name = found.get("id") if isinstance(found, dict) else None
    return name if isinstance(name, str) and 0 < len(name) <= _MAX_ID_LENGTH else None


def require_reachable(answer: ConnectorResponse) -> None:
    """Raise `ChatMissing` if Teams does not find the chat, or `BotAbsent` if the bot is not allowed in it."""
    match FAULTS.get((answer.status, _known_code(answer))):
        case Fault.LOOK_AGAIN:
            raise ChatMissing
        case Fault.CHAT:
            raise BotAbsent


def _known_code(answer: ConnectorResponse) -> str:
    """Return the first code of the table in the body, at any depth; an empty text if there is none."""
    codes = _CODES.get(answer.status, ())
    text = answer.body[:4096].decode(errors="replace") if codes else ""
    return next((code for code in codes if code in text), "")


def retry_after_s(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Return the seconds in `Retry-After`, given as seconds or as a date, at most an hour; None without the header."""
    value = headers.get("Retry-After", "")
    seconds = parse_retry_after(value)
    if seconds is not None:
        return seconds
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return limit_retry_after((aware - (now or datetime.now(UTC))).total_seconds())


def _reason(answer: ConnectorResponse) -> str:
    """Return the status and error code, without the body's text, which may quote the message."""
    code = error_code(answer.json())
    status = f"status {answer.status}" if answer.status else "no answer"
    return f"{status} {code}" if code else status
