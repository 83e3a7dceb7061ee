"""Errors in OData's format, which Dataverse and Graph share."""

from bot.domain.errors import ChatSyncError, Unavailable


def error_code(body: object) -> str | None:
    """Return the vendor's code in the body of an error, such as `0x80040217` or `Forbidden`."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code[:40] if isinstance(code, str) else None


def parse_retry_after(value: object) -> float | None:
    """Return the seconds in a header `Retry-After`; None if it is missing or not a whole number."""
    return float(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def with_cause(error: ChatSyncError, status: int, body: object, retry_after_s: float | None) -> ChatSyncError:
    """Add the known cause to the error, without the vendor's text, which can quote values."""
    if isinstance(error, Unavailable):
        error.retry_after_s = retry_after_s
    error.code = error_code(body)
    error.add_note(f"status {status}, code {error.code or 'none'}")
    return error
