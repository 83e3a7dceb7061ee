"""Notes and tasks regarding a record (Dataverse developer guide, "Create a table row using the Web API")."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.dataverse.client import DataverseClient
from bot.dataverse.table_cache import TableCache
from bot.domain.errors import NotSupported
from bot.domain.saved_message import MessageForm, SavedMessage
from bot.domain.values import EnvironmentId, ObjectId, RecordRef


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A table whose rows are regarding records, and its columns."""

    table: str
    record: str
    title: str
    body: str


NOTE_AND_TASK_PRIVILEGES = ("prvCreateNote", "prvAppendNote", "prvCreateActivity", "prvAppendActivity")
"""Privileges that the application user needs so that users can save messages ("Security role and privilege reference").
"""

_KINDS = {
    MessageForm.NOTE: _Kind(table="annotation", record="objectid", title="subject", body="notetext"),
    MessageForm.TASK: _Kind(table="task", record="regardingobjectid", title="subject", body="description"),
}


class DataverseNotesAndTasks:
    """See `bot.ports.dataverse_writes.NotesAndTasks`."""

    def __init__(
        self, clients: Mapping[EnvironmentId, DataverseClient], tables: Mapping[EnvironmentId, TableCache]
    ) -> None:
        self._clients = clients
        self._tables = tables

    async def create(self, record: RecordRef, row_id: str, message: SavedMessage, *, caller: ObjectId) -> None:
        """Create the note or task with this ID on behalf of the caller."""
        kind, tables = _KINDS[message.form], self._tables[record.environment]
        navigation = await _navigation(tables, kind, record.table)
        if navigation is None:
            raise _not_supported(message.form)
        rows, target = await tables.get(kind.table), await tables.get(record.table)
        body = rows.columns.get(kind.body)
        values = {
            kind.title: message.title,
            kind.body: message.stored_text(is_rich=body is not None and body.rich_text),
            f"{navigation}@odata.bind": f"/{target.set_name}({record.row_id})",
        }
        path = f"{rows.set_name}({row_id})"
        await self._clients[record.environment].upsert(path, values, caller=caller, only_new=True)


def _not_supported(form: MessageForm) -> NotSupported:
    if form is MessageForm.TASK:
        return NotSupported("Records of this type cannot have tasks.", "Choose the other option.")
    return NotSupported("Records of this type cannot have notes.", "Choose the other option.")


async def _navigation(tables: TableCache, kind: _Kind, table: str) -> str | None:
    """Return the navigation property to a record of the table, which only metadata knows."""
    lookups = await tables.lookups(kind.table)
    return next((each.navigation for each in lookups if (each.column, each.table) == (kind.record, table)), None)
