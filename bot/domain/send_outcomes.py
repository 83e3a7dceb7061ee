"""Results of sending a message to a chat."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Sent:
    """Teams accepted the message."""

    activity_id: str | None = None
    """The ID of a new message, if it is edited later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLater:
    """The send can be retried, after `retry_after_s` seconds at the earliest if Teams set a time."""

    reason: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatNotFound:
    """Teams does not find the chat. That can be a passing fault, so a second look decides."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageNotFound:
    """Teams does not find the message to edit. That can be a passing fault, or a person deleted it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatUnreachable:
    """The bot cannot post in this chat until it is added again."""

    reason: str


BOT_REMOVED = "BotNotInConversationRoster"
"""The reason of `ChatUnreachable`, and of a pause, if the bot is not in the chat. It is a code of Teams."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Teams will never accept this message."""

    reason: str


class DropReason(StrEnum):
    """Why a message that nobody asked for was not sent: a setting, or a disconnect. Stored with the message."""

    CHATS_OFF = "chats off"
    RECORD_TYPE_OFF = "record type off"
    KEY_FIELDS_OFF = "key fields off"
    KEY_FIELD_REMOVED = "key field removed"
    VALUES_FOR_EACH = "values for each person"
    SECURED_OFF = "secured values off"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """The message was not sent, because a setting or a disconnect rules it out."""

    reason: DropReason


SendOutcome = Sent | RetryLater | ChatNotFound | MessageNotFound | ChatUnreachable | Rejected

OUTCOME_NAMES: Mapping[type[SendOutcome | Dropped], str] = {
    Sent: "sent",
    RetryLater: "later",
    ChatNotFound: "later",
    MessageNotFound: "later",
    ChatUnreachable: "gone",
    Rejected: "refused",
    Dropped: "dropped",
}
"""The names of the outcomes in logs and metrics. They are published, so they stay when a class is renamed."""
