"""The summary card of a chat, into which changes are merged that get no card of their own (spec V7, V16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.key_fields import ReportedValue
from bot.domain.notifications.decide import Reason
from bot.domain.notifications.rules import DAY, ChatRules
from bot.domain.notifications.summaries import budget_was_free, bulk_summary_due, is_same_bulk_edit
from bot.domain.outgoing_messages import Subject
from bot.domain.posted_cards import (
    EDIT_AFTER,
    CardRecord,
    NewCard,
    PostedCard,
    ReportedBefore,
    SummaryContent,
    SummaryRecord,
    add_to_summary,
)
from bot.domain.record_types import RecordType
from bot.domain.values import ChatId, ConnectionId, EnvironmentId
from bot.features.notifications.card_changes import (
    RecordChange,
    Tables,
    card_changes,
    card_header,
    card_record,
    shown_changes,
    subject_of_values,
    table_of,
    to_card,
)
from bot.features.shared.answers import notifications_button, only_record, summary_values_button
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.personal_view import PersonalView
from cards.summary import SummaryRow, SummaryView

Accounts = tuple[str, ...] | None
"""Channel IDs of the people in the chat; None if they are not known."""
RecordTypes = Mapping[tuple[EnvironmentId, str], RecordType]
"""Settings by environment and table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedChange:
    """A change that was decided as merged, and the rule that decided: the budget, or a bulk edit."""

    change: RecordChange
    reason: Reason
    rules: ChatRules
    """The rules of the chat."""


async def merge_into_summary(work: UnitOfWork, changes: Sequence[MergedChange], *, at: datetime) -> None:
    """Merge the changes into the summary cards of their chats. Begin new cards where the last ones are over.

    Call it in the transaction that stores the decisions, before they are stored. The chats must be locked. A job posts
    or edits the cards.
    """
    by_chat: dict[ChatId, list[MergedChange]] = {}
    for each in changes:
        by_chat.setdefault(each.change.connection.chat_id, []).append(each)
    for chat in sorted(by_chat):
        await _merge(work, chat, by_chat[chat], at)


async def _merge(work: UnitOfWork, chat: ChatId, changes: Sequence[MergedChange], at: datetime) -> None:
    card = await work.posted_cards.summary(chat)
    if card and not await _goes_on(work, card, changes[0].rules, at):
        await work.posted_cards.close(card.id, at=at)
        card = None
    content = _content(card) or SummaryContent(count=0, since=min(each.change.at for each in changes))
    for each in changes:
        content = _with_change(content, each, at)
    merged = _reported_before(card, changes)
    if card is None:
        due_at = _first_post(content, at)
        new = NewCard(chat_id=chat, connection_id=None, content=content, due_at=due_at, reported_before=merged)
        await work.posted_cards.add(new, at=at)
        return
    changed = replace(card, content=content, due_at=_next_edit(card, content, at), reported_before=merged)
    await work.posted_cards.change(changed, at=at)


async def _goes_on(work: UnitOfWork, card: PostedCard, rules: ChatRules, at: datetime) -> bool:
    """Check whether the card's bulk edit continues, or the budget has not allowed a card since its last change."""
    content = _content(card)
    if content is None:
        return False
    if content.bulk_at and is_same_bulk_edit(content.bulk_at, at):
        return True
    since = content.budget_at
    if since is None or at - since > DAY:
        return False
    posts = await work.decisions.posts_since([card.chat_id], since - DAY)
    return not budget_was_free(rules.budget, since, at, posts.get(card.chat_id, ()))


def _content(card: PostedCard | None) -> SummaryContent | None:
    return card.content if card and isinstance(card.content, SummaryContent) else None


def _with_change(content: SummaryContent, merged: MergedChange, at: datetime) -> SummaryContent:
    change = merged.change
    record = SummaryRecord(
        connection=change.connection.id,
        record=card_record(change),
        changes=card_changes(change),
        at=change.at,
        urgent=change.urgent,
    )
    added = add_to_summary(content, record)
    return replace(added, bulk_at=at) if merged.reason is Reason.BULK_EDIT else replace(added, budget_at=at)


def _reported_before(card: PostedCard | None, changes: Sequence[MergedChange]) -> ReportedBefore:
    """Return the values that the chat knew before the first change that is not in the outbox yet."""
    before: dict[tuple[ConnectionId, str], ReportedValue | None] = {}
    for each in reversed(changes):
        before |= each.change.reported_before
    return {**before, **(card.reported_before if card else {})}


def _first_post(content: SummaryContent, at: datetime) -> datetime | None:
    """Return when the card is posted: at once, or at the end of the bulk edit. Changes that cancel out need no card."""
    if content.is_empty:
        return None
    return at if content.budget_at else bulk_summary_due(content.since, at)


def _next_edit(card: PostedCard, content: SummaryContent, at: datetime) -> datetime | None:
    is_unposted = card.activity_id is None and card.edited_at is None
    if is_unposted and card.due_at is not None:
        return _first_post(content, at)
    return card.due_at or at + EDIT_AFTER


def summary_view(
    services: Services,
    card: PostedCard,
    content: SummaryContent,
    types: RecordTypes,
    accounts: Accounts,
    tables: Tables,
) -> SummaryView:
    """Return the card that everyone in the chat sees, by the present settings of the record types."""
    rows = []
    for each in shown_records(content, types):
        changes = shown_changes(each.changes, record_type_of(each.record, types))
        table = table_of(each.record, tables)
        header = card_header(services, each.record, tables)
        rows.append(SummaryRow(record=header, changes=tuple(to_card(change, table) for change in changes)))
    view = empty_summary(content)
    view = replace(view, rows=tuple(rows))
    if not has_personal_values(content, types):
        return view
    button = summary_values_button(card.id)
    return replace(view, buttons=(button, *view.buttons), personal_view=PersonalView(button=button, accounts=accounts))


def empty_summary(content: SummaryContent) -> SummaryView:
    """Return the card without its records."""
    is_bulk_edit = content.budget_at is None
    return SummaryView(
        rows=(),
        more=len(content.others),
        count=content.count,
        since=content.since,
        is_bulk_edit=is_bulk_edit,
        buttons=(notifications_button(only_record(each.record.ref for each in content.records)),),
    )


def shown_records(content: SummaryContent, types: RecordTypes) -> Sequence[SummaryRecord]:
    """Return the records with changes of columns that are still key fields."""
    return [each for each in content.records if shown_changes(each.changes, record_type_of(each.record, types))]


def has_personal_values(content: SummaryContent, types: RecordTypes) -> bool:
    """Check whether readers get values of a record only on their own card."""
    return any(record_type_of(each.record, types).tell_each for each in shown_records(content, types))


def summary_subjects(content: SummaryContent, types: RecordTypes) -> tuple[Subject, ...]:
    """Return the subjects of the card's message: one for each record type and set of columns."""
    subjects = []
    for each in content.records:
        record_type = record_type_of(each.record, types)
        changes = shown_changes(each.changes, record_type)
        if changes:
            subjects.append(subject_of_values(each.record.ref, record_type, changes))
    return tuple(dict.fromkeys(subjects))


def record_type_of(record: CardRecord, types: RecordTypes) -> RecordType:
    """Return the settings of the record's type; those of a type that is off if it has none."""
    return types.get((record.ref.environment, record.ref.table), RecordType(table=record.ref.table))
