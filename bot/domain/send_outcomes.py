"""What became of a message that was posted into a chat."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """Teams has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLater:
    """Not now: to be tried again, the earliest in `retry_after_s` seconds where Teams said so."""

    reason: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatUnreachable:
    """The bot cannot speak to this chat until it is added again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """This message will never be taken."""

    reason: str


SendOutcome = Sent | RetryLater | ChatUnreachable | Rejected
