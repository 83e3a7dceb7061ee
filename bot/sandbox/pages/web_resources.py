"""Web resources and modern commands, as a model-driven app uses them."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from yarl import URL

from bot.sandbox.dataverse.security.access import Caller
from bot.sandbox.dataverse.security.model import Right
from bot.sandbox.dataverse.service import DATAVERSE
from bot.sandbox.dataverse.writes.customizations import PUBLISHED
from bot.sandbox.errors import DataverseError
from bot.sandbox.pages.links import path
from bot.sandbox.pages.people import caller_of
from bot.sandbox.sample_data.customizations import SERVICE_APP
from bot.sandbox.values import Ref, Row

FORM, MAIN_GRID = 0, 1
"""Values of `location`."""
_JAVASCRIPT = 2
_BROWSER = 0
_CONTENT_TYPES: Mapping[int | None, str] = {
    1: "text/html",
    2: "text/css",
    3: "text/javascript",
    4: "text/xml",
    5: "image/png",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command in the command bar."""

    label: str
    tooltip: str
    script: str
    """Path of the script to load."""
    function: str
    """Name of the function to call, with its namespaces."""
    icon: str
    """Path of the icon, or empty."""


async def web_resource(request: web.Request) -> web.Response:
    """Serve the published content of a web resource."""
    try:
        row = _published(caller_of(request), request.match_info["resource"])
    except DataverseError as error:
        return web.Response(status=error.status, text=str(error))
    if row is None:
        return web.Response(status=HTTPStatus.NOT_FOUND, text="There is no published web resource with this name.")
    return web.Response(
        body=b64decode(row.text("content")),
        content_type=_CONTENT_TYPES.get(row.number("webresourcetype"), "application/octet-stream"),
        charset=None if row.number("webresourcetype") == 5 else "utf-8",  # noqa: PLR2004 - PNG
        headers=_headers(request),
    )


def _headers(request: web.Request) -> Mapping[str, str]:
    """Return the headers of an environment with a strict content security policy that allows the bot's pages."""
    bot = URL(request.app[DATAVERSE].settings.webhook_url)
    frames = f"'self' {bot.origin()}" if bot.is_absolute() else "'self'"
    return {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-src {frames}; frame-ancestors 'self'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


def _published(caller: Caller, name: str) -> Row | None:
    rows = caller.rows.where("webresource", name=name, componentstate=PUBLISHED)
    if rows:
        caller.require(Right.READ, rows[0])
    return rows[0] if rows else None


def app_of(caller: Caller) -> Row | None:
    """Return the app whose pages these are."""
    return next(iter(caller.rows.where("appmodule", uniquename=SERVICE_APP)), None)


def commands_at(request: web.Request, caller: Caller, location: int, table: str) -> Sequence[Command]:
    """Return the visible commands of a command bar."""
    rows = caller.rows.where("appaction", location=location, statecode=0, onclickeventtype=_JAVASCRIPT)
    return [each for row in rows if _is_visible(caller, row, table) and (each := _command(request, caller, row))]


def _is_visible(caller: Caller, row: Row, table: str) -> bool:
    app, own = row.target("appmoduleid"), app_of(caller)
    clients = row.values.get("clienttype") or (_BROWSER,)
    return (
        not (row.values.get("hidden") or row.values.get("isdisabled"))
        and (row.number("context") == 0 or row.text("contextvalue") == table)
        and (app is None or (own is not None and app == own.ref))
        and isinstance(clients, tuple)
        and _BROWSER in clients
    )


def _command(request: web.Request, caller: Caller, row: Row) -> Command | None:
    """Return the command, or None if its script is not published."""
    script = _path_of(request, caller, row.target("onclickeventjavascriptwebresourceid"))
    if not script:
        return None
    return Command(
        label=row.text("buttonlabeltext"),
        tooltip=row.text("buttontooltipdescription"),
        script=script,
        function=row.text("onclickeventjavascriptfunctionname"),
        icon=_path_of(request, caller, row.target("iconwebresourceid")),
    )


def _path_of(request: web.Request, caller: Caller, ref: Ref | None) -> str:
    row = caller.rows.find(ref)
    if row is None or row.number("componentstate") != PUBLISHED:
        return ""
    return path(request, "webresource", resource=row.text("name"))
