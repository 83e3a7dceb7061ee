"""Update records on behalf of users ("Update and delete table rows", "CloseIncident Action")."""

from collections.abc import Mapping

from bot.dataverse.client import DataverseClient
from bot.dataverse.table_cache import TableCache
from bot.domain.errors import BadRequest, Conflict
from bot.domain.tables import Raw
from bot.domain.values import EnvironmentId, ObjectId, RecordRef, UserId


class DataverseRecordWrites:
    """See `bot.ports.dataverse_writes.RecordWrites`."""

    def __init__(
        self, clients: Mapping[EnvironmentId, DataverseClient], tables: Mapping[EnvironmentId, TableCache]
    ) -> None:
        self._clients = clients
        self._tables = tables

    async def assign(self, record: RecordRef, owner: UserId, *, version: str, caller: ObjectId) -> None:
        """Make the user the owner of the record."""
        await self._update(record, {"ownerid@odata.bind": f"/systemusers({owner})"}, version, caller)

    async def update(self, record: RecordRef, values: Mapping[str, Raw], *, version: str, caller: ObjectId) -> None:
        """Set these columns."""
        await self._update(record, values, version, caller)

    async def resolve(self, record: RecordRef, reason: int, words: str, *, version: str, caller: ObjectId) -> None:
        """Resolve a case that still has this version; the action itself supports no condition.

        A concurrent change in between is not lost, because the action sets only state and reason. A change set could
        enforce the version, but it would have to write an unchanged column. That would trigger the organization's
        automation for the column, and the user would need the right to write it.
        """
        await self._require(record, version, caller)
        resolution = {
            "@odata.type": "Microsoft.Dynamics.CRM.incidentresolution",
            "subject": words,
            "incidentid@odata.bind": await self._path(record, "/"),
        }
        body = {"IncidentResolution": resolution, "Status": reason}
        try:
            await self._clients[record.environment].create("CloseIncident", body, caller=caller)
        except BadRequest:
            await self._require(record, version, caller)  # another user may just have closed it
            raise

    async def _require(self, record: RecordRef, version: str, caller: ObjectId) -> None:
        """Return if the row still has this version; raise `Conflict` otherwise."""
        table = await self._tables[record.environment].get(record.table)
        query = {"$select": table.primary_id}
        now = await self._clients[record.environment].get(await self._path(record), query, caller=caller)
        if now.get("@odata.etag") != version:
            raise Conflict("Someone changed this in Dynamics 365 at the same time.")

    async def _update(self, record: RecordRef, values: Mapping[str, object], version: str, caller: ObjectId) -> None:
        path = await self._path(record)
        await self._clients[record.environment].update(path, values, caller=caller, etag=version)

    async def _path(self, record: RecordRef, before: str = "") -> str:
        table = await self._tables[record.environment].get(record.table)
        return f"{before}{table.set_name}({record.row_id})"
