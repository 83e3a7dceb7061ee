"""Installation of the bot's app in chats and in the team."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from bot.sandbox.graph.chats import found
from bot.sandbox.graph.errors import bad_request, conflict, not_found
from bot.sandbox.graph.request import NOTHING, Asked, Given, collection
from bot.sandbox.graph.teams import team
from bot.sandbox.settings import CATALOG_ID
from bot.sandbox.teams.chats import has_app
from bot.sandbox.values import Json, JsonObject

_BIND = re.compile(r"https?://[^/]+/(?:.*/)?appCatalogs/teamsApps(?:\('([^']+)'\)|/([^/]+))")
_BY_MANIFEST = re.compile(r"externalId eq '([^']*)'")


async def catalog(asked: Asked) -> Given:
    """Return the apps in the organization's catalog, which contains only the bot's own."""
    by_manifest = _BY_MANIFEST.fullmatch(asked.query.get("$filter", "").strip())
    own = asked.teams.settings.app_id
    known = by_manifest is None or by_manifest[1].lower() == own.lower()
    return collection(asked, "appCatalogs/teamsApps", [_app(own)] if known else [])


async def in_chat(asked: Asked) -> Given:
    """Return the apps in a chat."""
    return _listed(asked, found(asked).id)


async def in_team(asked: Asked) -> Given:
    """Return the apps in a team."""
    return _listed(asked, team(asked))


async def add_to_chat(asked: Asked) -> Given:
    """Install the app in a chat with the permissions that its manifest requests."""
    return await _add(asked, found(asked).id)


async def add_to_team(asked: Asked) -> Given:
    """Install the app in a team."""
    return await _add(asked, team(asked))


async def remove_from_chat(asked: Asked) -> Given:
    """Remove the app from a chat."""
    chat = found(asked)
    if asked.path[3] != _installation_id(chat.id) or not has_app(asked.teams.rows, chat.id):
        raise not_found("The installation")
    await asked.teams.uninstall(chat.id)
    return NOTHING


def _listed(asked: Asked, place: str) -> Given:
    there = [_installation(asked, place)] if has_app(asked.teams.rows, place) else []
    return collection(asked, "installedApps", there)


async def _add(asked: Asked, place: str) -> Given:
    bind = asked.body.get("teamsApp@odata.bind")
    bound = _BIND.fullmatch(bind) if isinstance(bind, str) else None
    if bound is None or (bound[1] or bound[2]) != CATALOG_ID:
        raise not_found("The app")
    if _consented(asked.body.get("consentedPermissionSet")) != set(asked.teams.settings.app_permissions):
        raise bad_request("The consented permissions must be those that the app's manifest asks.")
    if has_app(asked.teams.rows, place):
        raise conflict("App has already been installed.")
    await asked.teams.install(place)
    return Given(status=HTTPStatus.CREATED)


def _consented(given: Json) -> set[str]:
    """Return the names of the consented permissions."""
    rows = given.get("resourceSpecificPermissions") if isinstance(given, Mapping) else None
    listed = rows if isinstance(rows, list) else []
    return {str(each.get("permissionValue")) for each in listed if isinstance(each, Mapping)}


def _installation(asked: Asked, place: str) -> JsonObject:
    return {"id": _installation_id(place), "teamsApp": _app(asked.teams.settings.app_id)}


def _installation_id(place: str) -> str:
    return f"{place}##{CATALOG_ID}".encode().hex()


def _app(app_id: str) -> JsonObject:
    return {
        "id": CATALOG_ID,
        "externalId": app_id,
        "displayName": "Chat Sync",
        "distributionMethod": "organization",
    }
