"""The manifest's JSON ("App manifest schema for Teams"). Pure."""

from typing import Any
from urllib.parse import urlsplit

from bot.domain.surface import ACTIONS, CHAT_PERMISSIONS, USAGE

SCHEMA_VERSION = "1.19"
VERSION = "0.1.0"
"""Raised for every upload: Teams takes no other document under a version that it knows."""

ACCENT = "#24505E"
COLOR_ICON, OUTLINE_ICON = "color.png", "outline.png"

_LONGEST_COMMAND, _LONGEST_DESCRIPTION = 32, 128


def document(*, app_id: str, website: str) -> dict[str, Any]:
    """The manifest of the bot with this app id; `website` is the https address that says who runs it.

    Raises ValueError where the schema would refuse a value.
    """
    if urlsplit(website).scheme != "https" or not urlsplit(website).hostname:
        raise ValueError("the website must be an https address")
    schemas = "https://developer.microsoft.com/en-us/json-schemas/teams"
    return {
        "$schema": f"{schemas}/v{SCHEMA_VERSION}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA_VERSION,
        "version": VERSION,
        "id": app_id,
        "developer": {
            "name": "Chat Sync",
            "websiteUrl": website,
            "privacyUrl": f"{website.rstrip('/')}/privacy",
            "termsOfUseUrl": f"{website.rstrip('/')}/terms",
        },
        "name": {"short": "Chat Sync", "full": "Chat Sync for Dynamics 365"},
        "description": {
            "short": "Ties group chats to records of Dynamics 365",
            "full": (
                "Connect a group chat to a case, an account or another record of Dynamics 365. The chat gets a note "
                "about the record, and a card whenever a key field changes."
            ),
        },
        "icons": {"color": COLOR_ICON, "outline": OUTLINE_ICON},
        "accentColor": ACCENT,
        "bots": [
            {
                "botId": app_id,
                "scopes": ["personal", "groupChat", "team"],
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": [{"scopes": ["personal", "groupChat", "team"], "commands": _commands()}],
            }
        ],
        "composeExtensions": [{"botId": app_id, "commands": _actions()}],
        "permissions": ["identity", "messageTeamMembers"],
        # Teams wants the second of these, and reads it only of apps that sign people in.
        "webApplicationInfo": {"id": app_id, "resource": f"api://{app_id}"},
        "authorization": {
            "permissions": {"resourceSpecific": [{"name": name, "type": "Application"} for name in CHAT_PERMISSIONS]}
        },
        "defaultInstallScope": "groupChat",
        "defaultGroupCapability": {"groupchat": "bot", "team": "bot"},
    }


def _commands() -> list[dict[str, str]]:
    """The commands that Teams offers while somebody types."""
    return [
        {"title": command[:_LONGEST_COMMAND], "description": meaning[:_LONGEST_DESCRIPTION]}
        for command, (_, meaning) in USAGE.items()
    ]


def _actions() -> list[dict[str, Any]]:
    """The dialogs that the compose box offers."""
    return [
        {
            "id": dialog,
            "type": "action",
            "title": title[:_LONGEST_COMMAND],
            "description": meaning[:_LONGEST_DESCRIPTION],
            "context": ["compose", "commandBox"],
            "fetchTask": True,
        }
        for dialog, (title, meaning) in ACTIONS.items()
    ]
