"""Pages of chats, which scripts keep up to date."""

from http import HTTPStatus

from aiohttp import hdrs, web

from bot.sandbox.dataverse.odata.columns import parse_instant
from bot.sandbox.errors import DataverseError
from bot.sandbox.pages.chat_state import chat_name, chat_state, listed_chats
from bot.sandbox.pages.handlers import NOT_FOUND, errors_as_page
from bot.sandbox.pages.json_requests import json_response
from bot.sandbox.pages.links import path
from bot.sandbox.pages.rendering import page
from bot.sandbox.teams.people import DIRECTORY
from bot.sandbox.teams.sample_organization import TEAMS

_MAX_VERSION_DIGITS = 15


@errors_as_page
async def chats(request: web.Request) -> web.Response:
    """Show all chats, newest first, and a form for a new one."""
    teams = request.app[TEAMS]
    lines = [
        (path(request, "chat", chat=row.id), chat_name(teams, row), _utc_time(row.text("createdDateTime")))
        for row in teams.chats()
    ]
    channels = [
        (path(request, "chat", chat=str(each["id"])), each["name"])
        for each in listed_chats(teams)
        if each["kind"] == "channel"
    ]
    users = [each for each in DIRECTORY.values() if each.enabled]
    return page(request, "chats.html", {"lines": lines, "channels": channels, "users": users})


@errors_as_page
async def chat(request: web.Request) -> web.Response:
    """Show a chat or channel."""
    teams = request.app[TEAMS]
    conversation = teams.conversation(request.match_info["chat"])
    if conversation is None:
        raise DataverseError(HTTPStatus.NOT_FOUND, "0x80040217", NOT_FOUND)
    address = path(request, "chat", chat=conversation.id)
    return page(request, "chat.html", {"address": address, "list": path(request, "chats")})


async def state(request: web.Request) -> web.Response:
    """Return what a person sees of a chat, or 304 if nothing changed since the client's version."""
    teams = request.app[TEAMS]
    conversation = teams.conversation(request.match_info["chat"])
    if conversation is None:
        return json_response({"error": NOT_FOUND}, HTTPStatus.NOT_FOUND)
    person = _person(request)
    etag = f'"{teams.rows.version}{person and f" {person}"}"'
    if request.headers.get(hdrs.IF_NONE_MATCH) == etag:
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers={hdrs.ETAG: etag})
    shown = chat_state(teams, conversation, _version(request), person=person)
    return json_response(shown, headers={hdrs.ETAG: etag})


def _person(request: web.Request) -> str:
    """Return the Entra object ID of the person who looks at the chat, or an empty string for an unknown person."""
    user = DIRECTORY.get(request.query.get("person", ""))
    return user.id if user else ""


def _version(request: web.Request) -> int:
    text = request.query.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_VERSION_DIGITS else 0


def _utc_time(text: str) -> str:
    return f"{parse_instant(text):%Y-%m-%d %H:%M} UTC"
