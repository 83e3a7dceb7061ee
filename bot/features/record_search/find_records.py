"""Find records by link, by number, or by words in their names, as the person who searches."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import BadRequest
from bot.domain.formatting import format_value
from bot.domain.record_links import RecordLink, names_record
from bot.domain.tables import STATUS
from bot.domain.typed_references import TypedReferences, parse_references
from bot.domain.values import Person, RecordRef
from bot.features.record_search.search_tables import FoundRecord, MoreColumns, Query, read_found, search_everywhere
from bot.features.shared.access import record_hidden
from bot.features.shared.services import Services
from bot.text.typed_text import on_one_line, simple_form

MAX_CHOICES = 6
"""Rows on a card that asks the person to choose."""

_MAX_FOUND = 60
"""Results of a search that a person can page through. More words find the others."""

_NEWEST_PER_TABLE = 3
"""Records of each table in a list that is shown before the person types."""

_MAX_NEWEST = 15
"""Records in that list, as many as Teams shows for typeahead search ("Typeahead search", Teams documentation)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A search result, as a list of choices shows it."""

    record: RecordRef
    kind: str
    name: str
    number: str | None
    detail: str
    place: str = ""
    """The environment of the record; empty if there is only one environment."""


async def linked_records(services: Services, references: TypedReferences) -> Sequence[RecordRef]:
    """Return the records of the links in a text, without duplicates.

    Other links beside them do not matter. Raise `BadRequest` if there is no link to a record, or if one of the links is
    for a record of another organization.
    """
    links = [(address, services.links.parse(address)) for address in references.addresses]
    known = [link for _, link in links if link]
    if any(link is None and (not known or names_record(address)) for address, link in links):
        raise BadRequest(
            "This link does not open a record in your Dynamics 365 environment.",
            "Open the record, copy its address, and try again.",
        )
    records = [await named_record(services, link) for link in known]
    return list(dict.fromkeys(record for record in records if record))


async def named_record(services: Services, link: RecordLink) -> RecordRef | None:
    """Return the record if the link has the name or the number of its table, or else None."""
    table = link.table
    if table is None and link.type_code is not None:
        table = (await services.records.table_by_code(link.environment, link.type_code)).name
    return RecordRef(environment=link.environment, table=table, row_id=link.row_id) if table else None


def query_text(services: Services, text: str) -> str:
    """Return the text for the data of a button: the addresses of its records, and its words on one line."""
    references = parse_references(text)
    links = (services.links.parse(address) for address in references.addresses)
    addresses = (services.links.plain_url(link) for link in links if link)
    words = on_one_line(references.literal)
    return " ".join((*dict.fromkeys(list(addresses)[:MAX_CHOICES]), words)).strip()


async def find_named(
    services: Services,
    references: TypedReferences,
    person: Person,
    *,
    at_most: int,
    only: frozenset[str] = frozenset(),
    more: MoreColumns | None = None,
) -> Sequence[FoundRecord]:
    """Return the records with these numbers, or else those whose names contain the words.

    If words are left over that no record with a number explains, the numbers count as words. So nothing that the
    person named is left out silently. Raises what `search_everywhere` raises.
    """

    async def search(words: str, numbers: tuple[str, ...] = ()) -> Sequence[FoundRecord]:
        query = Query(words=words, numbers=numbers)
        return await search_everywhere(services, query, person, at_most=at_most, only=only, more=more)

    found = await search(references.literal, references.spellings)
    if references.spellings and len(found) >= at_most:
        # Records whose numbers only begin like this one may fill the list.
        found = [*await search("", references.spellings), *found]
    numbered = numbered_records(found, references) or with_number(found, references.literal)
    if numbered:
        return numbered
    others = [each for each in found if not _has_spelling(each, references.spellings)]
    if others or references.words in {references.literal, ""}:
        return others
    found = await search(references.words)
    return with_number(found, references.words) or found


def numbered_records(found: Sequence[FoundRecord], references: TypedReferences) -> Sequence[FoundRecord]:
    """Return the records with the numbers of the text, or none if a number or another word fits none of them."""
    groups = [_with_first_spelling(found, spellings) for spellings in references.numbers]
    records = list({each.record: each for group in groups for each in group}.values())
    known = " ".join(f"{each.name} {each.number or ''} {each.table.label}" for each in records)
    words = _comparable(known)
    return records if all(groups) and all(word in words for word in references.rest) else []


def with_number(found: Sequence[FoundRecord], number: str) -> Sequence[FoundRecord]:
    """Return the records whose number is the text."""
    return [each for each in found if each.number and _comparable(each.number) == _comparable(number)]


def _with_first_spelling(found: Sequence[FoundRecord], spellings: Sequence[str]) -> Sequence[FoundRecord]:
    matches = ([each for each in found if _has_spelling(each, [spelling])] for spelling in spellings)
    return next((match for match in matches if match), [])


def are_named_exactly(hits: Sequence[Hit], references: TypedReferences) -> bool:
    """Check whether the text names the records by link or by number, and not only by words of their names."""
    return bool(references.addresses) or all(_has_spelling(hit, references.spellings) for hit in hits)


def _has_spelling(found: FoundRecord | Hit, spellings: Sequence[str]) -> bool:
    """Check whether the number or the name of the record is one of the spellings."""
    names = {_comparable(found.number or ""), _comparable(found.name)}
    return any(spelling.casefold() in names for spelling in spellings)


def _comparable(text: str) -> str:
    return simple_form(text).casefold()


async def records_by_references(
    services: Services, references: TypedReferences, person: Person, *, begin: int = 0
) -> Sequence[Hit]:
    """Return the records whose numbers are in the text, or else those whose names contain its words.

    The result ends one record after the page that begins with the index, so that callers can see that there are more.
    """
    at_most = min(begin, _MAX_FOUND) + MAX_CHOICES + 1
    found = await find_named(services, references, person, at_most=at_most)
    return [_hit(services, each) for each in found[:at_most]]


async def newest_records(services: Services, person: Person) -> Sequence[Hit]:
    """Return the most recently changed records: a few of each table, the newest first."""
    records = await search_everywhere(services, Query(words=""), person, at_most=_NEWEST_PER_TABLE)
    newest = sorted(records, key=lambda found: found.changed_at, reverse=True)
    return [_hit(services, found) for found in newest[:_MAX_NEWEST]]


async def find_records(services: Services, person: Person, text: str) -> Sequence[Hit]:
    """Return records to choose from: those of links, those that match the words, or the newest without words."""
    references = parse_references(text)
    if not references.literal and not references.addresses:
        return await newest_records(services, person)
    records = await linked_records(services, references)
    if not records:
        return await records_by_references(services, references, person)
    hits = await asyncio.gather(*(find_one(services, record, person) for record in records))
    return [hit for hit in hits if hit]


async def find_one(services: Services, record: RecordRef, person: Person) -> Hit | None:
    """Return the record, or None if the person cannot read it or chats do not support its table."""
    found = await read_found(services, record, person)
    return _hit(services, found) if found else None


async def find_all(services: Services, records: Sequence[RecordRef], person: Person) -> Sequence[Hit]:
    """Return the records; raise `NotAllowed` if the person cannot read one of them."""
    hits = await asyncio.gather(*(find_one(services, record, person) for record in records))
    found = [hit for hit in hits if hit]
    if len(found) < len(records):
        raise record_hidden()
    return found


def _hit(services: Services, found: FoundRecord) -> Hit:
    status = found.table.columns.get(STATUS)
    return Hit(
        record=found.record,
        kind=found.table.label,
        name=found.name,
        number=found.number,
        detail=format_value(status, found.row.value(STATUS)) if status else "",
        place=found.record.environment if len(services.links.environments) > 1 else "",
    )
