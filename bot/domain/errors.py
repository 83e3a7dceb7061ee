"""Errors, grouped by what the caller must do.

Each says what happened and what to do next. The text can be shown in a chat, so it never contains IDs, secrets, or
values of a record. It can contain names. For logs, there is a text without them.
"""

from collections.abc import Mapping

from bot.domain.texts import Sentence, Text


class ChatSyncError(Exception):
    """Base error: `str(error)` says what happened, and `next_step` says what to do."""

    def __init__(self, what: str, next_step: str = "", **names: str) -> None:
        """Create the error.

        `names` replace the placeholders in `what`. Everything that is not a text of the program belongs there.
        """
        self.text = _marked(what, names)
        super().__init__(self.text)
        self.next_step = _marked(next_step, {})
        self.log_text = what
        """Text for logs: `what` without the names."""
        self.code: str | None = None
        """Error code of the other system, for logs and decisions, not for people."""


def _marked(message: str, names: Mapping[str, str]) -> Text:
    """Return the message as a text. Errors mark their own literals."""
    return message if isinstance(message, Text) else Text.of(Sentence(message, names))


class NotAllowed(ChatSyncError):
    """The person is not allowed to do this. Someone else may be, or can grant it."""


class HiddenRecord(NotAllowed):
    """The record does not exist, or the person has no access. The error does not reveal which."""


class NotFound(ChatSyncError):
    """The named object does not exist, or the person has no access."""


class SignedOut(ChatSyncError):
    """The session of the page has ended, or never began. Sign in again."""


class NotSupported(ChatSyncError):
    """The chat, table, or column does not support this."""


class BadRequest(ChatSyncError):
    """The request is wrong. Correct it and send it again."""


class Conflict(ChatSyncError):
    """Someone else made a change first. Read the current state, then try again."""


class InProgress(ChatSyncError):
    """A change was started, and goes on after the answer. The next step says where its result appears."""


class BotAbsent(ChatSyncError):
    """The bot is not in the chat. Add the app first."""

    def __init__(self) -> None:
        super().__init__(
            "Chat Sync is not in this chat.", "Add the Chat Sync app to this chat, and then select Continue."
        )


class ChatMissing(BotAbsent):
    """Teams does not find the chat. It can be a passing fault, so nothing lasting may follow from it."""


class CallerRejected(PermissionError):
    """A caller has no valid token. The text names the reason, and nothing that the caller sent."""

    @property
    def log_text(self) -> str:
        """The reason."""
        return str(self)


class CallerForbidden(CallerRejected):
    """A caller has a valid token, but is not allowed to do this."""


class Unavailable(ChatSyncError):
    """A system did not respond in time or asked to wait. Retry after `retry_after_s` seconds at the earliest."""

    def __init__(self, what: str, next_step: str = "", *, retry_after_s: float | None = None, **names: str) -> None:
        super().__init__(what, next_step, **names)
        self.retry_after_s = retry_after_s
