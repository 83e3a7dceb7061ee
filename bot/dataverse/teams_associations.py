"""Rows that list chats in the chat pane of Dynamics 365 ("msdyn_teamschatassociation table reference")."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from bot.dataverse.client import DataverseClient
from bot.domain.chat_sync import MAX_CHAT_ID_LENGTH
from bot.domain.text_limits import truncate_utf16
from bot.domain.values import Connection, EnvironmentId

_SET = "msdyn_teamschatassociations"
_NAMESPACE = UUID("3f0f4c7e-2a55-4e0e-8b8e-0a2c7d6f5b11")
_MAX_NAME = 100
"""Maximum length in UTF-16 units."""
_ASSOCIATED, _DISASSOCIATED = 0, 1
"""Values of `msdyn_entityrecordstate`."""


class DataverseTeamsAssociations:
    """See `bot.ports.dataverse_writes.TeamsAssociations`."""

    def __init__(self, clients: Mapping[EnvironmentId, DataverseClient]) -> None:
        self._clients = clients

    async def set_listed(self, connection: Connection, *, listed: bool) -> None:
        """List or unlist the chat for the record. The row's ID is derived from both."""
        record = connection.record
        if len(connection.chat_id) > MAX_CHAT_ID_LENGTH:
            return  # the ID does not fit into its column
        row = {
            "msdyn_teamschatassociationname": truncate_utf16(connection.record_name, _MAX_NAME),
            "msdyn_teamschatid": connection.chat_id,
            "msdyn_regardingobjectid": record.row_id,
            "msdyn_regardingobjectname": record.table,
            "msdyn_entityrecordstate": _ASSOCIATED if listed else _DISASSOCIATED,
        }
        key = uuid5(_NAMESPACE, f"{record.table} {record.row_id} {connection.chat_id}")
        await self._clients[record.environment].upsert(f"{_SET}({key})", row)
