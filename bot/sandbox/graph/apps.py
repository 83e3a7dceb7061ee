"""Installation of the bot's app in chats and in the team."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from bot.sandbox.graph.chats import require_chat
from bot.sandbox.graph.errors import bad_request, conflict, not_found
from bot.sandbox.graph.request import NO_CONTENT, GraphRequest, GraphResponse, collection
from bot.sandbox.graph.teams import require_team
from bot.sandbox.settings import CATALOG_ID
from bot.sandbox.teams.chats import has_app
from bot.sandbox.values import Json, JsonObject

_BIND = re.compile(r"https?://[^/]+/(?:.*/)?appCatalogs/teamsApps(?:\('([^']+)'\)|/([^/]+))")
_BY_MANIFEST = re.compile(r"externalId eq '([^']*)'")


async def list_catalog(request: GraphRequest) -> GraphResponse:
    """Return the apps in the organization's catalog, which contains only the bot's own."""
    by_manifest = _BY_MANIFEST.fullmatch(request.query.get("$filter", "").strip())
    app_id = request.teams.settings.app_id
    matches = by_manifest is None or by_manifest[1].lower() == app_id.lower()
    return collection(request, "appCatalogs/teamsApps", [_app(app_id)] if matches else [])


async def list_in_chat(request: GraphRequest) -> GraphResponse:
    """Return the apps in a chat."""
    return _installed_apps(request, require_chat(request).id)


async def list_in_team(request: GraphRequest) -> GraphResponse:
    """Return the apps in a team."""
    return _installed_apps(request, require_team(request))


async def install_in_chat(request: GraphRequest) -> GraphResponse:
    """Install the app in a chat with the permissions that its manifest requests."""
    return await _install(request, require_chat(request).id)


async def install_in_team(request: GraphRequest) -> GraphResponse:
    """Install the app in a team."""
    return await _install(request, require_team(request))


async def remove_from_chat(request: GraphRequest) -> GraphResponse:
    """Remove the app from a chat."""
    chat = require_chat(request)
    if request.path[3] != _installation_id(chat.id) or not has_app(request.teams.rows, chat.id):
        raise not_found("The installation")
    await request.teams.remove_app(chat.id)
    return NO_CONTENT


def _installed_apps(request: GraphRequest, chat_or_team_id: str) -> GraphResponse:
    installed = [_installation(request, chat_or_team_id)] if has_app(request.teams.rows, chat_or_team_id) else []
    return collection(request, "installedApps", installed)


async def _install(request: GraphRequest, chat_or_team_id: str) -> GraphResponse:
    bind = request.body.get("teamsApp@odata.bind")
    app_match = _BIND.fullmatch(bind) if isinstance(bind, str) else None
    if app_match is None or (app_match[1] or app_match[2]) != CATALOG_ID:
        raise not_found("The app")
    if _consented(request.body.get("consentedPermissionSet")) != set(request.teams.settings.app_permissions):
        raise bad_request("The consented permissions must match the app's manifest.")
    if has_app(request.teams.rows, chat_or_team_id):
        raise conflict("App has already been installed.")
    await request.teams.install(chat_or_team_id)
    return GraphResponse(status=HTTPStatus.CREATED)


def _consented(permission_set: Json) -> set[str]:
    """Return the names of the consented permissions."""
    entry_list = permission_set.get("resourceSpecificPermissions") if isinstance(permission_set, Mapping) else None
    entries = entry_list if isinstance(entry_list, list) else []
    return {str(each.get("permissionValue")) for each in entries if isinstance(each, Mapping)}


def _installation(request: GraphRequest, chat_or_team_id: str) -> JsonObject:
    return {"id": _installation_id(chat_or_team_id), "teamsApp": _app(request.teams.settings.app_id)}


def _installation_id(chat_or_team_id: str) -> str:
    return f"{chat_or_team_id}##{CATALOG_ID}".encode().hex()


def _app(app_id: str) -> JsonObject:
    return {
        "id": CATALOG_ID,
        "externalId": app_id,
        "displayName": "Chat Sync",
        "distributionMethod": "organization",
    }
