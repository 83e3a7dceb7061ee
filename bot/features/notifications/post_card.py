"""Put the present content of a live card or a summary card into the outbox (spec V7, V8, V16)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.outgoing_messages import CardVersion, OutgoingMessage, Subject
from bot.domain.posted_cards import EDIT_AFTER, CardRecord, LiveContent, PostedCard, SummaryContent
from bot.domain.record_types import RecordType
from bot.domain.switches import Settings, drop_reason
from bot.domain.values import Chat
from bot.features.notifications.card_changes import Tables, load_tables
from bot.features.notifications.live_card import Accounts, live_card_view, live_subject
from bot.features.notifications.summary_card import (
    RecordTypes,
    has_personal_values,
    record_type_of,
    summary_subjects,
    summary_view,
)
from bot.features.shared.answers import render
from bot.features.shared.reader_languages import ChatLanguages, load_chat_languages
from bot.features.shared.services import Services
from bot.store.unit_of_work import UnitOfWork
from cards.live_card import live_card
from cards.summary import summary_card
from cards.translator import Translator


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """Settings, accounts, and languages for rendering, loaded before the transaction."""

    services: Services
    settings: Settings
    accounts: Accounts
    tables: Tables
    languages: ChatLanguages


async def post_card(services: Services, card_id: int, jobs: Sequence[str]) -> None:
    """Enqueue the card with all changes so far, and complete the jobs. A card that is not due yet gets another job."""
    settings = {each: await services.administration.settings(each) for each in services.environments}
    accounts, tables = await _accounts_and_tables(services, card_id, settings)
    languages, at = await load_chat_languages(services), services.clock.now()
    facts = _Facts(services=services, settings=settings, accounts=accounts, tables=tables, languages=languages)
    async with services.store.writing() as work:
        card = await work.posted_cards.lock(card_id)
        if card and card.due_at and card.due_at > at:
            await work.posted_cards.postpone(card, at=at)
        elif card and card.due_at:
            await _enqueue(work, card, facts, at=at)
        await work.inbox.complete(jobs, at=at)


async def _accounts_and_tables(services: Services, card_id: int, settings: Settings) -> tuple[Accounts, Tables]:
    """Return the accounts in the chat if its members get values on personal cards, and the tables of the records."""
    async with services.store.reading() as work:
        card = await work.posted_cards.get(card_id)
        chat = await work.chats.get(card.chat_id) if card else None
    if card is None or chat is None:
        return None, {}
    tables = await load_tables(services, _records(card))
    if not _is_personal(card, settings):
        return None, tables
    return (await services.roster_cache.accounts_by_chat([chat]))[chat.id], tables


def _records(card: PostedCard) -> Sequence[CardRecord]:
    match card.content:
        case LiveContent() as live:
            return [live.about]
        case SummaryContent() as summary:
            return [each.record for each in summary.records]
        case _:
            return []


def _is_personal(card: PostedCard, settings: Settings) -> bool:
    match card.content:
        case LiveContent() as live:
            return _record_type(live.about, settings).tell_each
        case SummaryContent() as summary:
            return has_personal_values(summary, _record_types((each.record for each in summary.records), settings))
        case _:
            return False


async def _enqueue(work: UnitOfWork, card: PostedCard, facts: _Facts, *, at: datetime) -> None:
    chat = await work.chats.get(card.chat_id)
    if chat is None:
        return
    if card.activity_id is None and _has_ended(card):
        await _wait_or_forget(work, card, at=at)
        return
    version = CardVersion(card_id=card.id, version=card.version)
    t = await facts.languages.of_chat(work, chat.id)
    await work.outbox.enqueue_card(_message(chat, card, facts, version, t), version, at=at)
    await work.posted_cards.mark_enqueued(card.id)


async def _wait_or_forget(work: UnitOfWork, card: PostedCard, *, at: datetime) -> None:
    """Leave a card alone that was never posted, unless it is being posted now."""
    if not await work.outbox.has_pending_card(card.chat_id, card.id):
        await work.posted_cards.mark_enqueued(card.id)
        return
    await work.posted_cards.change(replace(card, due_at=at + EDIT_AFTER), at=at)


def _has_ended(card: PostedCard) -> bool:
    return isinstance(card.content, LiveContent) and bool(card.ended_at or card.connection_ended_at)


def _message(chat: Chat, card: PostedCard, facts: _Facts, version: CardVersion, t: Translator) -> OutgoingMessage:
    body, subjects = _rendered(chat, card, facts, t)
    ended = _has_ended(card)
    return OutgoingMessage(
        key=f"card {card.id} {card.version}",
        chat_id=chat.id,
        activity=body,
        card=version,
        # The last edit of a live card is sent although the connection has ended.
        connection_id=None if ended else card.connection_id,
        subjects=() if ended else subjects,
        previously_reported={} if ended else card.reported_before,
    )


def _rendered(chat: Chat, card: PostedCard, facts: _Facts, t: Translator) -> tuple[bytes, tuple[Subject, ...]]:
    content, services = card.content, facts.services
    if isinstance(content, SummaryContent):
        types = _record_types((each.record for each in content.records), facts.settings)
        view = summary_view(services, card, content, types, facts.accounts, facts.tables)
        return render(summary_card(view), t, chat.channel), summary_subjects(content, types)
    if not isinstance(content, LiveContent):
        raise TypeError("this kind of card is never edited")
    record_type = _record_type(content.about, facts.settings)
    live, subject = (
        live_card_view(services, card, content, record_type, facts.accounts, facts.tables),
        live_subject(content, record_type),
    )
    if _has_ended(card) and drop_reason([subject], facts.settings):
        live = replace(live, fields=(), changes=())
    return render(live_card(live), t, chat.channel), (subject,)


def _record_type(record: CardRecord, settings: Settings) -> RecordType:
    return record_type_of(record, _record_types([record], settings))


def _record_types(records: Iterable[CardRecord], settings: Settings) -> RecordTypes:
    refs = {(each.ref.environment, each.ref.table) for each in records}
    return {(where, table): settings[where].record_type(table) for where, table in refs if where in settings}
