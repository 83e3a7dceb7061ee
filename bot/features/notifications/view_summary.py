"""Show a card about several records to one reader, with the values that this person can see (spec K2, K9, V7)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.posted_cards import CardChange, CardRecord, CatchUpContent, CatchUpRecord, PostedCard, SummaryContent
from bot.domain.stored_texts import restore
from bot.domain.values import Chat, Person
from bot.features.notifications.card_changes import change_for_reader
from bot.features.notifications.summary_card import RecordTypes, empty_summary, shown_records
from bot.features.shared import access
from bot.features.shared.answers import (
    Answer,
    name_columns,
    notifications_button,
    only_record,
    record_header,
    summary_values_button,
)
from bot.features.shared.reported_buttons import restored_buttons
from bot.features.shared.services import Services
from cards.catch_up import CatchUp, CatchUpView, catch_up
from cards.key_fields import Change
from cards.message import Message
from cards.personal_view import PersonalView, hidden_card
from cards.record import RecordHeader
from cards.summary import MAX_RECORDS, SummaryRow, summary_card


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A record as the reader sees it."""

    header: RecordHeader
    changes: tuple[Change, ...]


async def view_summary(services: Services, chat: Chat, person: Person, card_id: int) -> Answer:
    """Return the card with values, or a card without any content if the person can open none of its records.

    It only reads: an edit would make all clients request the card again. Raises `Unavailable`.
    """
    accounts = (person.account_id,) if person.account_id else None
    own = PersonalView(button=summary_values_button(card_id), accounts=accounts)
    try:
        await services.roster_cache.require_member(chat, person)
        card = await _stored_card(services, chat, card_id)
        if person.object_id is None:
            raise _no_longer_available()
        load = partial(_message, services, card, person, own)
        return Answer(message=await services.live_views.fetch((card.id, card.version, person.object_id), load))
    except (NotAllowed, NotFound, NotSupported) as error:
        return Answer(message=hidden_card(error.text, error.next_step, own))


async def _stored_card(services: Services, chat: Chat, card_id: int) -> PostedCard:
    async with services.store.reading() as work:
        card = await work.posted_cards.get(card_id)
    if card is None or card.chat_id != chat.id or not isinstance(card.content, SummaryContent | CatchUpContent):
        raise _no_longer_available()
    return card


def _no_longer_available() -> NotFound:
    return NotFound("The values of this card are no longer available.", "Open the records to see their values.")


async def _message(services: Services, card: PostedCard, person: Person, own: PersonalView) -> Message:
    match card.content:
        case SummaryContent() as summary:
            return await _summary(services, summary, person, own)
        case CatchUpContent() as content:
            return await _catch_up(services, content, person, own)
        case _:
            raise _no_longer_available()


async def _summary(services: Services, content: SummaryContent, person: Person, own: PersonalView) -> Message:
    shown = shown_records(content, await _types(services, content))
    seen = await _read(services, [(each.record, each.changes) for each in shown[:MAX_RECORDS]], person)
    view = empty_summary(content)
    return summary_card(
        replace(
            view,
            rows=tuple(SummaryRow(record=each.header, changes=each.changes) for each in seen if each),
            more=view.more + len(shown[MAX_RECORDS:]),
            hidden=seen.count(None),
            personal_view=own,
        )
    )


async def _catch_up(services: Services, content: CatchUpContent, person: Person, own: PersonalView) -> Message:
    seen = await _read(services, [(each.record, each.changes) for each in content.records], person)
    records = [_record(each, mine) for each, mine in zip(content.records, seen, strict=True) if mine]
    return catch_up(
        CatchUpView(
            records=tuple(records),
            at=content.at,
            deleted=content.deleted,
            unreadable=content.unreadable,
            title=restore(content.title),
            lead=restore(content.lead),
            more=content.more,
            hidden=seen.count(None),
            card_buttons=(notifications_button(only_record(each.record.ref for each in content.records)),),
            personal_view=own,
        )
    )


def _record(told: CatchUpRecord, seen: _Seen) -> CatchUp:
    news, buttons = tuple(map(restore, told.news)), restored_buttons(told.buttons)
    return CatchUp(record=seen.header, changes=seen.changes, news=news, buttons=buttons)


async def _types(services: Services, content: SummaryContent) -> RecordTypes:
    refs = {(each.record.ref.environment, each.record.ref.table) for each in content.records}
    known = [each for each in refs if each[0] in services.environments]
    return {each: (await services.administration.settings(each[0])).record_type(each[1]) for each in known}


async def _read(
    services: Services, records: Sequence[tuple[CardRecord, Sequence[CardChange]]], person: Person
) -> list[_Seen | None]:
    """Return the records as the person sees them, and None for those that they cannot open.

    Raises an error if they can open none.
    """
    found = await asyncio.gather(
        *(_read_one(services, record, changes, person) for record, changes in records), return_exceptions=True
    )
    errors = [each for each in found if isinstance(each, BaseException)]
    failure = next((each for each in errors if not isinstance(each, NotAllowed | NotFound | NotSupported)), None)
    if failure or (errors and len(errors) == len(found)):
        raise failure or errors[0]
    return [each if isinstance(each, _Seen) else None for each in found]


async def _read_one(services: Services, record: CardRecord, changes: Sequence[CardChange], person: Person) -> _Seen:
    ref = record.ref
    record_type = await access.require_record_type(services, ref.environment, ref.table)
    actor = await access.require_user(services, ref.environment, person)
    table = await services.records.table(ref.environment, ref.table)
    columns = [table.columns[each.column.name] for each in changes if each.column.name in table.columns]
    row = await access.read_row_as(services, ref, table, [*name_columns(table), *columns], actor)
    kept = (each for each in changes if each.column.name in record_type.key_fields)
    return _Seen(
        header=record_header(services.links, table, ref, row),
        changes=tuple(change_for_reader(each, table, row) for each in kept),
    )
