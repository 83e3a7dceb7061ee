"""Microsoft Graph as the app: nobody can be impersonated there."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from aiohttp import ClientSession
from yarl import URL

from bot.domain.errors import ChatSyncError, NotAllowed, NotFound, Unavailable
from bot.graph.chat_throttle import Turns
from bot.graph.protocol import NAME, error_of, missing_permission, values_of
from bot.http.access_tokens import Tokens
from bot.http.client import Answer, Request, Sender, System
from bot.http.single_flight import SharedFlights
from bot.metrics import Metrics

AT_ONCE = 15
"""Requests under way: an app gets thirty a second in a tenant, and most take half of one."""

TOGETHER_AT_MOST = 20
"""Requests in a batch ("Combine multiple HTTP requests using JSON batching")."""

BATCH_ATTEMPTS = 3
LONGEST_BATCH_WAIT_S = 8.0
"""Somebody waits for the answer; who is asked to wait longer comes back another time."""

_JSON = {"Content-Type": "application/json"}
_NEXT = "@odata.nextLink"


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """An application permission of Graph, and what it lets the app do."""

    permission: str
    to: str
    """As in "Microsoft 365 does not let Chat Sync create chats"."""


class GraphClient:
    """Asks Graph; every call raises the domain's errors for what is no success."""

    def __init__(self, url: str, session: ClientSession, tokens: Tokens, metrics: Metrics, turns: Turns) -> None:
        parts = urlsplit(url)
        self.base = url
        system = System(
            name=NAME,
            at_once=AT_ONCE,
            error_of=error_of,
            timed=lambda answer, seconds: metrics.graph_seconds.labels(answer).observe(seconds),
            one_limit=False,
        )
        self._sender = Sender(f"{parts.scheme}://{parts.netloc}/.default", session, tokens, system)
        self._reading: SharedFlights[Answer] = SharedFlights()
        self._turns = turns

    async def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        right: Right,
        chat: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """The JSON object at the path. Those who read the same at the same time share one request."""
        url = self._url(path, query or {})
        request = Request(method="GET", url=url, headers=headers or {}, reads=True)
        async with self._told(right, chat):
            return (await self._reading.result(url, partial(self._in_turn, request, chat))).body

    async def pages(
        self, path: str, query: Mapping[str, str], *, right: Right, at_most: int, chat: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of a query, page by page, until they end or are so many."""
        page = await self.get(path, query, right=right, chat=chat)
        found = values_of(page)
        while isinstance(page.get(_NEXT), str) and len(found) < at_most:
            page = await self.get(self._own(page[_NEXT]), right=right, chat=chat)
            found += values_of(page)
        return found[:at_most]

    async def change(
        self, method: str, path: str, body: object = None, *, right: Right, chat: str | None = None
    ) -> Answer:
        """Sends a change. It is sent again only where nothing can have been done by it."""
        content = None if body is None else orjson.dumps(body)
        request = Request(method=method, url=self._url(path, {}), headers=_JSON if content else {}, body=content)
        async with self._told(right, chat):
            return await self._in_turn(request, chat)

    async def ask(self, path: str, body: object, *, right: Right) -> Mapping[str, Any]:
        """The answer to a question that Graph wants posted; it changes nothing."""
        url, content = self._url(path, {}), orjson.dumps(body)
        request = Request(method="POST", url=url, headers=_JSON, body=content, reads=True)
        async with self._told(right):
            return (await self._sender.send(request)).body

    async def together(self, paths: Sequence[str], *, right: Right) -> Sequence[Mapping[str, Any] | ChatSyncError]:
        """What is at each path, or why not, with as few requests as can be."""
        found: dict[str, Mapping[str, Any] | ChatSyncError] = {}
        for start in range(0, len(paths), TOGETHER_AT_MOST):
            found |= await self._batch(paths[start : start + TOGETHER_AT_MOST], right)
        return [found[path] for path in paths]

    async def _batch(self, paths: Sequence[str], right: Right) -> dict[str, Mapping[str, Any] | ChatSyncError]:
        """One batch; those of its parts that Graph was too busy for are asked again."""
        found: dict[str, Mapping[str, Any] | ChatSyncError] = {}
        left = list(dict.fromkeys(paths))
        for attempt in range(1, BATCH_ATTEMPTS + 1):
            found |= await self._once(left, right)
            waits = {path: each.retry_after_s for path, each in found.items() if isinstance(each, Unavailable)}
            wait_s = max((wait or attempt for wait in waits.values()), default=0.0)
            left = list(waits)
            if not left or attempt == BATCH_ATTEMPTS or wait_s > LONGEST_BATCH_WAIT_S:
                break
            await asyncio.sleep(wait_s)
        return found

    async def _once(self, paths: Sequence[str], right: Right) -> dict[str, Mapping[str, Any] | ChatSyncError]:
        parts = [{"id": str(number), "method": "GET", "url": f"/{path}"} for number, path in enumerate(paths)]
        answer = await self.ask("$batch", {"requests": parts}, right=right)
        rows = answer.get("responses")
        given = {str(each.get("id")): each for each in rows if isinstance(each, dict)} if isinstance(rows, list) else {}
        return {path: _part(given.get(str(number)), right) for number, path in enumerate(paths)}

    async def _in_turn(self, request: Request, chat: str | None) -> Answer:
        turn: AbstractAsyncContextManager[None] = self._turns.of(chat) if chat else nullcontext()
        async with turn:
            return await self._sender.send(request)

    @asynccontextmanager
    async def _told(self, right: Right, chat: str | None = None) -> AsyncIterator[None]:
        """A refusal says what the app lacks, and that something is not there says what."""
        try:
            yield
        except NotAllowed as error:
            raise _said(error, right) from error
        except NotFound as error:
            if chat is None:
                raise
            raise _not_there() from error

    def _own(self, link: str) -> str:
        """The path in an address that Graph gave. The app's token goes nowhere but to Graph."""
        if not link.lower().startswith(f"{self.base}/".lower()) or "/.." in link:
            raise Unavailable(f"{NAME} gave a link that leads elsewhere.", "Try again in a moment.")
        return link[len(self.base) + 1 :]

    def _url(self, path: str, query: Mapping[str, str]) -> URL:
        text = urlencode(query, quote_via=quote, safe="$,()'/=:@;")
        return URL(f"{self.base}/{path}{'?' if text else ''}{text}", encoded=True)


def part(text: str) -> str:
    """An id as a part of a path."""
    return quote(text, safe="")


def _part(answer: Mapping[str, Any] | None, right: Right) -> Mapping[str, Any] | ChatSyncError:
    if answer is None:
        return Unavailable(f"{NAME} did not answer each request of a batch.", "Try again in a moment.")
    status, body, headers = answer.get("status"), answer.get("body"), answer.get("headers")
    if isinstance(status, int) and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return body if isinstance(body, dict) else {}
    wait = headers.get("Retry-After", "") if isinstance(headers, dict) else ""
    seconds = float(wait) if isinstance(wait, str) and wait.isascii() and wait.isdigit() else None
    error = error_of(status if isinstance(status, int) else 0, body, seconds)
    return _said(error, right) if isinstance(error, NotAllowed) else error


def _said(error: NotAllowed, right: Right) -> NotAllowed:
    said = missing_permission(right.permission, right.to)
    said.code = error.code
    said.__notes__ = list(getattr(error, "__notes__", []))
    return said


def _not_there() -> NotFound:
    return NotFound("This chat or team is not there, or not for Chat Sync.", "Look whether it still exists in Teams.")
