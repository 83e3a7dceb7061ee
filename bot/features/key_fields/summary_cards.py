"""Render the card that sums up what a chat did not hear of its records (spec K9, V6, V8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from bot.domain.catch_up import MissedChange
from bot.domain.formatting import canonical_value
from bot.domain.key_fields import MAX_REPORTED_LENGTH
from bot.domain.outgoing_messages import SUMMARY_KEY, OutgoingMessage, Subject, Switch
from bot.domain.posted_cards import NewCard
from bot.domain.reported_change import ReportedColumn
from bot.domain.texts import text
from bot.domain.values import Chat, Connection
from bot.domain.watching import unheard
from bot.features.key_fields.missed_news import MissedNews
from bot.features.key_fields.summary_content import catch_up_content, missed_texts
from bot.features.notifications.card_changes import RecordChange
from bot.features.shared.answers import (
    display_name,
    notifications_button,
    only_record,
    record_header,
    render,
    subject_of,
    summary_values_button,
)
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.catch_up import MAX_RECORDS, CatchUpView, catch_up
from cards.catch_up import CatchUp as CatchUpRecord
from cards.key_fields import Change
from cards.personal_view import PersonalView
from cards.translator import Translator

AWAY = text("While I was away")
"""Title of a summary after an outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The content of the card."""

    told: Sequence[MissedNews]
    """The most important record first."""
    deleted: Sequence[Connection] = ()
    unreadable: Sequence[Connection] = ()
    title: str = AWAY
    lead: str = ""
    """Sentence below the title, such as that a person ended a mute."""
    accounts: tuple[str, ...] | None = None
    """Channel IDs of the people in the chat, if readers get values on their own cards."""


async def summary_messages(
    services: Services, work: UnitOfWork, chat: Chat, summary: Summary, at: datetime, t: Translator
) -> Sequence[OutgoingMessage]:
    """Return one card, and more of them only for more questions than one card has room for.

    The content is stored if readers request values.
    """
    if not (summary.told or summary.deleted):
        return ()
    parts, rest = [], list(summary.told)
    while len(rest) > MAX_RECORDS and rest[MAX_RECORDS].news:
        parts.append(replace(summary, told=rest[:MAX_RECORDS], deleted=(), unreadable=()))
        rest = rest[MAX_RECORDS:]
    return [await _message(services, work, chat, each, at, t) for each in (*parts, replace(summary, told=rest))]


async def _message(
    services: Services, work: UnitOfWork, chat: Chat, summary: Summary, at: datetime, t: Translator
) -> OutgoingMessage:
    told, deleted, unreadable = summary.told, summary.deleted, summary.unreadable
    view = CatchUpView(
        records=tuple(_card_record(services, each) for each in told),
        at=at,
        deleted=tuple(map(display_name, deleted)),
        unreadable=tuple(map(display_name, unreadable)),
        title=summary.title,
        lead=summary.lead,
        card_buttons=(notifications_button(only_record(each.connection.record for each in told)),) if told else (),
    )
    if any(each.changes and not each.show_values for each in told[:MAX_RECORDS]):
        content = catch_up_content(view, told)
        new = NewCard(chat_id=chat.id, connection_id=None, content=content, due_at=None)
        button = summary_values_button(await work.posted_cards.add_unedited(new, at=at))
        own = PersonalView(button=button, accounts=summary.accounts)
        view = replace(view, card_buttons=(button, *view.card_buttons), personal_view=own)
    return OutgoingMessage(
        key=f"{SUMMARY_KEY}{chat.id} {at.isoformat()} {uuid4().hex}",
        chat_id=chat.id,
        activity=render(catch_up(view), t, chat.channel),
        subjects=_subjects(told, [*deleted, *unreadable]),
        previously_reported={
            **{(each.connection.id, name): value for each in told for name, value in each.before.items()},
            **{key: value for each in deleted for key, value in unheard(each).items()},
        },
    )


def _subjects(told: Sequence[MissedNews], named: Sequence[Connection]) -> tuple[Subject, ...]:
    """Return the record types of the card. `named`: records that it only names."""
    subjects: list[Subject] = []
    for each in told:
        if each.changes:
            subject = subject_of(each.connection.record, Switch.KEY_FIELDS)
            columns = tuple(change.column.name for change in each.changes)
            subjects.append(replace(subject, columns=columns, shows_values=each.show_values))
        if each.news:
            subject = subject_of(each.connection.record, Switch.RECORD_TYPE)
            subjects.append(replace(subject, columns=tuple(each.lifecycle_before)))
    return tuple(dict.fromkeys([*subjects, *(subject_of(each.record, Switch.RECORD_TYPE) for each in named)]))


def _card_record(services: Services, missed: MissedNews) -> CatchUpRecord:
    header = record_header(services.links, missed.record.table, missed.connection.record, missed.row)
    return CatchUpRecord(
        record=header,
        changes=tuple(_card_change(each, show_values=missed.show_values) for each in missed.changes),
        news=tuple(each.news for each in missed.news),
        buttons=tuple(button for each in missed.news for button in each.buttons),
    )


def live_change(missed: MissedNews) -> RecordChange:
    """Return the changes for the live card of a record. Who made them is not known."""
    return RecordChange(
        connection=missed.connection,
        record_type=missed.record.record_type,
        table=missed.record.table,
        row=missed.row,
        at=missed.record.read_at,
        people=(),
        columns=tuple(map(_reported_column, missed.changes)),
        before=missed.before,
    )


def _reported_column(missed: MissedChange) -> ReportedColumn:
    old, new = missed_texts(missed)
    return ReportedColumn(
        name=missed.column.name,
        label=missed.column.label,
        old=None if old is None else old[:MAX_REPORTED_LENGTH],
        new=new[:MAX_REPORTED_LENGTH],
        raw=canonical_value(missed.column, missed.new.raw),
    )


def _card_change(missed: MissedChange, *, show_values: bool) -> Change:
    if not show_values or missed.column.secured:
        return Change(label=missed.column.label, old=None, new=None)
    old, new = missed_texts(missed)
    return Change(label=missed.column.label, old=old, new=new)
