"""Errors, by what the one who meets them must do.

Each says in a person's words what happened and what to do next: the text may be shown in a chat as it is, so it
never holds an id, a secret or anything of a record.
"""


class ChatSyncError(Exception):
    """What happened (`str(error)`) and what to do about it (`next_step`)."""

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what)
        self.next_step = next_step
        self.code: str | None = None
        """What the other system calls it; for logs and for decisions, not for people."""


class NotAllowed(ChatSyncError):
    """The person may not do this; somebody else may, or can grant it."""


class HiddenRecord(NotAllowed):
    """The record is not there, or not for this person: which of both is told to nobody."""


class NotFound(ChatSyncError):
    """What was named is not there, or not for this person."""


class NotSupported(ChatSyncError):
    """This cannot be done with such a chat, table or column."""


class BadRequest(ChatSyncError):
    """What was sent makes no sense: correct it and send it again."""


class Conflict(ChatSyncError):
    """Somebody else was faster: look again, then try again."""


class BotAbsent(ChatSyncError):
    """The bot is not in the chat: add the app first."""

    def __init__(self) -> None:
        super().__init__("Chat Sync is not in this chat.", "Add the app Chat Sync to the chat, then press Continue.")


class Unavailable(ChatSyncError):
    """A system did not answer in time or asked to wait: try again, the earliest in `retry_after_s` seconds."""

    def __init__(self, what: str, next_step: str = "", *, retry_after_s: float | None = None) -> None:
        super().__init__(what, next_step)
        self.retry_after_s = retry_after_s
