"""Rendering of pages from templates."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.sandbox.dataverse.service import DATAVERSE
from bot.sandbox.pages.links import path, row_path
from bot.sandbox.pages.people import PEOPLE, acting_person
from bot.sandbox.sample_data.ids import ROOT

HERE = Path(__file__).parent
STATIC = HERE / "static"
SHARED = HERE.parents[1] / "pane" / "static"
"""Files of the pane, whose modules for cards the chat page uses, too."""
TEMPLATES = ("index.html", "app.html", "rows.html", "row.html", "chats.html", "chat.html", "notice.html")

PAGES = web.AppKey("PAGES", Environment)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@cache
def templates() -> Environment:
    """Load all templates once at startup, because it is the slowest part of a start."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in TEMPLATES:
        environment.get_template(name)
    return environment


def page(
    request: web.Request, template: str, values: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK
) -> web.Response:
    """Render a page with the values that all pages share."""
    root = request.app[DATAVERSE].store.rows.find(ROOT)
    text = (
        request.app[PAGES]
        .get_template(template)
        .render(
            organization=root.text("name") if root else "",
            people=PEOPLE,
            person=acting_person(request),
            here=request.path_qs,
            home=path(request, "index"),
            pick=path(request, "pick"),
            static=path(request, "static", filename=""),
            shared=path(request, "shared", filename=""),
            row_path=lambda ref: row_path(request, ref),
            **values,
        )
    )
    return web.Response(text=text, content_type="text/html", status=status, headers=_HEADERS)
