"""The page of the pane. It contains no data: its script loads everything after the host proved the person."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from pathlib import Path

import orjson
from aiohttp import hdrs, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.domain.pane_sessions import PaneHost
from bot.domain.public_names import Dialog
from bot.features.notifications.rule_draft import KINDS
from bot.features.settings.labels import LABELS
from bot.features.settings.list_history import WHOLE_ENVIRONMENT
from bot.features.settings.settings_files import MAX_LENGTH
from bot.pane.door import DOOR, PaneDoor
from bot.pane.languages import asked_language, page_translator
from bot.pane.static_files import STATIC_FILES

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "
)

_COMPILED_AFTER_S = 3
"""Seconds after the start until the templates are compiled, which takes a fifth of a second in all."""
_PAUSE_S = 0.5
"""Seconds between two templates, so that answers get their turn."""


@cache
def page_templates() -> Environment:
    """Return the templates of the pages. They are compiled on first use."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def templates_in_background(_app: web.Application) -> AsyncIterator[None]:
    """Compile the templates some seconds after the start, so that the first page and the first answer are fast."""
    compiling = asyncio.create_task(_compile_later())
    yield
    compiling.cancel()
    with suppress(asyncio.CancelledError):
        await compiling


async def _compile_later() -> None:
    await asyncio.sleep(_COMPILED_AFTER_S)
    templates = page_templates()
    for name in await asyncio.to_thread(templates.list_templates):
        await asyncio.to_thread(templates.get_template, name)
        await asyncio.sleep(_PAUSE_S)


SETTINGS_VALUES: Mapping[str, object] = {
    "dialogs": {
        "overview": Dialog.SETTINGS,
        "organization": Dialog.SETTINGS_ORGANIZATION,
        "recordType": Dialog.SETTINGS_RECORD_TYPE,
        "chooseTable": Dialog.SETTINGS_CHOOSE_TABLE,
        "rule": Dialog.SETTINGS_RULE,
    },
    "rules": {kind.name: LABELS[kind.field] for kind in KINDS.values()},
    "whole_environment": WHOLE_ENVIRONMENT,
    "max_file_length": MAX_LENGTH,
}
"""Names that the settings page needs: the pages of the bot's dialog, and the kinds of default rules."""


async def page(request: web.Request) -> web.Response:
    """Return the page for the host in the query, or a page that says where to open the pane."""
    return _page(request, "pane.html", {})


async def settings_page(request: web.Request) -> web.Response:
    """Return the settings page for the host in the query. It contains no settings, so anyone may load it."""
    return _page(request, "settings.html", SETTINGS_VALUES)


def _page(request: web.Request, template: str, values: Mapping[str, object]) -> web.Response:
    door = request.app[DOOR]
    host = next((each for each in door.sign_in if each == request.query.get("host")), None)
    if host is None:
        return unknown_host(request, missing=door.missing_settings if _is_dynamics(request) else ())
    of_host = {
        "host": host,
        "people": door.people if host is PaneHost.SANDBOX else (),
        "environments": door.services.environments,
        "organizations": orjson.dumps(dict(door.organizations)).decode(),
    }
    return render(request, template, {**of_host, **values}, policy=content_policy(door))


def unknown_host(request: web.Request, *, missing: Collection[str] = ()) -> web.Response:
    """Return the page that says where to open the pane, or which settings are missing."""
    policy, status = content_policy(request.app[DOOR]), HTTPStatus.NOT_FOUND
    return render(request, "unknown_host.html", {"missing": missing}, policy=policy, status=status)


def render(
    request: web.Request,
    name: str,
    values: Mapping[str, object],
    *,
    policy: str,
    status: HTTPStatus = HTTPStatus.OK,
) -> web.Response:
    """Return a page in the reader's language, with the addresses of its files."""
    path = request.app[DOOR].path
    of_page = {
        "path": path,
        "static": f"{path}/static/{request.app[STATIC_FILES].digest}",
        "t": page_translator(request),
        "asked": asked_language(request),
    }
    text = page_templates().get_template(name).render(of_page, **values)
    headers = {"Content-Security-Policy": policy, hdrs.VARY: hdrs.ACCEPT_LANGUAGE}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def _is_dynamics(request: web.Request) -> bool:
    return request.query.get("host") == PaneHost.DYNAMICS


def content_policy(door: PaneDoor) -> str:
    """Return the policy that allows only own files, and only the configured pages to frame the pane."""
    return _POLICY + (" ".join(door.frame_ancestors) or "'none'")


def window_policy() -> str:
    """Return the policy of pages that nobody may frame."""
    return f"{_POLICY}'none'"
