"""Routes that show something: a view, and whether it is up to date."""

from http import HTTPStatus

from aiohttp import web

from bot.domain.errors import ChatSyncError
from bot.domain.values import ChatId
from bot.features.pane.live import Watch, begin_watch, is_outdated
from bot.features.pane.my_chats_view import my_chats_view
from bot.features.pane.record_view import record_view
from bot.features.pane.timeline_view import timeline_pane
from bot.features.pane.views import PAGE_SIZE
from bot.features.shared.answer_in_time import answer_in_time
from bot.pane.requests import PaneRequest, bad_request, signed_in
from bot.pane.responses import json_answer
from bot.pane.view_values import view_values
from bot.text.typed_text import on_one_line

MAX_CHATS = 200
"""Chats that a page watches."""


async def view(request: web.Request) -> web.Response:
    """Return the chats of the record, or without a record the person's connected chats."""
    asked = await signed_in(request)
    found = await answer_in_time(_view(asked), asked.door.services.limits.answer_within_s)
    if isinstance(found, ChatSyncError):
        raise found
    return found


async def _view(asked: PaneRequest) -> web.Response:
    services, person, record = asked.door.services, asked.person, await asked.record()
    words, shown = on_one_line(asked.text("words")), asked.number("shown", PAGE_SIZE)
    if record is None:
        found = await my_chats_view(services, person, words=words, shown=shown)
    elif asked.text("tab") == "timeline":
        found = await timeline_pane(services, person, record, shown=shown)
    else:
        found = await record_view(services, person, record, words=words, shown=shown)
    watch = await begin_watch(services, person, record, found.chats)
    return json_answer(view_values(found, watch))


async def poll(request: web.Request) -> web.Response:
    """Answer 204 if the page shows what is stored, and 200 if it has to load its view again."""
    asked = await signed_in(request)
    services = asked.door.services
    found = await answer_in_time(_is_outdated(asked), services.limits.answer_within_s)
    if isinstance(found, ChatSyncError):
        raise found
    return json_answer({"outdated": True}) if found else web.Response(status=HTTPStatus.NO_CONTENT)


async def _is_outdated(asked: PaneRequest) -> bool:
    return await is_outdated(asked.door.services, asked.person, await _watch(asked))


async def _watch(asked: PaneRequest) -> Watch:
    """Return what the page watches; raise `BadRequest` if a view did not begin it."""
    chats = asked.body.get("chats")
    if not isinstance(chats, list) or len(chats) > MAX_CHATS:
        raise bad_request()
    return Watch(
        record=await asked.record(),
        chats=tuple(ChatId(_text(each)) for each in chats),
        version=asked.text("version"),
        signature=asked.text("signature"),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise bad_request()
    return value
