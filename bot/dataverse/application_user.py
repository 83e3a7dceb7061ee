"""What the application user may do: where it may not, nobody may through it, whatever their own rights (spec S5)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import quote_literal
from bot.domain.errors import BadRequest, NotFound
from bot.domain.values import EnvironmentId, UserId

_NEEDED = frozenset({"Read", "Write"})
"""Types of privileges ("PrivilegeType EnumType") that are needed on every row of a table with connected chats."""
SYNC_PRIVILEGES = ("prvAppendActivity", "prvCreateActivity", "prvReadActivity", "prvWriteActivity")
"""What the rows need that show chats on timelines; table `chat` has the privileges of all activities."""
MIRROR_PRIVILEGES = (
    "prvCreatemsdyn_teamschatassociation",
    "prvReadmsdyn_teamschatassociation",
    "prvWritemsdyn_teamschatassociation",
)
"""What listing chats in Dynamics 365's own pane needs."""
_ATTACHED_TO = frozenset({"AppendTo"})
"""Needed on tables that those rows are about."""
_WHOLE_ORGANISATION = "Global"
_ALLOWED = 4
"""Of a column security profile ("FieldPermissionType")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPrivileges:
    """What the application user lacks for some tables."""

    privileges: Sequence[str] = ()
    """Names of those that it does not hold for the whole organisation."""
    columns: Sequence[str] = ()
    """Secured columns that it may not read, as `<table>.<column>`."""


class ApplicationUser:
    """The user as whom the app itself asks."""

    def __init__(self, clients: Mapping[EnvironmentId, DataverseClient]) -> None:
        self._clients = clients

    async def missing(self, environment: EnvironmentId, tables: Sequence[str]) -> MissingPrivileges:
        """What it lacks for these tables; those that are not there are left out."""
        client = self._clients[environment]
        user = await _own_user(client)
        there = await _definitions(client, tables)
        needed = sorted({name for each in there.values() for name in _named(each, _NEEDED)})
        secured = {name: f"{table}.{column}" for table, each in there.items() for name, column in _secured(each)}
        readable = await _readable_columns(client, user) if secured else frozenset()
        return MissingPrivileges(
            privileges=await _not_held(client, user, needed),
            columns=sorted(column for column_id, column in secured.items() if column_id not in readable),
        )

    async def missing_for_sync(
        self, environment: EnvironmentId, tables: Sequence[str], *, mirror: bool
    ) -> Sequence[str]:
        """Names of the privileges that it does not hold, without which chats are not shown on rows of these tables.

        `mirror`: whether they are listed in Dynamics 365's own pane too.
        """
        client = self._clients[environment]
        there = await _definitions(client, tables)
        needed = {name for each in there.values() for name in _named(each, _ATTACHED_TO)}
        return await _not_held(
            client, await _own_user(client), sorted({*needed, *SYNC_PRIVILEGES, *(MIRROR_PRIVILEGES if mirror else ())})
        )


async def _own_user(client: DataverseClient) -> UserId:
    return UserId(str((await client.get("WhoAmI")).get("UserId")))


async def _definitions(client: DataverseClient, tables: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Those of the tables that are there."""
    found = await asyncio.gather(*(_definition(client, name) for name in tables))
    return {name: each for name, each in zip(tables, found, strict=True) if each}


async def _not_held(client: DataverseClient, user: UserId, needed: Sequence[str]) -> Sequence[str]:
    depths = await asyncio.gather(*(_reaches_all(client, user, name) for name in needed))
    return [name for name, reaches in zip(needed, depths, strict=True) if not reaches]


async def _definition(client: DataverseClient, table: str) -> Mapping[str, Any] | None:
    columns = "Attributes($select=LogicalName,MetadataId,IsSecured)"
    query = {"$select": "LogicalName,Privileges", "$expand": columns}
    try:
        return await client.get(f"EntityDefinitions(LogicalName={quote_literal(table)})", query)
    except NotFound:
        return None


def _named(definition: Mapping[str, Any], types: frozenset[str]) -> Sequence[str]:
    """A table's privileges may be another one's: all activities have those of table `activitypointer`."""
    return [str(each.get("Name")) for each in _listed(definition, "Privileges") if each.get("PrivilegeType") in types]


def _secured(definition: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Id and name of each secured column."""
    columns = (each for each in _listed(definition, "Attributes") if each.get("IsSecured") is True)
    return [(str(each.get("MetadataId")).lower(), str(each.get("LogicalName"))) for each in columns]


async def _reaches_all(client: DataverseClient, user: UserId, privilege: str) -> bool:
    """Whether a role of the user's or of a team of theirs gives the privilege for the whole organisation."""
    function = f"RetrieveUserPrivilegeByPrivilegeName(PrivilegeName={quote_literal(privilege)})"
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
