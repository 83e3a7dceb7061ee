"""The stored content of a card that sums up what a chat did not hear, for the views of its readers (spec K2, K9)."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.catch_up import MissedChange
from bot.domain.change_texts import change_texts
from bot.domain.formatting import canonical_value
from bot.domain.key_fields import MAX_REPORTED_LENGTH
from bot.domain.posted_cards import CardChange, CardRecord, CatchUpContent, CatchUpRecord
from bot.domain.reported_change import ReportedColumn
from bot.domain.stored_texts import storable
from bot.domain.tables import ColumnValue
from bot.features.key_fields.missed_news import MissedNews
from bot.features.shared.answers import name_of, number_of
from bot.features.shared.reported_buttons import reported_buttons
from cards.catch_up import MAX_RECORDS, CatchUpView


def catch_up_content(view: CatchUpView, told: Sequence[MissedNews]) -> CatchUpContent:
    """Return the content with the values of each record, of which a reader gets those that they can see."""
    return CatchUpContent(
        title=storable(view.title),
        lead=storable(view.lead),
        at=view.at,
        records=tuple(_record(each, view.at) for each in told[:MAX_RECORDS]),
        more=len(told[MAX_RECORDS:]),
        deleted=view.deleted,
        unreadable=view.unreadable,
    )


def missed_texts(missed: MissedChange) -> tuple[str | None, str]:
    """Return the old and the new value as texts. The old one is None if it is secured or the chat does not know it."""
    old = None if missed.column.secured else missed.old
    known = ColumnValue(raw=old.raw, text=old.text) if old else None
    return change_texts(missed.column, known, missed.new, missed.new)


def _record(missed: MissedNews, at: datetime) -> CatchUpRecord:
    table, row = missed.record.table, missed.row
    about = CardRecord(
        ref=missed.connection.record, kind=table.label, name=name_of(table, row), number=number_of(table, row)
    )
    return CatchUpRecord(
        record=about,
        changes=tuple(_change(each, at) for each in missed.changes),
        news=tuple(storable(each.news) for each in missed.news),
        buttons=reported_buttons(button for each in missed.news for button in each.buttons),
    )


def _change(missed: MissedChange, at: datetime) -> CardChange:
    column = missed.column
    old, new = missed_texts(missed)
    stored = ReportedColumn(
        name=column.name,
        label=column.label,
        # A reader may see the present value of a secured column, but was perhaps not meant to see the one before.
        old=None if old is None or column.secured else old[:MAX_REPORTED_LENGTH],
        new=new[:MAX_REPORTED_LENGTH],
        raw=canonical_value(column, missed.new.raw),
    )
    return CardChange(column=stored, at=at, secured=column.secured)
