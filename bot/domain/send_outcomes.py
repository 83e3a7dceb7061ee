"""Results of sending a message to a chat."""

from collections.abc import Mapping
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

OUTCOME_NAMES: Mapping[type[SendOutcome], str] = {
    Sent: "sent",
    RetryLater: "later",
    ChatUnreachable: "gone",
    Rejected: "refused",
}
"""The names of the outcomes in logs and metrics. They are published, so they stay when a class is renamed."""
