"""Which language somebody has chosen in Dynamics 365 (table `usersettings`, column `uilanguageid`)."""

from bot.dataverse.client import DataverseClient
from bot.domain.errors import BadRequest, NotAllowed, NotFound


async def read_language(client: DataverseClient, user: str) -> int | None:
    """The language's number (LCID); None where nothing is chosen, or the app may not know."""
    try:
        found = await client.get(f"usersettingscollection({user})", {"$select": "uilanguageid"})
    except (NotFound, NotAllowed, BadRequest):
        return None
    chosen = found.get("uilanguageid")
    return chosen if isinstance(chosen, int) and chosen > 0 else None
