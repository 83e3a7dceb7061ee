"""From a link, or a button that stands for one, to the record and what an administrator set for it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import NotAllowed, NotFound, NotSupported
from bot.domain.note_fields import note_columns
from bot.domain.record_links import RecordLink
from bot.domain.record_types import Disclosure, RecordType
from bot.domain.tables import Column, Table
from bot.domain.values import Person, RecordRef
from bot.features.shared import access
from bot.features.shared.access import AuthorizedUser, record_hidden
from bot.features.shared.answers import name_columns
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRecord:
    """A record of an enabled type; nobody has looked yet whether it is there."""

    record: RecordRef
    record_type: RecordType


async def resolve_link(services: Services, link: RecordLink, person: Person) -> LinkedRecord:
    """The record; raises `NotAllowed` while chats are off, `NotFound` or `NotSupported` for such a table.

    Where the link says nothing of the table, the record is looked for as the person: see `meant`.
    """
    record = _of(link, link.table) if link.table else await _unnamed(services, link, person)
    return LinkedRecord(
        record=record, record_type=await access.require_record_type(services, record.environment, record.table)
    )


async def resolve_record(services: Services, link: RecordLink, person: Person) -> RecordRef:
    """The record that a link or a button means.

    Where it does not say the table's name, nobody is told it who may not see the row: raises `NotAllowed` then.
    """
    if link.table:
        return _of(link, link.table)
    actor = await access.require_user(services, link.environment, person)
    for tables in await _candidates(services, link):
        found = await asyncio.gather(*(_looked_at(services, link, table, actor) for table in tables))
        record = next((each for each in found if each), None)
        if record:
            return record
    raise record_hidden()


async def linked_note_columns(
    services: Services, linked: LinkedRecord, table: Table, *, leave_out_secured: bool = False
) -> tuple[Column, ...]:
    """The columns that a note shows; none where the view for it is not there, for a card does without."""
    record = linked.record
    try:
        view = await services.records.note_view(record.environment, record.table, linked.record_type.note_view)
    except (NotFound, NotSupported):
        return ()
    return note_columns(view, table, leave_out_secured=leave_out_secured)


async def _unnamed(services: Services, link: RecordLink, person: Person) -> RecordRef:
    if link.type_code is not None:
        return _of(link, (await services.records.table_by_code(link.environment, link.type_code)).name)
    return await resolve_record(services, link, person)


async def _candidates(services: Services, link: RecordLink) -> Sequence[Sequence[str]]:
    """The tables that the row can be of, in the order in which it is looked for."""
    if link.type_code is not None:
        return [[(await services.records.table_by_code(link.environment, link.type_code)).name]]
    types = (await services.administration.record_types(link.environment)).values()
    enabled = [each for each in types if each.enabled]
    # A card names no table where nothing is told of its records, unless that was changed since.
    likely = [each.table for each in enabled if each.disclosure is Disclosure.NOTHING]
    return [likely, [each.table for each in enabled if each.table not in likely]]


async def _looked_at(services: Services, link: RecordLink, name: str, actor: AuthorizedUser) -> RecordRef | None:
    record = _of(link, name)
    try:
        table = await services.records.table(link.environment, name)
        await access.read_row_as(services, record, table, name_columns(table), actor)
    except (NotAllowed, NotFound):
        return None
    return record


def _of(link: RecordLink, table: str) -> RecordRef:
    return RecordRef(environment=link.environment, table=table, row_id=link.row_id)
