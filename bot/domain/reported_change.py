"""A change reported on a card, stored so that each reader can see the parts that they have access to. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.formatting import canonical_value
from bot.domain.tables import Column, Raw, Row
from bot.domain.values import ChatId, RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedColumn:
    """A column's old and new value as text. `old` is None if it is not known."""

    name: str
    label: str
    old: str | None
    new: str
    raw: Raw
    """The new value in its canonical form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedButton:
    """A button of the card."""

    title: str
    verb: str
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedChange:
    """The change on one card. Its key cannot be guessed."""

    key: str
    chat_id: ChatId
    record: RecordRef
    at: datetime
    people: tuple[str, ...]
    """Names of the people who made the change."""
    columns: tuple[ReportedColumn, ...]
    news: tuple[str, ...] = ()
    buttons: tuple[ReportedButton, ...] = ()


def is_visible(told: ReportedColumn, column: Column | None, row: Row) -> bool:
    """Check whether a person who reads this row can see the values.

    A secured column looks empty or masked to people without access. Only a person who reads the reported value can see
    it.
    """
    if column is None:
        return False
    if not column.secured:
        return True
    return told.raw is not None and canonical_value(column, row.value(column.name).raw) == told.raw
