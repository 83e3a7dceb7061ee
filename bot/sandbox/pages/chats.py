"""Pages of chats, with the messages that the bot posted."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from aiohttp import web

from bot.sandbox.dataverse.odata.columns import parse_instant
from bot.sandbox.errors import DataverseError
from bot.sandbox.pages.handlers import NOT_FOUND, errors_as_page
from bot.sandbox.pages.links import path
from bot.sandbox.pages.rendering import page
from bot.sandbox.teams.channels import find_channel
from bot.sandbox.teams.chats import find_chat, has_app, messages_of, people_in
from bot.sandbox.teams.sample_organization import TEAMS, SampleOrganization
from bot.sandbox.values import Json, Row

# Clients replace these with the reader's local time.
_LOCAL_TIME = re.compile(r"\{\{DATE\(([^,)]{1,40})[^)]{0,40}\)\}\} \{\{TIME\([^)]{0,40}\)\}\}")
_CHILDREN = ("body", "items", "columns", "actions", "facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as text, with its lines and button titles."""

    at: str
    summary: str
    lines: tuple[str, ...]
    buttons: tuple[str, ...]


@errors_as_page
async def chats(request: web.Request) -> web.Response:
    """Show all chats, newest first."""
    teams = request.app[TEAMS]
    lines = [
        (path(request, "chat", chat=row.id), _name(teams, row), _utc_time(row.text("createdDateTime")))
        for row in teams.chats()
    ]
    return page(request, "chats.html", {"lines": lines})


@errors_as_page
async def chat(request: web.Request) -> web.Response:
    """Show a chat or channel with its members and the bot's messages."""
    teams, conversation = request.app[TEAMS], request.match_info["chat"]
    row, channel = find_chat(teams.rows, conversation), find_channel(conversation)
    if row is None and channel is None:
        raise DataverseError(HTTPStatus.NOT_FOUND, "0x80040217", NOT_FOUND)
    name = _name(teams, row) if row else f"Channel {channel.name}" if channel else ""
    return page(
        request,
        "chat.html",
        {
            "name": name,
            "conversation": conversation,
            "members": [each.name for each in people_in(teams.rows, conversation)],
            "has_app": teams.team_has_app() if channel else has_app(teams.rows, conversation),
            "posts": [_message(each) for each in messages_of(teams.rows, conversation)],
            "list": path(request, "chats"),
        },
    )


def _name(teams: SampleOrganization, chat_row: Row) -> str:
    """Return the topic, or the members' names as Teams shows them."""
    names = [each.name for each in people_in(teams.rows, chat_row.id)]
    return chat_row.text("topic") or ", ".join(names[:3]) or chat_row.id


def _utc_time(text: str) -> str:
    return f"{parse_instant(text):%Y-%m-%d %H:%M} UTC"


def _message(row: Row) -> Message:
    card = orjson.loads(row.text("card")) if row.text("card") else {}
    parts = list(_parts(card))
    return Message(
        at=_utc_time(row.text("at")),
        summary=row.text("summary"),
        lines=tuple(line for line in (_line(part) for part in parts) if line),
        buttons=tuple(str(part["title"]) for part in parts if str(part.get("type", "")).startswith("Action.")),
    )


def _parts(part: Json) -> Iterator[Mapping[str, Json]]:
    """Yield the card's elements from top to bottom."""
    if isinstance(part, Mapping):
        yield part
        for name in _CHILDREN:
            yield from _parts(part.get(name))
    elif isinstance(part, list):
        for each in part:
            yield from _parts(each)


def _line(part: Mapping[str, Json]) -> str:
    if part.get("type") == "TextBlock":
        return _LOCAL_TIME.sub(r"\1", str(part.get("text", "")))
    return f"{part['title']}: {part['value']}" if "title" in part and "value" in part else ""
