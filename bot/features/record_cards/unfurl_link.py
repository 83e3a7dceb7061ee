"""Unfurl a pasted record link: turn it into a card (spec U1, U3, U4)."""

from collections.abc import Sequence

from bot.domain.errors import HiddenRecord, NotFound, NotSupported
from bot.domain.note_fields import note_facts
from bot.domain.record_links import RecordLink
from bot.domain.values import Chat, Person
from bot.features.record_cards.resolve_link import LinkedRecord, disclosed_columns, resolve_link
from bot.features.record_cards.shared_card import redact_header, redact_refusal, shared_card, shared_link
from bot.features.shared import access
from bot.features.shared.answers import Answer, name_columns, record_header
from bot.features.shared.services import Services
from cards.link_card import add_app_card
from cards.record import RecordHeader

SharedContent = tuple[RecordHeader, Sequence[tuple[str, str]]]
"""The header and the facts of a card."""

_ANONYMOUS = Person(account_id="", object_id=None, name="")


async def unfurl_link(services: Services, link: RecordLink, person: Person, chat: Chat) -> Answer | None:
    """Return the card, or None if chats are off or the table is not enabled.

    Raise `NotAllowed` if the person cannot open the record, or `Unavailable`.
    """
    linked = await _linked(services, link, person)
    if linked is None:
        return None
    shared = shared_link(linked.record, linked.record_type.disclosure, link)
    reading = _read(services, linked, shared, person)
    (header, facts), accounts = await services.roster_cache.with_accounts(chat, reading)
    return Answer(message=shared_card(shared, header, facts, chat=chat, accounts=accounts))


async def unfurl_anonymous_link(services: Services, link: RecordLink) -> Answer | None:
    """Return the card for an unknown person without the app, or None if `unfurl_link` returns no card."""
    return Answer(message=add_app_card()) if await _linked(services, link, _ANONYMOUS) else None


async def _linked(services: Services, link: RecordLink, person: Person) -> LinkedRecord | None:
    if not await services.administration.chats_on(link.environment):
        return None
    try:
        return await resolve_link(services, link, person)
    except (NotFound, NotSupported):
        return None


async def _read(services: Services, linked: LinkedRecord, shared: RecordLink, person: Person) -> SharedContent:
    # The table is read first: it is usually cached, and two concurrent tasks are slower than the cache.
    record, disclosure = linked.record, linked.record_type.disclosure
    table = await services.records.table(record.environment, record.table)
    columns = await disclosed_columns(services, record.environment, linked.record_type, table)
    try:
        # Read the record even if the card discloses nothing, to check that the person can open it.
        _, row = await access.read_as(services, record, table, [*name_columns(table), *columns], person)
    except HiddenRecord as error:
        raise redact_refusal(error, disclosure) from error
    header = redact_header(record_header(services.links, table, shared, row), disclosure)
    return header, note_facts(columns, row)
