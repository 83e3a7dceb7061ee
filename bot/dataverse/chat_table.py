"""Check the definition of table `chat` ("Chat table reference", "Activity party table reference")."""

import asyncio
from collections.abc import Sequence

from bot.dataverse.client import DataverseClient
from bot.domain.errors import NotFound

_COLUMNS = frozenset(
    {
        *("subject", "description", "teamschatid", "modifiedinteamson", "modifiedinteamsby"),
        *("regardingobjectid", "statecode", "statuscode"),
    }
)
_PARTIES = "chat_activity_parties"
_USER_LOOKUP = "partyid_systemuser"
_CHAT = "EntityDefinitions(LogicalName='chat')"
_PARTY = "EntityDefinitions(LogicalName='activityparty')"


async def missing_definitions(client: DataverseClient) -> Sequence[str]:
    """Return the names of required columns and relationships that do not exist."""
    try:
        found = await asyncio.gather(
            _columns(client),
            _names(client, f"{_CHAT}/OneToManyRelationships", "ReferencedEntityNavigationPropertyName"),
            _names(client, f"{_PARTY}/ManyToOneRelationships", "ReferencingEntityNavigationPropertyName"),
        )
    except NotFound:
        return ["chat"]
    return sorted({*_COLUMNS, _PARTIES, _USER_LOOKUP} - frozenset().union(*found))


async def _columns(client: DataverseClient) -> frozenset[str]:
    body = await client.get(_CHAT, {"$select": "LogicalName", "$expand": "Attributes($select=LogicalName)"})
    return frozenset(str(each.get("LogicalName")) for each in body.get("Attributes") or () if isinstance(each, dict))


async def _names(client: DataverseClient, path: str, name: str) -> frozenset[str]:
    return frozenset(str(each.get(name)) for each in await client.rows(path, {"$select": name}))
