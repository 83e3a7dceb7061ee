"""Changes of records on behalf of people ("Update and delete table rows", "CloseIncident Action")."""

from collections.abc import Mapping

from bot.dataverse.client import DataverseClient
from bot.dataverse.table_cache import TableCache
from bot.domain.tables import Raw
from bot.domain.values import EnvironmentId, ObjectId, RecordRef, UserId


class DataverseRecordWrites:
    """See `bot.ports.RecordWrites`."""

    def __init__(
        self, clients: Mapping[EnvironmentId, DataverseClient], tables: Mapping[EnvironmentId, TableCache]
    ) -> None:
        self._clients = clients
        self._tables = tables

    async def assign(self, record: RecordRef, owner: UserId, *, version: str, caller: ObjectId) -> None:
        """Makes the user the record's owner."""
        await self._update(record, {"ownerid@odata.bind": f"/systemusers({owner})"}, version, caller)

    async def change(self, record: RecordRef, values: Mapping[str, Raw], *, version: str, caller: ObjectId) -> None:
        """Sets these columns."""
        await self._update(record, values, version, caller)

    async def resolve(self, record: RecordRef, reason: int, words: str, *, caller: ObjectId) -> None:
        """Resolves a case. The action knows no condition: who looked at the version did so a moment before."""
        resolution = {
            "@odata.type": "Microsoft.Dynamics.CRM.incidentresolution",
            "subject": words,
            "incidentid@odata.bind": await self._path(record, "/"),
        }
        body = {"IncidentResolution": resolution, "Status": reason}
        await self._clients[record.environment].create("CloseIncident", body, caller=caller)

    async def _update(self, record: RecordRef, values: Mapping[str, object], version: str, caller: ObjectId) -> None:
        path = await self._path(record)
        await self._clients[record.environment].update(path, values, caller=caller, etag=version)

    async def _path(self, record: RecordRef, before: str = "") -> str:
        table = await self._tables[record.environment].get(record.table)
        return f"{before}{table.set_name}({record.row_id})"
