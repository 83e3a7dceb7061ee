"""What the application user may do: where it may not, nobody may through it, whatever their own rights (spec S5)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import literal
from bot.domain.errors import BadRequest, NotFound
from bot.domain.values import EnvironmentId, UserId

_NEEDED = frozenset({"Read", "Write"})
"""Types of privileges ("PrivilegeType EnumType") that are needed on every row of a table with connected chats."""
_WHOLE_ORGANISATION = "Global"
_ALLOWED = 4
"""Of a column security profile ("FieldPermissionType")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What the application user lacks for some tables."""

    privileges: Sequence[str] = ()
    """Names of those that it does not hold for the whole organisation."""
    columns: Sequence[str] = ()
    """Secured columns that it may not read, as `<table>.<column>`."""


class ApplicationUser:
    """The user as whom the app itself asks."""

    def __init__(self, clients: Mapping[EnvironmentId, DataverseClient]) -> None:
        self._clients = clients

    async def lacks(self, environment: EnvironmentId, tables: Sequence[str]) -> Lacking:
        """What it lacks for these tables; those that are not there are left out."""
        client = self._clients[environment]
        user = UserId(str((await client.get("WhoAmI")).get("UserId")))
        found = await asyncio.gather(*(_definition(client, name) for name in tables))
        there = {name: each for name, each in zip(tables, found, strict=True) if each}
        needed = sorted({name for each in there.values() for name in _needed(each)})
        depths = await asyncio.gather(*(_reaches_all(client, user, name) for name in needed))
        secured = {name: f"{table}.{column}" for table, each in there.items() for name, column in _secured(each)}
        readable = await _readable_columns(client, user) if secured else frozenset()
        return Lacking(
            privileges=[name for name, reaches in zip(needed, depths, strict=True) if not reaches],
            columns=sorted(column for column_id, column in secured.items() if column_id not in readable),
        )


async def _definition(client: DataverseClient, table: str) -> Mapping[str, Any] | None:
    columns = "Attributes($select=LogicalName,MetadataId,IsSecured)"
    query = {"$select": "LogicalName,Privileges", "$expand": columns}
    try:
        return await client.get(f"EntityDefinitions(LogicalName={literal(table)})", query)
    except NotFound:
        return None


def _needed(definition: Mapping[str, Any]) -> Sequence[str]:
    """A table's privileges may be another one's: all activities have those of table `activitypointer`."""
    return [str(each.get("Name")) for each in _listed(definition, "Privileges") if each.get("PrivilegeType") in _NEEDED]


def _secured(definition: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Id and name of each secured column."""
    columns = (each for each in _listed(definition, "Attributes") if each.get("IsSecured") is True)
    return [(str(each.get("MetadataId")).lower(), str(each.get("LogicalName"))) for each in columns]


async def _reaches_all(client: DataverseClient, user: UserId, privilege: str) -> bool:
    """Whether a role of the user's or of a team of theirs gives the privilege for the whole organisation."""
    function = f"RetrieveUserPrivilegeByPrivilegeName(PrivilegeName={literal(privilege)})"
    try:
        found = await client.get(f"systemusers({user})/Microsoft.Dynamics.CRM.{function}")
    except BadRequest:
        return False
    return any(each.get("Depth") == _WHOLE_ORGANISATION for each in _listed(found, "RolePrivileges"))


async def _readable_columns(client: DataverseClient, user: UserId) -> frozenset[str]:
    """The ids of secured columns that the user's profiles, or those of a team of theirs, let them read."""
    function = "Microsoft.Dynamics.CRM.RetrievePrincipalAttributePrivileges()"
    found = _listed(await client.get(f"systemusers({user})/{function}"), "AttributePrivileges")
    return frozenset(str(each.get("AttributeId")).lower() for each in found if each.get("CanRead") == _ALLOWED)


def _listed(body: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    listed = body.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
