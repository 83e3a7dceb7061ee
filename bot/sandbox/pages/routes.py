"""Routes of the pages."""

from aiohttp import web

from bot.sandbox.pages.chat_actions import (
    change_app,
    change_members,
    create_chat,
    rename_chat,
    send_invoke,
    write_message,
)
from bot.sandbox.pages.chats import chat, chats, state
from bot.sandbox.pages.handlers import index, open_record_link, redirect_to_index, row, rows, switch_person
from bot.sandbox.pages.rendering import PAGES, SHARED, STATIC, templates
from bot.sandbox.pages.web_resources import web_resource


def add_pages(app: web.Application) -> None:
    """Add the pages to the application."""
    app[PAGES] = templates()
    app.router.add_get("", redirect_to_index)
    app.router.add_get("/", index, name="index")
    app.router.add_get("/tables/{table}", rows, name="rows")
    app.router.add_get("/tables/{table}/{row_id}", row, name="row")
    app.router.add_get("/chats", chats, name="chats")
    app.router.add_post("/chats", create_chat)
    app.router.add_get("/chats/{chat}", chat, name="chat")
    app.router.add_get("/chats/{chat}/state", state)
    app.router.add_post("/chats/{chat}/messages", write_message)
    app.router.add_post("/chats/{chat}/invokes", send_invoke)
    app.router.add_post("/chats/{chat}/members", change_members)
    app.router.add_post("/chats/{chat}/topic", rename_chat)
    app.router.add_post("/chats/{chat}/app", change_app)
    app.router.add_get("/WebResources/{resource:.+}", web_resource, name="webresource")
    app.router.add_post("/person", switch_person, name="pick")
    app.router.add_get("/main.aspx", open_record_link, name="main")
    app.router.add_static("/static", STATIC, name="static")
    app.router.add_static("/shared", SHARED, name="shared")
