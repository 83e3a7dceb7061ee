"""Rows by which Dynamics 365's own pane lists chats ("msdyn_teamschatassociation table reference")."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from bot.dataverse.client import DataverseClient
from bot.domain.chat_sync import LONGEST_CHAT_ID
from bot.domain.text_limits import cut
from bot.domain.values import Connection, EnvironmentId

_SET = "msdyn_teamschatassociations"
_NAMES = UUID("3f0f4c7e-2a55-4e0e-8b8e-0a2c7d6f5b11")
_LONGEST_NAME = 100
"""In UTF-16 units."""
_ASSOCIATED, _DISASSOCIATED = 0, 1
"""Of `msdyn_entityrecordstate`."""


class DataverseAssociations:
    """See `bot.ports.dataverse_writes.Associations`."""

    def __init__(self, clients: Mapping[EnvironmentId, DataverseClient]) -> None:
        self._clients = clients

    async def put(self, connection: Connection, *, live: bool) -> None:
        """Lists the chat with the record, or does so no more; the row's id follows from the two."""
        record = connection.record
        if len(connection.chat_id) > LONGEST_CHAT_ID:
            return  # there is no place for its id
        row = {
            "msdyn_teamschatassociationname": cut(connection.record_name, _LONGEST_NAME),
            "msdyn_teamschatid": connection.chat_id,
            "msdyn_regardingobjectid": record.row_id,
            "msdyn_regardingobjectname": record.table,
            "msdyn_entityrecordstate": _ASSOCIATED if live else _DISASSOCIATED,
        }
        key = uuid5(_NAMES, f"{record.table} {record.row_id} {connection.chat_id}")
        await self._clients[record.environment].upsert(f"{_SET}({key})", row)
