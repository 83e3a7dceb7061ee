"""What a card said had changed, kept so that each reader can be shown what they may see of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.formatting import canonical_value
from bot.domain.tables import Column, Raw, Row
from bot.domain.values import ChatId, RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedColumn:
    """A column's old and new value in words; `old` None: it is not known."""

    name: str
    label: str
    old: str | None
    new: str
    raw: Raw
    """The new value in its canonical form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedButton:
    """What could be done about it."""

    title: str
    verb: str
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedChange:
    """A card's change: nobody can guess its key."""

    key: str
    chat_id: ChatId
    record: RecordRef
    at: datetime
    people: tuple[str, ...]
    """Who made it, by name."""
    columns: tuple[ReportedColumn, ...]
    news: tuple[str, ...] = ()
    buttons: tuple[ReportedButton, ...] = ()


def is_visible(told: ReportedColumn, column: Column | None, row: Row) -> bool:
    """Whether somebody who reads the row so may see the values.

    A secured column looks empty, or masked, to who may not read it. Only who reads the very value that was told proves
    that it is theirs to see.
    """
    if column is None:
        return False
    if not column.secured:
        return True
    return told.raw is not None and canonical_value(column, row.value(column.name).raw) == told.raw
