"""A pasted record link becomes a card (spec U1, U3, U4)."""

from collections.abc import Sequence

from bot.domain.errors import HiddenRecord, NotFound, NotSupported
from bot.domain.note_fields import note_facts
from bot.domain.record_links import RecordLink
from bot.domain.record_types import Disclosure
from bot.domain.tables import Column, Table
from bot.domain.values import Chat, Person
from bot.features.record_cards.resolve_link import LinkedRecord, linked_note_columns, resolve_link
from bot.features.record_cards.shared_card import redact_header, redact_refusal, shared_card, shared_link
from bot.features.shared import access
from bot.features.shared.answers import Answer, name_columns, record_header
from bot.features.shared.services import Services
from cards.link_card import add_app_card
from cards.record import RecordHeader

Told = tuple[RecordHeader, Sequence[tuple[str, str]]]

_NOBODY = Person(account_id="", object_id=None, name="")


async def unfurl_link(services: Services, link: RecordLink, person: Person, chat: Chat) -> Answer | None:
    """The card; None where there is to be no card: chats are off, or the table is not enabled.

    Raises `NotAllowed` where the person cannot open the record, and `Unavailable`.
    """
    linked = await _linked(services, link, person)
    if linked is None:
        return None
    named = shared_link(linked.record, linked.record_type.disclosure, link)
    (head, facts), accounts = await services.roster_cache.with_accounts(chat, _read(services, linked, named, person))
    return Answer(message=shared_card(named, head, facts, accounts=accounts))


async def unfurl_anonymous_link(services: Services, link: RecordLink) -> Answer | None:
    """The card for somebody without the app, of whom nothing is known; None where there is to be no card."""
    return Answer(message=add_app_card()) if await _linked(services, link, _NOBODY) else None


async def _linked(services: Services, link: RecordLink, person: Person) -> LinkedRecord | None:
    if not await services.administration.chats_on(link.environment):
        return None
    try:
        return await resolve_link(services, link, person)
    except (NotFound, NotSupported):
        return None


async def _read(services: Services, linked: LinkedRecord, named: RecordLink, person: Person) -> Told:
    # The table comes first: it is in memory but for its first time, and two tasks cost more than it does.
    record = linked.record
    table = await services.records.table(record.environment, record.table)
    columns = await _told_columns(services, linked, table)
    try:
        # Read whatever is told of it: that the person can open the record is what the card is for.
        _, row = await access.read_as(services, record, table, [*name_columns(table), *columns], person)
    except HiddenRecord as error:
        raise redact_refusal(error, linked.record_type.disclosure) from error
    return redact_header(record_header(services.links, table, named, row), linked.record_type.disclosure), note_facts(
        columns, row
    )


async def _told_columns(services: Services, linked: LinkedRecord, table: Table) -> tuple[Column, ...]:
    if linked.record_type.disclosure is not Disclosure.FIELDS:
        return ()
    leave_out = linked.record_type.leave_out_secured
    return await linked_note_columns(services, linked, table, leave_out_secured=leave_out)
