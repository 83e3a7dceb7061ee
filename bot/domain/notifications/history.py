"""The history of decisions (spec V1, V10, V11)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.notifications.decide import Authors, Outcome, Reason
from bot.domain.tables import Raw
from bot.domain.values import ChatId, ConnectionId


class Closing(StrEnum):
    """The end of a held change."""

    POSTED = "posted"
    CANCELED_OUT = "canceled out"
    """The value returned to the one that the chat knows."""
    DROPPED = "dropped"
    """A setting of the administrator ruled it out."""
    CONNECTION_ENDED = "connection ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedColumn:
    """A changed column. Values are stored only if the chat was shown them."""

    name: str
    old: Raw = None
    new: Raw = None
    has_values: bool = False
    old_is_known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """A decision about a change of a connected record, before it is stored."""

    connection: ConnectionId
    chat: ChatId
    at: datetime
    outcome: Outcome
    reason: Reason
    columns: tuple[DecidedColumn, ...]
    authors: Authors = field(default_factory=Authors)
    is_news: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDecision(NewDecision):
    """A stored decision."""

    id: int
    closed_as: Closing | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldChange:
    """A held change that is not closed. Cards about it also need its columns, which `StoredDecision` has."""

    id: int
    connection: ConnectionId
    reason: Reason
    due_at: datetime | None
