"""The public pages: what Chat Sync is, privacy, and terms. The app package links to them.

They are the same for everyone, and contain nothing about the organization, its settings, or this process.
"""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web

from bot.domain.public_names import USAGE

Handler = Callable[[web.Request], Awaitable[web.Response]]

PAGES = {"/": "Home", "/privacy": "Privacy", "/terms": "Terms"}
"""The titles of the pages by path."""

_HERE = Path(__file__).parent / "static"
_SANDBOX = ' This Chat Sync uses sample data. You can look at it in the <a href="{path}/">sandbox</a>.'


def public_pages(sandbox_path: str | None) -> dict[str, Handler]:
    """Return the handlers of the pages by path. `sandbox_path`: the path of the sandbox in this process."""
    style = _text("style.css")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    headers = {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "public, max-age=3600",
    }
    contents = {
        "/": Template(_text("home.html")).substitute(commands=_commands(), sandbox=_sandbox_link(sandbox_path)),
        "/privacy": _text("privacy.html"),
        "/terms": _text("terms.html"),
    }
    return {path: _handler(_page(path, content, style), headers) for path, content in contents.items()}


def _handler(page: bytes, headers: dict[str, str]) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(body=page, content_type="text/html", charset="utf-8", headers=headers)

    return handle


def _page(path: str, content: str, style: str) -> bytes:
    title = "Chat Sync" if path == "/" else f"{PAGES[path]} · Chat Sync"
    layout = Template(_text("layout.html"))
    return layout.substitute(title=title, style=style, navigation=_navigation(path), content=content).encode()


def _navigation(current: str) -> str:
    marked = {path: ' aria-current="page"' if path == current else "" for path in PAGES}
    return "".join(f'<a href="{path}"{marked[path]}>{title}</a>' for path, title in PAGES.items())


def _commands() -> str:
    """Return the commands with their descriptions."""
    return "".join(
        f"<div><dt><code>{escape(syntax)}</code></dt><dd>{escape(meaning)}</dd></div>\n"
        for syntax, meaning in USAGE.values()
    )


def _sandbox_link(path: str | None) -> str:
    return _SANDBOX.format(path=path) if path else ""


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
