"""Rows by which Dynamics 365's own pane lists chats ("msdyn_teamschatassociation table reference")."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from bot.dataverse.client import DataverseClient
from bot.domain.chat_sync import MAX_CHAT_ID_LENGTH
from bot.domain.text_limits import truncate_utf16
from bot.domain.values import Connection, EnvironmentId

_SET = "msdyn_teamschatassociations"
_NAMES = UUID("3f0f4c7e-2a55-4e0e-8b8e-0a2c7d6f5b11")
_LONGEST_NAME = 100
"""In UTF-16 units."""
_ASSOCIATED, _DISASSOCIATED = 0, 1
"""Of `msdyn_entityrecordstate`."""


class DataverseTeamsAssociations:
    """See `bot.ports.dataverse_writes.TeamsAssociations`."""

    def __init__(self, clients: Mapping[EnvironmentId, DataverseClient]) -> None:
        self._clients = clients

    async def set_listed(self, connection: Connection, *, listed: bool) -> None:
        """Lists the chat with the record, or does so no more; the row's id follows from the two."""
        record = connection.record
        if len(connection.chat_id) > MAX_CHAT_ID_LENGTH:
            return  # there is no place for its id
        row = {
            "msdyn_teamschatassociationname": truncate_utf16(connection.record_name, _LONGEST_NAME),
            "msdyn_teamschatid": connection.chat_id,
            "msdyn_regardingobjectid": record.row_id,
            "msdyn_regardingobjectname": record.table,
            "msdyn_entityrecordstate": _ASSOCIATED if listed else _DISASSOCIATED,
        }
        key = uuid5(_NAMES, f"{record.table} {record.row_id} {connection.chat_id}")
        await self._clients[record.environment].upsert(f"{_SET}({key})", row)
