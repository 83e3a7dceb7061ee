"""`POST /api/graph/events`: what Microsoft Graph tells of changes in chats ("Receive change notifications")."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from aiohttp import web

from bot.domain.subscriptions import VerifiedNotifications
from bot.features.graph_subscriptions.receive_notifications import HearChanges
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.web.errors import error_response
from bot.web.json_body import read_object

MAX_BYTES = 8_000_000
"""Bytes of a body: a thousand notifications with resource data of large chats."""
MAX_TOKEN_LENGTH = 4_000

# Whatever somebody has written into the token: it is text, and nothing that a browser would run.
_PLAIN = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}

_log = get_logger(__name__)


def graph_events(
    read: Callable[[Mapping[str, object]], Awaitable[VerifiedNotifications]],
    hear: HearChanges,
    metrics: Metrics,
    *,
    within_s: float,
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of the route: 202 means that what follows is durable. It says nothing of what was refused.

    `within_s`: Graph waits for three seconds, and throttles who takes longer too often.
    """
    late: set[asyncio.Task[None]] = set()

    async def handle(request: web.Request) -> web.StreamResponse:
        token = request.query.get("validationToken")
        if token is not None:
            return _handshake(token)
        body, _ = await read_object(request.clone(client_max_size=MAX_BYTES))
        taking = asyncio.create_task(take(body))
        done, _ = await asyncio.wait({taking}, timeout=within_s)
        if not done:
            # It goes on: to break off can take as long. Sent again, it changes nothing more.
            late.add(taking)
            taking.add_done_callback(ended_late)
            return error_response(
                HTTPStatus.SERVICE_UNAVAILABLE, "The notifications are not kept yet. Send them again."
            )
        taking.result()
        return web.Response(status=HTTPStatus.ACCEPTED)

    async def take(body: Mapping[str, object]) -> None:
        news = await read(body)
        heard = await hear(news.chats, news.subscriptions)
        unknown = len(news.chats) + len(news.subscriptions) - heard
        metrics.notifications.labels("heard").inc(heard)
        metrics.notifications.labels("refused").inc(news.rejected + unknown)
        _log.info("notifications", heard=heard, unknown=unknown, refused=news.rejected)

    def ended_late(taking: asyncio.Task[None]) -> None:
        late.discard(taking)
        trouble = None if taking.cancelled() else taking.exception()
        _log.warning("notifications taken too late", trouble=type(trouble).__name__ if trouble else None)

    return handle


def _handshake(token: str) -> web.Response:
    if len(token) > MAX_TOKEN_LENGTH:
        return error_response(HTTPStatus.BAD_REQUEST, "The validation token is too long.")
    return web.Response(text=token, content_type="text/plain", charset="utf-8", headers=_PLAIN)
