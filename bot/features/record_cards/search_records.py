"""The search of the compose box: records to choose from, each with the card that lands in the chat (spec Q1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.errors import NotFound, NotSupported
from bot.domain.note_fields import note_columns, note_facts
from bot.domain.record_types import Disclosure, RecordType
from bot.domain.tables import Column, Table
from bot.domain.values import Chat, EnvironmentId, Person
from bot.features.record_cards.shared_card import redact_header, shared_card, shared_link
from bot.features.record_search.find_records import (
    FoundRecord,
    normalize_query,
    read_found,
    record_by_link,
    search_everywhere,
)
from bot.features.shared.answers import record_header
from bot.features.shared.services import Services
from cards.message import Message
from cards.search_result import SearchResultView

PAGE_SIZE = 25
"""Records of a page ("Respond to search command")."""

MAX_OFFSET = 250
"""Records that can be paged through: who has not found theirs by then does better to write more of its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """A record: what the person who searches sees of it, and what everybody in the chat will."""

    view: SearchResultView
    card: Message


async def search_records(
    services: Services, text: str, person: Person, chat: Chat, *, only: str | None, skip: int, count: int
) -> Sequence[SearchResult]:
    """A page of what fits the text: the best fit first, and without a text what changed last.

    A link finds its record. `only`: the table to search, None for all; words before a colon name one too, as in
    `lead: smith`. Raises `NotAllowed`, `NotSupported` where the table is not enabled, `BadRequest` for a link to
    something else, or `Unavailable`.
    """
    if skip >= MAX_OFFSET:
        return []
    until = skip + min(count, PAGE_SIZE)
    found, accounts = await services.roster_cache.with_accounts(chat, _found(services, text, person, only, until))
    return [_result(services, each, accounts) for each in found[skip:until]]


async def _found(services: Services, text: str, person: Person, only: str | None, until: int) -> Sequence[FoundRecord]:
    record = await record_by_link(services, text)
    if record:
        linked = await read_found(services, record, person, partial(_told_columns, services))
        return [linked] if linked else []
    words = normalize_query(text)
    only, words = (only, words) if only else await _kind(services, words)
    found = await search_everywhere(
        services, words, person, at_most=until, only=only, more=partial(_told_columns, services)
    )
    return _ordered(found, words)


async def _kind(services: Services, words: str) -> tuple[str | None, str]:
    """The table that is named before a colon, and what is looked for in it."""
    kind, colon, rest = words.partition(":")
    for environment in services.links.environments if colon else ():
        for name in await services.administration.record_types(environment.id):
            if kind.strip().casefold() in {name, *await _labels(services, environment.id, name)}:
                return name, rest.strip()
    return None, words


async def _labels(services: Services, environment: EnvironmentId, name: str) -> frozenset[str]:
    try:
        return frozenset({(await services.records.table(environment, name)).label.casefold()})
    except NotFound:
        return frozenset()  # the organisation does not have every standard table


async def _told_columns(
    services: Services, environment: EnvironmentId, record_type: RecordType, table: Table
) -> Sequence[Column]:
    """The note's columns, where the card in the chat tells them (spec U1)."""
    if record_type.disclosure is not Disclosure.FIELDS:
        return ()
    try:
        view = await services.records.note_view(environment, table.name, record_type.note_view)
    except (NotFound, NotSupported):
        return ()  # the card is as good without them
    return note_columns(view, table, leave_out_secured=record_type.leave_out_secured)


def _result(services: Services, found: FoundRecord, accounts: tuple[str, ...] | None) -> SearchResult:
    disclosure = found.record_type.disclosure
    named, facts = shared_link(found.record, disclosure), note_facts(found.more, found.row)
    head = record_header(services.links, found.table, named, found.row)
    card = shared_card(named, redact_header(head, disclosure), facts, accounts=accounts)
    return SearchResult(
        view=SearchResultView(record=head, distinguishing_values=found.distinguishing_values), card=card
    )


def _ordered(found: Sequence[FoundRecord], words: str) -> Sequence[FoundRecord]:
    """Records whose number it is come first; without words the one that changed last."""
    if not words:
        return sorted(found, key=lambda each: each.changed_at, reverse=True)
    return sorted(found, key=lambda each: (each.number or "").casefold() != words.casefold())
