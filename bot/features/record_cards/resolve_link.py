"""Resolve the link of a card to a record and the settings of its type."""

from dataclasses import dataclass

from bot.domain.errors import NotFound, NotSupported
from bot.domain.note_fields import note_columns
from bot.domain.record_links import RecordLink
from bot.domain.record_types import Disclosure, RecordType
from bot.domain.tables import Column, Table
from bot.domain.values import EnvironmentId, Person, RecordRef
from bot.features.record_search.find_records import named_record
from bot.features.record_search.resolver import from_link
from bot.features.shared import access
from bot.features.shared.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRecord:
    """A record of an enabled type. It was not read and may not exist."""

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


async def disclosed_columns(
    services: Services, environment: EnvironmentId, record_type: RecordType, table: Table
) -> tuple[Column, ...]:
    """Return the columns of the note if the shared card shows them, or else none (spec U1)."""
    if record_type.disclosure is not Disclosure.FIELDS:
        return ()
    leave_out = record_type.leave_out_secured
    return await card_note_columns(services, environment, record_type, table, leave_out_secured=leave_out)


async def card_note_columns(
    services: Services,
    environment: EnvironmentId,
    record_type: RecordType,
    table: Table,
    *,
    leave_out_secured: bool = False,
) -> tuple[Column, ...]:
    """Return the columns of the note, or none if its view is missing, because a card works without them."""
    try:
        view = await services.records.note_view(environment, table.name, record_type.note_view)
    except (NotFound, NotSupported):
        return ()
    return note_columns(view, table, leave_out_secured=leave_out_secured)
