"""Routes of the tab in a group chat: its records, and whether the page shows what is stored (spec P5)."""

from http import HTTPStatus

from aiohttp import web

from bot.domain.errors import ChatSyncError
from bot.features.pane.chat_view import CHAT_PAGE_SIZE, chat_view, is_chat_outdated
from bot.features.shared.answer_in_time import answer_in_time
from bot.pane.chat_values import chat_values
from bot.pane.requests import counted
from bot.pane.responses import json_answer


async def view(request: web.Request) -> web.Response:
    """Return the records of the chat that the page names."""
    async with counted(request) as asked:
        services, address = asked.door.services, asked.door.address_of(asked.identity)
        named, shown = asked.text("chat"), asked.number("shown", CHAT_PAGE_SIZE)
        work = chat_view(services, address, asked.person, named, shown=shown)
        found = await answer_in_time(work, services.limits.answer_within_s)
    if isinstance(found, ChatSyncError):
        raise found
    return json_answer(chat_values(asked.t, found, named))


async def poll(request: web.Request) -> web.Response:
    """Answer 204 if the page shows what is stored, and 200 if it has to load its view again."""
    async with counted(request) as asked:
        services, address = asked.door.services, asked.door.address_of(asked.identity)
        work = is_chat_outdated(services, address, asked.person, asked.text("chat"), version=asked.text("version"))
        found = await answer_in_time(work, services.limits.answer_within_s)
    if isinstance(found, ChatSyncError):
        raise found
    return json_answer({"outdated": True}) if found else web.Response(status=HTTPStatus.NO_CONTENT)
