"""The page of the pane. It contains no data: its script loads everything after the host proved the person."""

from collections.abc import Collection
from http import HTTPStatus
from pathlib import Path

import orjson
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.domain.pane_sessions import PaneHost
from bot.pane.door import DOOR, PaneDoor
from bot.pane.static_files import STATIC_FILES

TEMPLATES = web.AppKey("TEMPLATES", Environment)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "
)


def load_templates() -> Environment:
    """Load the templates once at the start."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("pane.html", "sign_in.html", "unknown_host.html"):
        environment.get_template(name)
    return environment


async def page(request: web.Request) -> web.Response:
    """Return the page for the host in the query, or a page that says where to open the pane."""
    door = request.app[DOOR]
    host = next((each for each in door.sign_in if each == request.query.get("host")), None)
    if host is None:
        return unknown_host(request, missing=door.missing_settings if _is_dynamics(request) else ())
    return render(
        request,
        "pane.html",
        policy=content_policy(door),
        host=host,
        people=door.people if host is PaneHost.SANDBOX else (),
        environments=door.services.environments,
        organizations=orjson.dumps(dict(door.organizations)).decode(),
    )


def unknown_host(request: web.Request, *, missing: Collection[str] = ()) -> web.Response:
    """Return the page that says where to open the pane, or which settings are missing."""
    policy, status = content_policy(request.app[DOOR]), HTTPStatus.NOT_FOUND
    return render(request, "unknown_host.html", policy=policy, status=status, missing=missing)


def render(
    request: web.Request, name: str, *, policy: str, status: HTTPStatus = HTTPStatus.OK, **values: object
) -> web.Response:
    """Return a page with the addresses of its files."""
    path = request.app[DOOR].path
    static = f"{path}/static/{request.app[STATIC_FILES].digest}"
    text = request.app[TEMPLATES].get_template(name).render(path=path, static=static, **values)
    headers = {"Content-Security-Policy": policy}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def _is_dynamics(request: web.Request) -> bool:
    return request.query.get("host") == PaneHost.DYNAMICS


def content_policy(door: PaneDoor) -> str:
    """Return the policy that allows only own files, and only the configured pages to frame the pane."""
    return _POLICY + (" ".join(door.frame_ancestors) or "'none'")


def window_policy() -> str:
    """Return the policy of pages that nobody may frame."""
    return f"{_POLICY}'none'"
