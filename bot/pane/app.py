"""The pane as an aiohttp application to mount in another one."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from bot.pane import acts, chat_tab, dialogs, session, settings, sign_in, views
from bot.pane.door import DOOR, PaneDoor
from bot.pane.middleware import guarded
from bot.pane.page import page, settings_page, templates_in_background
from bot.pane.responses import secure
from bot.pane.static_files import STATIC_FILES, load_static_files, static_file


def make_pane(door: PaneDoor) -> web.Application:
    """Return the application: the page and its files by GET, and everything else by POST or DELETE."""
    app = web.Application(middlewares=[guarded])
    app[DOOR] = door
    app.cleanup_ctx.append(templates_in_background)
    app[STATIC_FILES] = load_static_files()
    app.router.add_get("", page)
    app.router.add_get("/settings", settings_page)
    app.router.add_get("/static/{digest}/{name:.+}", static_file)
    app.router.add_get("/photo/{person}", views.photo)
    app.router.add_get("/sign-in", sign_in.window)
    app.router.add_post("/sign-in", sign_in.begin)
    # A callback counts once. Programs that look at links send HEAD.
    app.router.add_get("/sign-in/callback", sign_in.callback, allow_head=False)
    app.router.add_get("/sign-in/{result}", sign_in.result)
    app.router.add_post("/session", session.begin)
    app.router.add_delete("/session", session.end)
    app.router.add_post("/view", views.view)
    app.router.add_post("/poll", views.poll)
    app.router.add_post("/chat", chat_tab.view)
    app.router.add_post("/chat/poll", chat_tab.poll)
    app.router.add_post("/dialog", dialogs.show_page)
    app.router.add_post("/button", dialogs.press_button)
    app.router.add_post("/search", dialogs.find_choices)
    for name, do in (
        ("join", acts.join),
        ("connect", acts.connect),
        ("disconnect", acts.disconnect),
        ("undo", acts.undo),
        ("resume", acts.resume),
    ):
        app.router.add_post(f"/{name}", acts.act(do))
    settings.add_routes(app.router)
    # Not in a middleware: answers to failures come from outside of the pane.
    app.on_response_prepare.append(_secure)
    app.cleanup_ctx.append(_running)
    return app


async def _secure(_request: web.Request, response: web.StreamResponse) -> None:
    """Give every answer the headers that protect it."""
    secure(response)


async def _running(app: web.Application) -> AsyncIterator[None]:
    """Store which records are open while the server runs, and at its end."""
    door = app[DOOR]
    activity, store = door.services.pane_activity, door.services.store
    saving = asyncio.create_task(activity.run(store, door.services.clock))
    yield
    saving.cancel()
    await asyncio.gather(saving, return_exceptions=True)
    await activity.flush(store)
    await door.memory.chats.close()
