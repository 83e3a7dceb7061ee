"""Resolve what a person wrote, linked, or selected to a record.

There is one function for each form of a reference:

- `from_text`: text that a person wrote, which has links, numbers, or words.
- `from_link`: a parsed link, which may lack the table.
- `from_action_data`: the data of a button, which has a link or text.

Other modules build on these functions. `choose_record` asks the person if several records match. `record_picker` reads
and fills the inputs of a page. `record_cards.resolve_link` adds the settings of the record type.

To resolve a record is not to permit anything. Callers check access before they show, read, or connect the record.
"""

import asyncio
from collections.abc import Sequence

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.record_links import RecordLink
from bot.domain.record_types import Disclosure
from bot.domain.typed_references import TypedReferences, parse_references
from bot.domain.values import Person, RecordRef
from bot.features.record_search.find_records import (
    Hit,
    find_all,
    linked_records,
    named_record,
    records_by_references,
)
from bot.features.record_search.search_tables import Query, search_everywhere
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser, record_hidden
from bot.features.shared.action_data import ActionData, parse_link, parse_offset
from bot.features.shared.answers import name_columns
from bot.features.shared.services import Services

QUERY = "named"
"""In the data of a button: the text that the person wrote. It is searched only when someone selects the button."""

Match = Hit | RecordRef
"""A record that the search read as the person, or one from a link or a button, which was not read."""


async def from_text(services: Services, text: str, person: Person, *, begin: int = 0) -> Sequence[Match]:
    """Return the records that the text names: those of its links, and those with its numbers, or else with its words.

    `begin`: as for `records_by_references`. The result is empty if nothing matches. It has several records if the
    text names several, or is ambiguous. Raise `BadRequest` if a link is not for a record, and `NotAllowed` if the
    person cannot read one of several records.
    """
    references = parse_references(text)
    linked = await linked_records(services, references)
    if not linked:
        return await records_by_references(services, references, person, begin=begin)
    beside = await _numbered(services, references, person) if references.numbers else []
    records = list(dict.fromkeys((*linked, *beside)))
    return records if len(records) == 1 else await find_all(services, records, person)


async def hits_from_text(services: Services, text: str, person: Person, *, begin: int = 0) -> Sequence[Hit]:
    """Return what `from_text` returns, but read all records."""
    matches = await from_text(services, text, person, begin=begin)
    linked = [match for match in matches if isinstance(match, RecordRef)]
    return [match for match in matches if isinstance(match, Hit)] + [*await find_all(services, linked, person)]


async def _numbered(services: Services, references: TypedReferences, person: Person) -> Sequence[RecordRef]:
    """Return the records whose numbers are written beside a link."""
    query = Query(words="", numbers=references.spellings)
    found = await search_everywhere(services, query, person, at_most=len(references.spellings))
    return [each.record for each in found]


async def from_link(services: Services, link: RecordLink, person: Person) -> RecordRef:
    """Return the record of a link or a button.

    If the link lacks the table name, search for the row as the person. Raise `NotAllowed` if the person cannot read
    it, because the table name would disclose something about a hidden record.
    """
    if link.table:
        return _record(link, link.table)
    actor = await access.require_user(services, link.environment, person)
    failures: list[BaseException] = []
    for tables in await _candidate_tables(services, link):
        found = await asyncio.gather(
            *(_readable_record(services, link, table, actor) for table in tables), return_exceptions=True
        )
        results = [each for each in found if each is not None]
        record = next((each for each in results if isinstance(each, RecordRef)), None)
        if record:
            return record
        failures.extend(each for each in results if isinstance(each, BaseException))
    raise failures[0] if failures else record_hidden()


async def from_action_data(services: Services, data: ActionData, person: Person) -> Sequence[Match]:
    """Return the record of a button, or the records that match the text in it.

    Raise `BadRequest` if the data has neither, and what `from_text` and `from_link` raise.
    """
    if data.get(QUERY):
        return await from_text(services, data[QUERY], person, begin=parse_offset(data))
    return [await from_link(services, parse_link(data, services.links), person)]


def match_record(match: Match) -> RecordRef:
    """Return the record of a match."""
    return match.record if isinstance(match, Hit) else match


async def _candidate_tables(services: Services, link: RecordLink) -> Sequence[Sequence[str]]:
    """Return the tables that may have the row, in groups that are searched one after the other."""
    numbered = await named_record(services, link)
    if numbered:
        return [[numbered.table]]
    record_types = (await services.administration.record_types(link.environment)).values()
    enabled = [record_type for record_type in record_types if record_type.enabled]
    # Cards omit the table if the record type discloses nothing, unless that setting changed later.
    likely = [record_type.table for record_type in enabled if record_type.disclosure is Disclosure.NOTHING]
    return [likely, [record_type.table for record_type in enabled if record_type.table not in likely]]


async def _readable_record(
    services: Services, link: RecordLink, table_name: str, actor: AuthorizedUser
) -> RecordRef | None:
    record = _record(link, table_name)
    try:
        table = await services.records.table(link.environment, table_name)
        await access.read_row_as(services, record, table, name_columns(table), actor)
    except (NotAllowed, NotFound):
        return None
    return record


def _record(link: RecordLink, table: str) -> RecordRef:
    return RecordRef(environment=link.environment, table=table, row_id=link.row_id)
