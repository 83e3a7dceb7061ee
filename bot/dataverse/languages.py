"""Languages of users and of the environment in Dynamics 365 (tables `usersettings` and `organization`)."""

from collections.abc import Mapping
from typing import Any

from bot.dataverse.client import DataverseClient
from bot.domain.errors import BadRequest, NotAllowed, NotFound
from bot.domain.user_formats import NO_LANGUAGES, UserLanguages

_UNREADABLE = (NotFound, NotAllowed, BadRequest)


async def read_languages(client: DataverseClient, user: str) -> UserLanguages:
    """Return the user's languages; none if they are not set, or if the app may not read them."""
    try:
        found = await client.get(f"usersettingscollection({user})", {"$select": "uilanguageid,localeid"})
    except _UNREADABLE:
        return NO_LANGUAGES
    return UserLanguages(words=_lcid(found, "uilanguageid"), formats=_lcid(found, "localeid"))


async def read_base_language(client: DataverseClient) -> int | None:
    """Return the base language of the environment (LCID); None if the app may not read it."""
    try:
        rows = await client.rows("organizations", {"$select": "languagecode"})
    except _UNREADABLE:
        return None
    return _lcid(rows[0], "languagecode") if rows else None


def _lcid(row: Mapping[str, Any], column: str) -> int | None:
    """Return a language's number; None for zero, which means the base language."""
    value = row.get(column)
    return value if isinstance(value, int) and value > 0 else None
