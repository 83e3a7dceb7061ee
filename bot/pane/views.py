"""Routes that show something: a view, whether it is up to date, and photos."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from bot.domain.errors import ChatSyncError
from bot.domain.record_links import parse_guid
from bot.domain.values import ChatId, ObjectId, RecordRef
from bot.features.pane.channels_view import channels_view
from bot.features.pane.live import Watch, begin_watch, find_viewers, is_outdated
from bot.features.pane.my_chats_view import my_chats_view
from bot.features.pane.people_view import people_view, suggested_view, viewers_section
from bot.features.pane.photos import load_photo, sign_photos
from bot.features.pane.record_view import record_view
from bot.features.pane.timeline_view import timeline_pane
from bot.features.pane.viewing import Viewing, cached_services, require_app
from bot.features.pane.views import PAGE_SIZE, PaneView
from bot.features.shared.answer_in_time import answer_in_time
from bot.pane.requests import PaneRequest, bad_request, counted, signed_in
from bot.pane.responses import json_answer
from bot.pane.view_values import view_values
from bot.text.typed_text import on_one_line

MAX_CHATS = 200
"""Chats that a page watches."""
PHOTO_HEADER = "X-Chat-Sync-Photo"
"""Header with the signature that a view gave for a photo."""

_TABS: Mapping[str, Callable[[Viewing, RecordRef], Awaitable[PaneView]]] = {
    "suggested": suggested_view,
    "channels": channels_view,
    "people": people_view,
    "timeline": timeline_pane,
}
"""Views of a record by the name of the tab, or of the part of a tab. Without a name: its chats."""


async def view(request: web.Request) -> web.Response:
    """Return what a tab shows of the record, or without a record the person's connected chats."""
    async with counted(request) as asked:
        found = await answer_in_time(_view(asked), asked.door.services.limits.answer_within_s)
    if isinstance(found, ChatSyncError):
        raise found
    return found


async def _view(asked: PaneRequest) -> web.Response:
    services, record = asked.door.services, await asked.record()
    await require_app(services, record, asked.text("app"))
    viewing = _viewing(asked, record, renew=asked.flag("renew"))
    found, _ = await asyncio.gather(_show(asked, viewing, record), _warm_viewers(asked, record))
    watch, viewers = await begin_watch(viewing.services, asked.pane, record, found.chats, shown=viewing.shown)
    if record and viewers:
        section = await viewers_section(_viewing(asked, record, renew=False), record, viewers)
        found = replace(found, sections=[*found.sections, section])
    people = [person.id for section in found.sections for person in section.people]
    photos = await sign_photos(services, asked.person, people)
    return json_answer(view_values(asked.t, found, watch, photos, at=services.clock.now()))


async def _show(asked: PaneRequest, viewing: Viewing, record: RecordRef | None) -> PaneView:
    if record is None:
        return await my_chats_view(viewing)
    return await _TABS.get(asked.text("tab"), record_view)(viewing, record)


async def _warm_viewers(asked: PaneRequest, record: RecordRef | None) -> None:
    """Ask Microsoft Graph about the people who have the record open, while it is asked about the chats.

    The answer waits in the memory until the person's rights on the record are known.
    """
    if record is None:
        return
    viewing = _viewing(asked, record, renew=False)
    viewers = await find_viewers(viewing.services, asked.pane, record)
    if viewers:
        await viewers_section(viewing, record, viewers)


def _viewing(asked: PaneRequest, record: RecordRef | None, *, renew: bool) -> Viewing:
    """Return the request for a view. `renew`: ask Microsoft Graph again, because the person changed something."""
    memory = asked.door.memory
    return Viewing(
        services=cached_services(asked.door.services, memory, is_renewing=renew),
        memory=memory,
        person=asked.person,
        record=record,
        words=on_one_line(asked.text("words")),
        shown=asked.number("shown", PAGE_SIZE),
        is_complete=asked.flag("complete"),
        is_renewing=renew,
    )


async def photo(request: web.Request) -> web.Response:
    """Return the photo of a person whom a view showed to the person who asks."""
    asked = await signed_in(request)
    person = parse_guid(request.match_info["person"])
    if person is None:
        raise bad_request()
    services = cached_services(asked.door.services, asked.door.memory, is_renewing=False)
    work = load_photo(services, asked.person, ObjectId(person), request.headers.get(PHOTO_HEADER, ""))
    found = await answer_in_time(work, services.limits.answer_within_s)
    if isinstance(found, ChatSyncError):
        raise found
    return web.Response(body=found.content, content_type=found.content_type)


async def poll(request: web.Request) -> web.Response:
    """Answer 204 if the page shows what is stored, and 200 if it has to load its view again."""
    async with counted(request) as asked:
        found = await answer_in_time(_is_outdated(asked), asked.door.services.limits.answer_within_s)
    if isinstance(found, ChatSyncError):
        raise found
    return json_answer({"outdated": True}) if found else web.Response(status=HTTPStatus.NO_CONTENT)


async def _is_outdated(asked: PaneRequest) -> bool:
    return await is_outdated(asked.door.services, asked.pane, await _watch(asked))


async def _watch(asked: PaneRequest) -> Watch:
    """Return what the page watches; raise `BadRequest` if a view did not begin it."""
    chats = asked.body.get("chats")
    if not isinstance(chats, list) or len(chats) > MAX_CHATS:
        raise bad_request()
    return Watch(
        record=await asked.record(),
        chats=tuple(ChatId(_text(each)) for each in chats),
        version=asked.text("version"),
        shown=asked.number("shown", PAGE_SIZE),
        signature=asked.text("signature"),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise bad_request()
    return value
