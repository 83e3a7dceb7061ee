"""Errors in OData's format, which Dataverse and Graph share."""

import re

from bot.domain.errors import ChatSyncError, Unavailable

MAX_RETRY_AFTER_S = 3600.0
"""Maximum seconds of `Retry-After`. Graph, Dataverse, and Teams ask for minutes at most."""

_CODE = re.compile(r"[A-Za-z][A-Za-z_]{0,59}|Bad Argument|0x[0-9A-Fa-f]{1,8}")
"""Codes of Graph and Teams are one word; those of Dataverse are numbers ("Web service error codes")."""


def error_code(body: object) -> str | None:
    """Return the vendor's code in the body of an error, such as `0x80040217` or `Forbidden`.

    Anything that does not look like a code is left out: the code is logged, and a text could quote values.
    """
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None


def parse_retry_after(value: object) -> float | None:
    """Return the seconds in a header `Retry-After`, at most an hour; None if it is missing or not a whole number."""
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        return None
    return limit_retry_after(float(value))


def limit_retry_after(seconds: float) -> float:
    """Return at most an hour: a wrong value must not stop a chat or a subscription for good."""
    return min(max(0.0, seconds), MAX_RETRY_AFTER_S)


def with_cause(error: ChatSyncError, status: int, body: object, retry_after_s: float | None) -> ChatSyncError:
    """Add the known cause to the error, without the vendor's text, which can quote values."""
    if isinstance(error, Unavailable):
        error.retry_after_s = retry_after_s
    error.code = error_code(body)
    error.add_note(f"status {status}, code {error.code or 'none'}")
    return error
