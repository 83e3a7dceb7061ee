"""Privileges of the application user: if it lacks one, no user can do the operation through it (spec S5)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import quote_literal
from bot.domain.errors import BadRequest, NotFound
from bot.domain.values import EnvironmentId, UserId

_PRIVILEGE_TYPES = frozenset({"Read", "Write"})
"""Types of privileges required on every row of a table with connected chats ("PrivilegeType EnumType")."""
SYNC_PRIVILEGES = ("prvAppendActivity", "prvCreateActivity", "prvReadActivity", "prvWriteActivity")
"""Required for the rows that show chats on timelines; table `chat` has the privileges of all activities."""
MIRROR_PRIVILEGES = (
    "prvCreatemsdyn_teamschatassociation",
    "prvReadmsdyn_teamschatassociation",
    "prvWritemsdyn_teamschatassociation",
)
"""Required for listing chats in the chat pane of Dynamics 365."""
_APPEND_TYPES = frozenset({"AppendTo"})
"""Types of privileges required on the tables that those rows are regarding."""
_WHOLE_ORGANIZATION = "Global"
_ALLOWED = 4
"""Value of a permission in a column security profile ("FieldPermissionType")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPrivileges:
    """The privileges and column permissions that the application user lacks for some tables."""

    privileges: Sequence[str] = ()
    """Names of privileges that it does not have for the whole organization."""
    columns: Sequence[str] = ()
    """Secured columns that it may not read, as `<table>.<column>`."""


class ApplicationUser:
    """The Dataverse user of the app."""

    def __init__(self, clients: Mapping[EnvironmentId, DataverseClient]) -> None:
        self._clients = clients

    async def missing(self, environment: EnvironmentId, tables: Sequence[str]) -> MissingPrivileges:
        """Return what the user lacks for these tables; ignore tables that do not exist."""
        client = self._clients[environment]
        user = await _own_user(client)
        definitions = await _definitions(client, tables)
        needed = sorted({name for each in definitions.values() for name in _privilege_names(each, _PRIVILEGE_TYPES)})
        secured = {
            name: f"{table}.{column}" for table, each in definitions.items() for name, column in _secured_columns(each)
        }
        readable = await _readable_columns(client, user) if secured else frozenset()
        return MissingPrivileges(
            privileges=await _missing(client, user, needed),
            columns=sorted(column for column_id, column in secured.items() if column_id not in readable),
        )

    async def missing_for_sync(
        self, environment: EnvironmentId, tables: Sequence[str], *, mirror: bool
    ) -> Sequence[str]:
        """Return the names of privileges that the user lacks for showing chats on rows of these tables.

        `mirror`: include the privileges for listing chats in the chat pane of Dynamics 365.
        """
        client = self._clients[environment]
        definitions = await _definitions(client, tables)
        needed = {name for each in definitions.values() for name in _privilege_names(each, _APPEND_TYPES)}
        return await _missing(
            client, await _own_user(client), sorted({*needed, *SYNC_PRIVILEGES, *(MIRROR_PRIVILEGES if mirror else ())})
        )


async def _own_user(client: DataverseClient) -> UserId:
    return UserId(str((await client.get("WhoAmI")).get("UserId")))


async def _definitions(client: DataverseClient, tables: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return the definitions of the tables that exist."""
    found = await asyncio.gather(*(_definition(client, name) for name in tables))
    return {name: each for name, each in zip(tables, found, strict=True) if each}


async def _missing(client: DataverseClient, user: UserId, needed: Sequence[str]) -> Sequence[str]:
    depths = await asyncio.gather(*(_has_for_organization(client, user, name) for name in needed))
    return [name for name, reaches in zip(needed, depths, strict=True) if not reaches]


async def _definition(client: DataverseClient, table: str) -> Mapping[str, Any] | None:
    columns = "Attributes($select=LogicalName,MetadataId,IsSecured)"
    query = {"$select": "LogicalName,Privileges", "$expand": columns}
    try:
        return await client.get(f"EntityDefinitions(LogicalName={quote_literal(table)})", query)
    except NotFound:
        return None


def _privilege_names(definition: Mapping[str, Any], types: frozenset[str]) -> Sequence[str]:
    """Return the names of a table's privileges, which it may share: all activities have those of `activitypointer`."""
    return [str(each.get("Name")) for each in _objects(definition, "Privileges") if each.get("PrivilegeType") in types]


def _secured_columns(definition: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return the ID and name of each secured column."""
    columns = (each for each in _objects(definition, "Attributes") if each.get("IsSecured") is True)
    return [(str(each.get("MetadataId")).lower(), str(each.get("LogicalName"))) for each in columns]


async def _has_for_organization(client: DataverseClient, user: UserId, privilege: str) -> bool:
    """Return whether a role of the user, or of a team of the user, grants the privilege for the whole organization."""
    function = f"RetrieveUserPrivilegeByPrivilegeName(PrivilegeName={quote_literal(privilege)})"
    try:
        found = await client.get(f"systemusers({user})/Microsoft.Dynamics.CRM.{function}")
    except BadRequest:
        return False
    return any(each.get("Depth") == _WHOLE_ORGANIZATION for each in _objects(found, "RolePrivileges"))


async def _readable_columns(client: DataverseClient, user: UserId) -> frozenset[str]:
    """Return the IDs of secured columns that the profiles of the user, or of a team of the user, allow to read."""
    function = "Microsoft.Dynamics.CRM.RetrievePrincipalAttributePrivileges()"
    found = _objects(await client.get(f"systemusers({user})/{function}"), "AttributePrivileges")
    return frozenset(str(each.get("AttributeId")).lower() for each in found if each.get("CanRead") == _ALLOWED)


def _objects(body: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    listed = body.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
