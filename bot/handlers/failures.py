"""Unexpected errors of a turn, as the person sees them."""

from bot.domain.errors import BadRequest, ChatSyncError, Unavailable
from bot.domain.texts import text
from bot.logs import correlation_id, get_logger
from bot.logs.tracebacks import describe_error
from cards.activity import CardTooLargeError

_log = get_logger(__name__)


def log_failure(error: Exception) -> ChatSyncError:
    """Log the error, and return the one to show to the person."""
    if isinstance(error, Unavailable):
        _log.warning("turn.reply_failed", reason=describe_error(error))
        return error
    if isinstance(error, CardTooLargeError):
        # A client can cause this with its inputs, so it is not a failure of the program.
        _log.warning("turn.card_too_large", size=error.size)
        return BadRequest("This answer is too large for Teams.", "Enter shorter texts, or choose less.")
    _log.error("turn.failed", exc_info=error)
    return ChatSyncError(
        "Something went wrong.",
        text("Try again. If the problem continues, send this ID to your administrator: {id}", id=correlation_id()),
    )
