"""`POST /api/graph/events`: notifications of Microsoft Graph about chats ("Receive change notifications")."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus

from aiohttp import web

from bot.domain.subscriptions import ChatNotification, LifecycleNotification, VerifiedNotifications
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.web.errors import error_response
from bot.web.json_body import read_object

MAX_BYTES = 8_000_000
"""Maximum bytes of a body: a thousand notifications with resource data of large chats."""
MAX_TOKEN_LENGTH = 4_000

# Return the token as plain text so that browsers never execute it.
_PLAIN_TEXT_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}

Receive = Callable[[Sequence[ChatNotification], Sequence[LifecycleNotification]], Awaitable[int]]
"""Stores notifications; returns how many belong to known subscriptions."""

_log = get_logger(__name__)


def graph_events(
    validate: Callable[[Mapping[str, object]], Awaitable[VerifiedNotifications]],
    receive: Receive,
    metrics: Metrics,
    *,
    within_s: float,
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Create the handler. It answers 202 if all effects are stored, without revealing which notifications it rejected.

    `within_s`: Graph waits three seconds, and throttles endpoints that take longer too often.
    """
    late_tasks: set[asyncio.Task[None]] = set()

    async def handle(request: web.Request) -> web.StreamResponse:
        token = request.query.get("validationToken")
        if token is not None:
            return _handshake(token)
        body, _ = await read_object(request.clone(client_max_size=MAX_BYTES))
        task = asyncio.create_task(process(body))
        done, _ = await asyncio.wait({task}, timeout=within_s)
        if not done:
            # The work continues, because canceling can take as long. If Graph sends it again, it changes nothing more.
            late_tasks.add(task)
            task.add_done_callback(finish_late)
            return error_response(
                HTTPStatus.SERVICE_UNAVAILABLE, "The notifications are not stored yet. Send them again."
            )
        task.result()
        return web.Response(status=HTTPStatus.ACCEPTED)

    async def process(body: Mapping[str, object]) -> None:
        verified = await validate(body)
        accepted = await receive(verified.chats, verified.subscriptions)
        unknown = len(verified.chats) + len(verified.subscriptions) - accepted
        metrics.notifications.labels("heard").inc(accepted)
        metrics.notifications.labels("refused").inc(verified.rejected + unknown)
        _log.info("notifications.received", accepted=accepted, unknown=unknown, rejected=verified.rejected)

    def finish_late(task: asyncio.Task[None]) -> None:
        late_tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        _log.warning("notifications.processed_late", error=type(error).__name__ if error else None)

    return handle


def _handshake(token: str) -> web.Response:
    if len(token) > MAX_TOKEN_LENGTH:
        return error_response(HTTPStatus.BAD_REQUEST, "The validation token is too long.")
    return web.Response(text=token, content_type="text/plain", charset="utf-8", headers=_PLAIN_TEXT_HEADERS)
