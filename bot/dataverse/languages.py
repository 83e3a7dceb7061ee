"""Language settings of users in Dynamics 365 (table `usersettings`, column `uilanguageid`)."""

from bot.dataverse.client import DataverseClient
from bot.domain.errors import BadRequest, NotAllowed, NotFound


async def read_language(client: DataverseClient, user: str) -> int | None:
    """Return the user's language (LCID); None if it is not set, or if the app may not read it."""
    try:
        found = await client.get(f"usersettingscollection({user})", {"$select": "uilanguageid"})
    except (NotFound, NotAllowed, BadRequest):
        return None
    chosen = found.get("uilanguageid")
    return chosen if isinstance(chosen, int) and chosen > 0 else None
