"""What Dataverse and Graph say of a failed request, which both do in OData's words."""

from bot.domain.errors import ChatSyncError, Unavailable


def error_code(body: object) -> str | None:
    """The vendor's code in an error's body, such as `0x80040217` or `Forbidden`."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code[:40] if isinstance(code, str) else None


def with_cause(error: ChatSyncError, status: int, body: object, retry_after_s: float | None) -> ChatSyncError:
    """The error with what is known of its cause. The vendor's text stays out: it can quote values."""
    if isinstance(error, Unavailable):
        error.retry_after_s = retry_after_s
    error.code = error_code(body)
    error.add_note(f"status {status}, code {error.code or 'none'}")
    return error
