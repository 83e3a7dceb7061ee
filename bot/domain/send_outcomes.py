"""Results of sending a message to a chat."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    """Teams accepted the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLater:
    """The send can be retried, after `retry_after_s` seconds at the earliest if Teams set a time."""

    reason: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatUnreachable:
    """The bot cannot post in this chat until it is added again."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Teams will never accept this message."""

    reason: str


SendOutcome = Sent | RetryLater | ChatUnreachable | Rejected
