"""Search of the message extension: records to choose from, each with the card for the chat (spec Q1)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.errors import ChatSyncError
from bot.domain.note_fields import note_facts
from bot.domain.typed_references import parse_references
from bot.domain.values import Chat, EnvironmentId, Person
from bot.features.record_cards.resolve_link import disclosed_columns
from bot.features.record_cards.shared_card import redact_header, shared_card, shared_link
from bot.features.record_search.find_records import find_named, linked_records, with_number
from bot.features.record_search.search_tables import FoundRecord, read_found
from bot.features.shared.answers import record_header
from bot.features.shared.services import Services
from cards.message import Message
from cards.search_result import SearchResultView

PAGE_SIZE = 25
"""Records per page ("Respond to search command", Teams documentation)."""

MAX_OFFSET = 250
"""Records over all pages. After so many records, a more specific query is faster than another page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A record: the view for the person who searches, and the card for everyone in the chat."""

    view: SearchResultView
    card: Message


async def search_records(
    services: Services, text: str, person: Person, chat: Chat, *, only: frozenset[str], skip: int, count: int
) -> Sequence[SearchResult]:
    """Return a page of the records that match the text, the best match first.

    Without text, return the records that changed last. Links return their records. `only` has the tables to search; if
    it is empty, all are searched. A prefix selects a table too, as in `lead: smith`. Raise `NotAllowed`, `NotSupported`
    if no table is enabled, `BadRequest` if a link is not for a record, or `Unavailable`.
    """
    if skip >= MAX_OFFSET:
        return []
    until = skip + min(count, PAGE_SIZE)
    records, accounts = await services.roster_cache.with_accounts(chat, _find(services, text, person, only, until))
    return [_result(services, found, chat, accounts) for found in records[skip:until]]


async def _find(
    services: Services, text: str, person: Person, only: frozenset[str], until: int
) -> Sequence[FoundRecord]:
    references, more = parse_references(text), partial(disclosed_columns, services)
    records = await linked_records(services, references)
    if records:
        linked = await asyncio.gather(*(read_found(services, record, person, more) for record in records))
        return [each for each in linked if each]
    if not only:
        table, words = await _split_table(services, references.literal)
        only = frozenset({table} if table else ())
        references = parse_references(words)
    found = await find_named(services, references, person, at_most=until, only=only, more=more)
    return _sort(found, references.literal)


async def _split_table(services: Services, words: str) -> tuple[str | None, str]:
    """Return the table that the prefix before a colon names, or None, and the words to search for."""
    prefix, colon, rest = words.partition(":")
    for environment in services.links.environments if colon else ():
        for name in await services.administration.record_types(environment.id):
            if prefix.strip().casefold() in {name, *await _labels(services, environment.id, name)}:
                return name, rest.strip()
    return None, words


async def _labels(services: Services, environment: EnvironmentId, name: str) -> frozenset[str]:
    try:
        return frozenset({(await services.records.table(environment, name)).label.casefold()})
    except ChatSyncError:
        return frozenset()  # not every organization has every standard table


def _result(services: Services, found: FoundRecord, chat: Chat, accounts: tuple[str, ...] | None) -> SearchResult:
    disclosure = found.record_type.disclosure
    link, facts = shared_link(found.record, disclosure), note_facts(found.more, found.row)
    header = record_header(services.links, found.table, link, found.row)
    card = shared_card(link, redact_header(header, disclosure), facts, chat=chat, accounts=accounts)
    view = SearchResultView(record=header, distinguishing_values=found.distinguishing_values)
    return SearchResult(view=view, card=card)


def _sort(records: Sequence[FoundRecord], words: str) -> Sequence[FoundRecord]:
    """Return records with this number first; without words, the record that changed last first."""
    if not words:
        return sorted(records, key=lambda found: found.changed_at, reverse=True)
    numbered = with_number(records, words)
    return [*numbered, *(each for each in records if each not in numbered)]
