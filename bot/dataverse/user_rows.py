"""Read facts about users ("SystemUser table reference", Dataverse developer guide)."""

import asyncio

from bot.dataverse.client import DataverseClient
from bot.dataverse.protocol import ROLE_PROPERTIES, parse_role
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.record_links import parse_guid
from bot.domain.rights import Role
from bot.domain.values import ObjectId, UserId


async def read_roles(client: DataverseClient, user: UserId) -> frozenset[Role]:
    """Return the user's security roles, directly assigned or through teams."""
    query = {"$select": ROLE_PROPERTIES}
    teams = {"$select": "teamid", "$expand": f"teamroles_association($select={ROLE_PROPERTIES})"}
    own, joined = await asyncio.gather(
        client.rows(f"systemusers({user})/systemuserroles_association", query),
        client.rows(f"systemusers({user})/teammembership_association", teams),
    )
    of_teams = [row for team in joined for row in team.get("teamroles_association") or ()]
    return frozenset(parse_role(row) for row in [*own, *of_teams] if isinstance(row, dict))


async def read_is_application_user(client: DataverseClient, user: UserId) -> bool:
    """Return whether the user has an application ID; False for an unknown user."""
    try:
        found = await client.get(f"systemusers({user})", {"$select": "applicationid"})
    except (NotFound, NotAllowed):
        return False
    return found.get("applicationid") is not None


async def read_object_id(client: DataverseClient, user: UserId) -> ObjectId | None:
    """Return the user's object ID in Entra."""
    try:
        found = await client.get(f"systemusers({user})", {"$select": "azureactivedirectoryobjectid"})
    except NotFound:
        return None
    person = parse_guid(str(found.get("azureactivedirectoryobjectid")))
    return ObjectId(person) if person else None
