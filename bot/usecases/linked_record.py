"""From a link, or a button that stands for one, to the record and what an administrator set for it."""

from dataclasses import dataclass

from bot.domain.context_card import note_columns
from bot.domain.errors import NotFound, NotSupported
from bot.domain.record_links import RecordLink
from bot.domain.record_types import RecordType
from bot.domain.tables import Column, Table
from bot.domain.values import RecordRef
from bot.ports import Records
from bot.usecases.gates import Gates


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRecord:
    """A record of an enabled type; nobody has looked yet whether it is there."""

    record: RecordRef
    record_type: RecordType


@dataclass(frozen=True, slots=True, kw_only=True)
class FindLinkedRecord:
    """Finds what a link names."""

    records: Records
    gates: Gates

    async def __call__(self, link: RecordLink) -> LinkedRecord:
        """The record; raises `NotAllowed` while chats are off, `NotFound` or `NotSupported` for such a table."""
        name = link.table or (await self.records.table_by_code(link.environment, link.type_code or 0)).name
        record_type = await self.gates.record_type(link.environment, name)
        record = RecordRef(environment=link.environment, table=name, row_id=link.row_id)
        return LinkedRecord(record=record, record_type=record_type)

    async def note_columns(
        self, linked: LinkedRecord, table: Table, *, leave_out_secured: bool = False
    ) -> tuple[Column, ...]:
        """The columns that a note shows; none where the view for it is not there, for a card does without."""
        record = linked.record
        try:
            view = await self.records.note_view(record.environment, record.table, linked.record_type.note_view)
        except (NotFound, NotSupported):
            return ()
        return note_columns(view, table, leave_out_secured=leave_out_secured)
