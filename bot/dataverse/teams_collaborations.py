"""Channels that Dynamics 365 connected to records itself ("msdyn_TeamsCollaboration table reference")."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import quote_literal
from bot.domain.directory import DynamicsChannel
from bot.domain.errors import BadRequest, NotAllowed, NotFound
from bot.domain.record_links import parse_guid
from bot.domain.values import ChatId, EnvironmentId, ObjectId, RecordRef
from bot.runtime.ttl_cache import TtlCache

_SET = "msdyn_teamscollaborations"
_COLUMNS = "msdyn_channelid,msdyn_groupid"
_MAX_CHANNELS = 20
_MAX_CHANNEL_ID = 100
_ABSENT_FOR = timedelta(hours=1)
"""Time until an environment without the table is asked again."""


class DataverseTeamsCollaborations:
    """See `bot.ports.dataverse.TeamsCollaborations`."""

    def __init__(self, clients: Mapping[EnvironmentId, DataverseClient], clock: Clock) -> None:
        self._clients = clients
        self._absent: TtlCache[EnvironmentId, bool] = TtlCache(clock, max_size=len(clients), ttl=_ABSENT_FOR)

    async def list_channels(self, record: RecordRef, *, caller: ObjectId) -> Sequence[DynamicsChannel]:
        """Return the channels that the caller may read; none if the environment has no such table."""
        if self._absent.get(record.environment):
            return ()
        query = {
            "$select": _COLUMNS,
            "$filter": f"regardingobjectid eq {record.row_id} and statecode eq 0"
            f" and regardingobjecttypename eq {quote_literal(record.table)}",
            "$top": str(_MAX_CHANNELS),
        }
        try:
            rows = await self._clients[record.environment].rows(_SET, query, caller=caller)
        except (NotFound, BadRequest):
            # The solution is not installed, or an older version lacks these columns.
            self._absent.put(record.environment, True)
            return ()
        except NotAllowed:
            return ()
        found = [channel for channel in map(_parse, rows) if channel]
        return list({channel.id: channel for channel in found}.values())


def _parse(row: Mapping[str, Any]) -> DynamicsChannel | None:
    """Parse a row. A row that cannot be read is skipped, because it must not hide the others."""
    channel, team = row.get("msdyn_channelid"), parse_guid(str(row.get("msdyn_groupid") or ""))
    if not isinstance(channel, str) or not channel or len(channel) > _MAX_CHANNEL_ID or team is None:
        return None
    return DynamicsChannel(id=ChatId(channel), team_id=team)
