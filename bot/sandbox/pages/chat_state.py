"""The state of a chat as JSON: its members and its messages, or only the messages that changed."""

from collections.abc import Mapping, Sequence

from orjson import Fragment

from bot.sandbox.teams.channels import TEAM_ID, TEAM_MEMBERS, TEAM_NAME, all_channels, find_channel
from bot.sandbox.teams.chats import (
    Conversation,
    find_chat,
    has_app,
    is_visible,
    messages_of,
    people_in,
)
from bot.sandbox.teams.people import DIRECTORY, SampleUser
from bot.sandbox.teams.sample_organization import SampleOrganization
from bot.sandbox.values import Json, JsonObject, Row

MAX_LISTED_CHATS = 50


def chat_state(
    teams: SampleOrganization, conversation: Conversation, after: int, *, person: str = ""
) -> Mapping[str, object]:
    """Return the state of a chat with the messages that this person sees and that changed after this version.

    The first request, with the version 0, also gets what never changes: the directory and the app's commands.
    """
    now = teams.now()
    messages = [row for row in reversed(messages_of(teams.rows, conversation.id)) if is_visible(row, person, now)]
    since = after if after <= teams.rows.version else 0
    return {
        "version": teams.rows.version,
        "chat": _chat(teams, conversation),
        "chats": listed_chats(teams),
        "numbers": [row.number("number") for row in messages],
        "messages": [_message(row) for row in messages if row.version > since],
        **({} if after else {"people": [_person(each) for each in DIRECTORY.values()], "app": _app(teams)}),
    }


def chat_name(teams: SampleOrganization, chat: Row) -> str:
    """Return the topic, or the members' names as Teams shows them."""
    names = [each.name for each in people_in(teams.rows, chat.id)]
    if chat.text("chatType") == "oneOnOne":
        return f"{chat.text('botName')} – {', '.join(names)}"
    return chat.text("topic") or ", ".join(names[:3]) or chat.id


def listed_chats(teams: SampleOrganization) -> Sequence[JsonObject]:
    """Return the newest chats, and then the team's channels."""
    chats: list[JsonObject] = [
        {"id": row.id, "name": chat_name(teams, row), "kind": row.text("chatType"), "at": row.text("createdDateTime")}
        for row in teams.chats()[:MAX_LISTED_CHATS]
    ]
    channels: list[JsonObject] = [
        {"id": each.id, "name": f"{TEAM_NAME} – {each.name}", "kind": "channel", "at": ""}
        for each in all_channels(teams.rows)
    ]
    return [*chats, *channels]


def _chat(teams: SampleOrganization, conversation: Conversation) -> JsonObject:
    row, channel = find_chat(teams.rows, conversation.id), find_channel(teams.rows, conversation.id)
    members = [each.id for each in people_in(teams.rows, conversation.id)]
    return {
        "id": conversation.id,
        "name": chat_name(teams, row) if row else f"{TEAM_NAME} – {channel.name}" if channel else "",
        "topic": row.text("topic") if row else "",
        "kind": conversation.kind,
        "bot": {"id": conversation.bot_id, "name": conversation.bot_name},
        "hasApp": has_app(teams.rows, TEAM_ID if channel else conversation.id),
        "isOwn": teams.is_own(conversation),
        "members": [each for each in members if not channel or each in TEAM_MEMBERS],
    }


def _person(user: SampleUser) -> JsonObject:
    return {"id": user.id, "account": user.account, "name": user.name, "title": user.title, "enabled": user.enabled}


def _message(row: Row) -> Mapping[str, object]:
    card = row.text("card")
    return {
        "number": row.number("number"),
        "version": row.version,
        "at": row.text("at"),
        # Messages of older versions of the file have neither a text nor an author.
        "author": row.text("author"),
        "text": row.text("text") or ("" if card else row.text("summary")),
        "card": Fragment(card) if card else None,
        "replyTo": row.number("replyTo"),
        "edited": row.values.get("edited") is True,
        "deleted": row.values.get("deleted") is True,
        "private": bool(row.text("addressee")),
    }


def _app(teams: SampleOrganization) -> JsonObject:
    """Return the commands in the manifest."""
    manifest = teams.settings.manifest
    return {
        "name": "Chat Sync",
        "extension": _first(manifest.get("composeExtensions"), "commands"),
        "commands": _first(_first(manifest.get("bots"), "commandLists"), "commands"),
    }


def _first(listed: Json, name: str) -> Json:
    """Return the value with this name of the list's first object, or an empty list."""
    first = listed[0] if isinstance(listed, list) and listed else None
    return first.get(name, []) if isinstance(first, Mapping) else []
