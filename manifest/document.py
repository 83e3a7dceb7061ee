"""The manifest as JSON ("App manifest schema for Teams"). Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.extension_names import ACTIONS, SEARCH, SEARCH_TITLE, SEARCHES
from bot.domain.public_names import USAGE, Command, chat_permissions
from manifest.languages import LANGUAGES, file_name, translate
from manifest.options import PackageOptions
from manifest.regions import ALL_REGIONS

SCHEMA_VERSION = "1.29"
"""Schema version. 1.29 is the first with slash commands and targeted messages ("App manifest schema for Teams")."""

_SCHEMAS = f"https://developer.microsoft.com/en-us/json-schemas/teams/v{SCHEMA_VERSION}"

COMMAND_LISTS: Mapping[str, Sequence[Command]] = {
    # A list has twelve commands at most.
    "mention": tuple(each for each in USAGE if each is not Command.MUTE),
    "slash": (
        Command.MUTE,
        Command.NOTIFICATIONS,
        Command.STATUS,
        Command.RECORDS,
        Command.CHATS,
        Command.HELP,
    ),
}
"""Commands by the trigger after which Teams suggests them. All of them can be typed everywhere."""

PANE_TAB = "pane"
"""Entity ID of the tab, which links into the tab contain. It must never change."""
PANE_TAB_PATH = "/pane?host=teams"
_LANGUAGE = "&language={app.locale}"
"""Query of the tab's content, in which Teams replaces the placeholder with the language of its client."""
TAB_NAME = "Chats and records"

ACCENT = "#24505E"
COLOR_ICON, OUTLINE_ICON = "color.png", "outline.png"


def document(given: PackageOptions) -> dict[str, Any]:
    """Return the manifest."""
    return {
        "$schema": f"{_SCHEMAS}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA_VERSION,
        "version": given.version,
        "id": given.app_id,
        "developer": {
            "name": "Chat Sync",
            "websiteUrl": given.website,
            "privacyUrl": f"{given.website}/privacy",
            "termsOfUseUrl": f"{given.website}/terms",
        },
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "additionalLanguages": [{"languageTag": each, "file": file_name(each)} for each in LANGUAGES],
        },
        "name": {"short": "Chat Sync", "full": "Chat Sync for Dynamics 365"},
        "description": {
            "short": "Connect group chats to Dynamics 365 records",
            "full": (
                "Connect a group chat to a case, an account, or another Dynamics 365 record. The chat gets a note "
                "about the record, and a card whenever a key field changes."
            ),
        },
        "icons": {"color": COLOR_ICON, "outline": OUTLINE_ICON},
        "accentColor": ACCENT,
        "bots": [
            {
                "botId": given.app_id,
                "scopes": ["personal", "groupChat", "team"],
                "supportsFiles": False,
                "isNotificationOnly": False,
                "supportsTargetedMessages": True,
                "commandLists": [_command_list(trigger, names) for trigger, names in COMMAND_LISTS.items()],
            }
        ],
        "composeExtensions": [_extension(given)],
        "staticTabs": _tabs(given),
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [given.domain],
        # The tabs sign people in with a token for this resource, which must be the Application ID URI.
        "webApplicationInfo": {
            "id": given.sign_in_app_id,
            "resource": f"api://{given.domain}/{given.sign_in_app_id}",
        },
        "authorization": {"permissions": {"resourceSpecific": _permissions(given)}},
        "defaultInstallScope": "groupChat",
        "defaultGroupCapability": {"groupchat": "bot", "team": "bot"},
    }


def _tabs(given: PackageOptions) -> list[dict[str, Any]]:
    """Return the tabs: the chat with the bot first, then the pane, also in group chats.

    The addresses name no chat and no person, because they end up in logs. The page asks Teams for them.
    """
    address = f"https://{given.domain}{PANE_TAB_PATH}"
    return [
        {"entityId": "conversations", "scopes": ["personal"]},
        {
            "entityId": PANE_TAB,
            "name": TAB_NAME,
            "contentUrl": f"{address}{_LANGUAGE}",
            "websiteUrl": address,
            "scopes": ["personal", "groupChat"],
        },
    ]


def _permissions(given: PackageOptions) -> list[dict[str, str]]:
    """Return the permissions to which people consent when they add the app to a chat."""
    names = chat_permissions(message_events=given.message_events)
    return [{"name": name, "type": "Application"} for name in names]


def _command_list(trigger: str, names: Sequence[Command]) -> dict[str, Any]:
    """Return the commands that Teams suggests after a mention of the bot, or after a slash."""
    commands = [{"title": each, "description": USAGE[each][1]} for each in names]
    return {"scopes": ["personal", "groupChat", "team"], "triggers": [trigger], "commands": commands}


def language_file(manifest: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return the manifest's texts in one of `LANGUAGES`."""
    return translate(manifest, LANGUAGES[language], f"{_SCHEMAS}/MicrosoftTeams.Localization.schema.json")


def _extension(given: PackageOptions) -> dict[str, Any]:
    """Return the compose extension: the compose box, the message menu, and pasted links."""
    links = {"domains": list(given.environments or ALL_REGIONS), "supportsAnonymizedPayloads": True}
    return {
        "botId": given.app_id,
        "canUpdateConfiguration": False,
        "commands": _extension_commands(),
        "messageHandlers": [{"type": "link", "value": links}],
    }


def _extension_commands() -> list[dict[str, Any]]:
    """Return the commands of the compose box: the search, which Teams requires first, and the dialogs."""
    search = {
        "id": SEARCH,
        "type": "query",
        "title": SEARCH_TITLE,
        "description": "Find a record and insert its card into the chat",
        "context": ["compose", "commandBox"],
        "initialRun": True,
        "parameters": [
            {"name": name, "title": title, "description": "Name or number", "inputType": "text"}
            for name, title in SEARCHES.items()
        ],
    }
    actions = (
        {
            "id": dialog,
            "type": "action",
            "title": action.title,
            "description": action.meaning,
            "context": list(action.contexts),
            "fetchTask": True,
        }
        for dialog, action in ACTIONS.items()
    )
    return [search, *actions]
