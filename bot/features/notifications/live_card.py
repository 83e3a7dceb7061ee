"""The live card of a connection: one card that is edited for each change (spec V8)."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.formatting import with_labels
from bot.domain.jobs import ChatJob, JobKind
from bot.domain.outgoing_messages import Subject
from bot.domain.posted_cards import (
    EDIT_AFTER,
    LIVE_CARD_LASTS,
    CardChange,
    CardField,
    LiveContent,
    NewCard,
    PostedCard,
    add_live_changes,
)
from bot.domain.record_types import RecordType
from bot.domain.tables import Table
from bot.domain.texts import text
from bot.domain.values import ConnectionId
from bot.features.notifications.card_changes import (
    RecordChange,
    Tables,
    card_changes,
    card_fields,
    card_header,
    card_record,
    shown_changes,
    subject_of_values,
    table_of,
    to_card,
)
from bot.features.shared.answers import change_buttons, chats_button, live_values_button
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.live_card import LiveCardView, LiveChange
from cards.personal_view import PersonalView
from cards.record import Fact

Accounts = tuple[str, ...] | None


async def update_live_cards(work: UnitOfWork, changes: Sequence[RecordChange], *, at: datetime) -> None:
    """Add the changes to the live cards of their connections, and create the cards that are missing.

    Call it in the transaction that stores the decisions. The connections must be locked. A job posts or edits the
    cards, with all changes of a few seconds in one edit.
    """
    cards = await work.posted_cards.live([each.connection.id for each in changes])
    for change in changes:
        card = cards.get(change.connection.id)
        if card and card.posted_at and at - card.posted_at > LIVE_CARD_LASTS:
            await work.posted_cards.end_live([change.connection.id], at=at)
            await _add(work, change, card, at)
        elif card:
            await _edit(work, change, card, at)
        else:
            await _add(work, change, None, at)


async def stop_live_cards(work: UnitOfWork, connections: Collection[ConnectionId], *, at: datetime) -> None:
    """End the live cards of connections that get their changes in another form from now on. The cards say so.

    Changes on a card that was not posted yet are reported in the new form.
    """
    for card in (await work.posted_cards.live(connections)).values():
        if card.activity_id is None and not await work.outbox.has_pending_card(card.chat_id, card.id):
            await _report_again(work, card, at)
    await work.posted_cards.end_live(connections, at=at)


async def _report_again(work: UnitOfWork, card: PostedCard, at: datetime) -> None:
    """Restore what the chat knew before the changes on the card, so that the next summary contains them."""
    shown = card.content.changes if isinstance(card.content, LiveContent) else ()
    names = {each.column.name for each in shown}
    before = {key: value for key, value in card.reported_before.items() if value and key[1] in names}
    await work.reported_values.save(before)
    await work.posted_cards.abandon(card.id, at=at)
    await work.inbox.enqueue(ChatJob(kind=JobKind.CATCH_UP, chat_id=card.chat_id), at=at, due_at=at)


async def _add(work: UnitOfWork, change: RecordChange, earlier: PostedCard | None, at: datetime) -> None:
    card = NewCard(
        chat_id=change.connection.chat_id,
        connection_id=change.connection.id,
        content=_content(change, earlier),
        due_at=at,
        reported_before=change.reported_before,
    )
    await work.posted_cards.add(card, at=at)


async def _edit(work: UnitOfWork, change: RecordChange, card: PostedCard, at: datetime) -> None:
    changed = replace(
        card,
        content=_content(change, card),
        due_at=card.due_at or at + EDIT_AFTER,
        reported_before={**change.reported_before, **card.reported_before},
    )
    await work.posted_cards.change(changed, at=at)


def _content(change: RecordChange, card: PostedCard | None) -> LiveContent:
    earlier = card.content if card and isinstance(card.content, LiveContent) else None
    return add_live_changes(earlier, card_record(change), card_fields(change), card_changes(change))


def live_card_view(
    services: Services,
    card: PostedCard,
    content: LiveContent,
    record_type: RecordType,
    accounts: Accounts,
    tables: Tables,
) -> LiveCardView:
    """Return the card that everyone in the chat sees, by the present settings of the record type."""
    ended, table = ended_text(card), table_of(content.about, tables)
    view = LiveCardView(
        record=card_header(services, content.about, tables),
        fields=_facts(content, record_type, table),
        changes=tuple(
            LiveChange(change=to_card(each, table), people=each.people, at=each.at)
            for each in shown_changes(content.changes, record_type)
        ),
        buttons=(chats_button(content.about.ref),) if ended else change_buttons(content.about.ref),
        ended=ended,
    )
    if not record_type.tell_each or ended or card.public_id is None:
        return view
    button = live_values_button(card.public_id)
    return replace(view, first=button, personal_view=PersonalView(button=button, accounts=accounts))


def live_subject(content: LiveContent, record_type: RecordType) -> Subject:
    """Return the subject of the card's message."""
    fields = [each for each in content.fields if each.name in record_type.key_fields and _is_shown(record_type, each)]
    values: list[CardField | CardChange] = [*fields, *shown_changes(content.changes, record_type)]
    return subject_of_values(content.about.ref, record_type, values)


def ended_text(card: PostedCard) -> str:
    """Return the sentence that says why the card is no longer edited; empty while it is."""
    if card.connection_ended_at and card.ended_by:
        return text("No longer updated: {person} disconnected this record from the chat.", person=card.ended_by)
    if card.connection_ended_at:
        return text("No longer updated: this chat is no longer connected to the record.")
    return text("No longer updated: newer cards follow.") if card.ended_at else ""


def _facts(content: LiveContent, record_type: RecordType, table: Table | None) -> tuple[Fact, ...]:
    if record_type.tell_each:
        return ()
    columns = table.columns if table else {}
    return tuple(
        Fact(
            label=columns[each.name].label if each.name in columns else each.label,
            value=with_labels(columns.get(each.name), each.text) or "",
        )
        for each in content.fields
        if each.text is not None and each.name in record_type.key_fields and _is_shown(record_type, each)
    )


def _is_shown(record_type: RecordType, shown: CardField) -> bool:
    return shown.text is not None and (record_type.tell_secured or not shown.secured)
