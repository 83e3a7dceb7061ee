"""`POST /api/graph/events`: notifications of Microsoft Graph about chats ("Receive change notifications")."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Protocol

from aiohttp import web

from bot.domain.errors import Unavailable
from bot.domain.limits import Limits
from bot.domain.subscriptions import ChatNotification, LifecycleNotification, VerifiedNotifications
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.runtime.line_budget import LineBudget
from bot.web.bodies import Body
from bot.web.errors import error_response
from bot.web.json_body import SMALL_BYTES, parse_object, require_json

MAX_BYTES = 8_000_000
"""Maximum bytes of a body: a thousand notifications with resource data of large chats."""
MAX_VALUES = 50_000
"""Maximum number of objects and lists in a body: 5,000 notifications have three each."""
EARLY_BYTES = 32_000
"""Bytes that are received from everybody. Larger bodies need room first, because strangers can send many at a time."""
MAX_LARGE = 2
"""Maximum number of large bodies at a time that name the client state early, and of those that do not."""
MAX_WAITING = 10
"""Maximum number of large bodies of strangers that wait for their turn. More are refused at once: each one that waits
takes memory.
"""
MAX_TOKEN_LENGTH = 4_000

_STRANGERS_WAIT_S = 0.01
"""Pause after each part of a body that does not name the client state yet, so that others are not kept waiting."""

# Return the token as plain text so that browsers never execute it.
_PLAIN_TEXT_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}

Receive = Callable[[Sequence[ChatNotification], Sequence[LifecycleNotification]], Awaitable[int]]
"""Stores notifications; returns how many belong to known subscriptions."""

_log = get_logger(__name__)


class Validator(Protocol):
    """Selects the notifications that Graph sent."""

    def names_client_state(self, content: bytes) -> bool:
        """Check the raw bytes, before they are parsed."""

    async def validate(self, body: Mapping[str, object]) -> VerifiedNotifications:
        """Return the verified notifications; raise `BadRequest` for any other body, or `Unavailable`."""


def graph_events(
    validator: Validator, receive: Receive, metrics: Metrics, limits: Limits
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Create the handler. It answers 202 if all effects are stored, without revealing which notifications it rejected.

    Graph waits three seconds, and throttles endpoints that take longer too often.
    """
    return _Receiver(validator, receive, metrics, limits).handle


class _Receiver:
    """Receives notifications. Only a body that names the client state is parsed."""

    def __init__(self, validator: Validator, receive: Receive, metrics: Metrics, limits: Limits) -> None:
        self._validator = validator
        self._receive = receive
        self._metrics = metrics
        self._within_s = limits.answer_within_s
        self._body_within_s = limits.http.body_within_s
        self._large = {known: asyncio.Semaphore(MAX_LARGE) for known in (True, False)}
        self._waiting_strangers = 0
        self._late_tasks: set[asyncio.Task[None]] = set()
        self._lines = LineBudget()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer a validation request, or notifications."""
        token = request.query.get("validationToken")
        if token is not None:
            return _handshake(token)
        require_json(request)
        body = Body(request, max_bytes=MAX_BYTES, within_s=self._body_within_s)
        await _receive(body, EARLY_BYTES, pause_s=_STRANGERS_WAIT_S)
        if body.is_complete:
            return await self._answer(body.content())
        async with self._room(known=self._validator.names_client_state(body.content())) as pause_s:
            await _receive(body, MAX_BYTES, pause_s=pause_s)
            return await self._answer(body.content())

    @asynccontextmanager
    async def _room(self, *, known: bool) -> AsyncIterator[float]:
        """Reserve room for a large body, and yield the pause after each of its parts.

        Raise `Unavailable` if all room is taken. Strangers' bodies never take the room of the others.
        """
        room = self._large[known]
        try:
            async with asyncio.timeout(self._within_s):
                await (room.acquire() if known else self._acquire_as_stranger(room))
        except TimeoutError:
            raise _full() from None
        try:
            yield 0 if known else _STRANGERS_WAIT_S
        finally:
            room.release()

    async def _acquire_as_stranger(self, room: asyncio.Semaphore) -> None:
        if self._waiting_strangers >= MAX_WAITING:
            raise _full()
        self._waiting_strangers += 1
        try:
            await room.acquire()
        finally:
            self._waiting_strangers -= 1

    async def _answer(self, content: bytes) -> web.StreamResponse:
        if not await self._is_vouched_for(content):
            self._metrics.notifications.labels("refused").inc()
            suppressed = self._lines.take("client_state")
            if suppressed is not None:
                _log.warning("notifications.rejected", client_state=1, suppressed=suppressed)
            return web.Response(status=HTTPStatus.ACCEPTED)
        return await self._process(await parse_object(content, max_values=MAX_VALUES))

    async def _is_vouched_for(self, content: bytes) -> bool:
        if len(content) <= SMALL_BYTES:
            return self._validator.names_client_state(content)
        return await asyncio.to_thread(self._validator.names_client_state, content)

    async def _process(self, body: Mapping[str, object]) -> web.StreamResponse:
        """Store the effects, and answer in time."""
        task = asyncio.create_task(self._store(body))
        done, _ = await asyncio.wait({task}, timeout=self._within_s)
        if not done:
            # The work continues, because canceling can take as long. If Graph sends it again, it changes nothing more.
            self._late_tasks.add(task)
            task.add_done_callback(self._finish_late)
            return error_response(
                HTTPStatus.SERVICE_UNAVAILABLE, "The notifications are not stored yet. Send them again."
            )
        task.result()
        return web.Response(status=HTTPStatus.ACCEPTED)

    async def _store(self, body: Mapping[str, object]) -> None:
        verified = await self._validator.validate(body)
        accepted = await self._receive(verified.chats, verified.subscriptions)
        unknown = len(verified.chats) + len(verified.subscriptions) - accepted
        self._metrics.notifications.labels("heard").inc(accepted)
        self._metrics.notifications.labels("refused").inc(verified.rejected + unknown)
        _log.info("notifications.received", accepted=accepted, unknown=unknown, rejected=verified.rejected)

    def _finish_late(self, task: asyncio.Task[None]) -> None:
        self._late_tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        _log.warning("notifications.processed_late", error=type(error).__name__ if error else None)


async def _receive(body: Body, count: int, *, pause_s: float) -> None:
    """Receive the whole body, or slightly more than this many bytes of it."""
    while not body.is_complete and body.size <= count:
        await body.receive()
        if not body.is_complete:
            await asyncio.sleep(pause_s)


def _full() -> Unavailable:
    return Unavailable("Too many large requests at the same time.", "Send the notifications again.")


def _handshake(token: str) -> web.Response:
    if len(token) > MAX_TOKEN_LENGTH:
        return error_response(HTTPStatus.BAD_REQUEST, "The validation token is too long.")
    try:
        text = token.encode()
    except UnicodeEncodeError:
        return error_response(HTTPStatus.BAD_REQUEST, "The validation token is not text.")
    return web.Response(body=text, content_type="text/plain", charset="utf-8", headers=_PLAIN_TEXT_HEADERS)
