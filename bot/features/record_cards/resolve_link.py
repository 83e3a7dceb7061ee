"""From a link, or a button that stands for one, to the record and what an administrator set for it."""

from dataclasses import dataclass

from bot.domain.errors import NotFound, NotSupported
from bot.domain.note_fields import note_columns
from bot.domain.record_links import RecordLink
from bot.domain.record_types import RecordType
from bot.domain.tables import Column, Table
from bot.domain.values import Person, RecordRef
from bot.features.record_search.find_records import named_record
from bot.features.record_search.resolver import from_link
from bot.features.shared import access
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRecord:
    """A record of an enabled type; nobody has looked yet whether it is there."""

    record: RecordRef
    record_type: RecordType


async def resolve_link(services: Services, link: RecordLink, person: Person) -> LinkedRecord:
    """Return the record and its type.

    If the link lacks the table, search for the record as the person. Otherwise the caller reads it. Raise `NotAllowed`
    if chats are off, and `NotFound` or `NotSupported` if chats do not support the table.
    """
    record = await named_record(services, link) or await from_link(services, link, person)
    record_type = await access.require_record_type(services, record.environment, record.table)
    return LinkedRecord(record=record, record_type=record_type)


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
