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
from bot.graph.chat_throttle import ChatThrottle
from bot.graph.protocol import NAME, missing_permission, page_rows, parse_error
from bot.http.access_tokens import Tokens
from bot.http.client import ApiClient, ApiRequest, ApiResponse, ApiTarget
from bot.http.single_flight import SharedFlights
from bot.metrics import Metrics

MAX_CONCURRENT_REQUESTS = 15
"""Requests under way: an app gets thirty a second in a tenant, and most take half of one."""

MAX_BATCH_REQUESTS = 20
"""Requests in a batch ("Combine multiple HTTP requests using JSON batching")."""

BATCH_ATTEMPTS = 3
MAX_BATCH_WAIT_S = 8.0
"""Somebody waits for the answer; who is asked to wait longer comes back another time."""

_JSON = {"Content-Type": "application/json"}
_NEXT = "@odata.nextLink"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphPermission:
    """An application permission of Graph, and what it lets the app do."""

    name: str
    purpose: str
    """As in "Microsoft 365 does not let Chat Sync create chats"."""


class GraphClient:
    """Asks Graph; every call raises the domain's errors for what is no success."""

    def __init__(
        self, url: str, session: ClientSession, tokens: Tokens, metrics: Metrics, throttle: ChatThrottle
    ) -> None:
        parts = urlsplit(url)
        self.base = url
        system = ApiTarget(
            name=NAME,
            max_concurrent=MAX_CONCURRENT_REQUESTS,
            parse_error=parse_error,
            on_call=lambda answer, seconds: metrics.graph_seconds.labels(answer).observe(seconds),
            shared_limit=False,
        )
        self._sender = ApiClient(f"{parts.scheme}://{parts.netloc}/.default", session, tokens, system)
        self._reading: SharedFlights[ApiResponse] = SharedFlights()
        self._throttle = throttle

    async def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        permission: GraphPermission,
        chat: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """The JSON object at the path. Those who read the same at the same time share one request."""
        url = self._url(path, query or {})
        request = ApiRequest(method="GET", url=url, headers=headers or {}, idempotent=True)
        async with self._explain_errors(permission, chat):
            return (await self._reading.result(url, partial(self._throttled, request, chat))).body

    async def pages(
        self, path: str, query: Mapping[str, str], *, permission: GraphPermission, at_most: int, chat: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of a query, page by page, until they end or are so many."""
        page = await self.get(path, query, permission=permission, chat=chat)
        found = page_rows(page)
        while isinstance(page.get(_NEXT), str) and len(found) < at_most:
            page = await self.get(self._own(page[_NEXT]), permission=permission, chat=chat)
            found += page_rows(page)
        return found[:at_most]

    async def change(
        self, method: str, path: str, body: object = None, *, permission: GraphPermission, chat: str | None = None
    ) -> ApiResponse:
        """Sends a change. It is sent again only where nothing can have been done by it."""
        content = None if body is None else orjson.dumps(body)
        request = ApiRequest(method=method, url=self._url(path, {}), headers=_JSON if content else {}, body=content)
        async with self._explain_errors(permission, chat):
            return await self._throttled(request, chat)

    async def post_query(self, path: str, body: object, *, permission: GraphPermission) -> Mapping[str, Any]:
        """The answer to a question that Graph wants posted; it changes nothing."""
        url, content = self._url(path, {}), orjson.dumps(body)
        request = ApiRequest(method="POST", url=url, headers=_JSON, body=content, idempotent=True)
        async with self._explain_errors(permission):
            return (await self._sender.send(request)).body

    async def batch(
        self, paths: Sequence[str], *, permission: GraphPermission
    ) -> Sequence[Mapping[str, Any] | ChatSyncError]:
        """What is at each path, or why not, with as few requests as can be."""
        found: dict[str, Mapping[str, Any] | ChatSyncError] = {}
        for start in range(0, len(paths), MAX_BATCH_REQUESTS):
            found |= await self._read_batch(paths[start : start + MAX_BATCH_REQUESTS], permission)
        return [found[path] for path in paths]

    async def _read_batch(
        self, paths: Sequence[str], right: GraphPermission
    ) -> dict[str, Mapping[str, Any] | ChatSyncError]:
        """One batch; those of its parts that Graph was too busy for are asked again."""
        found: dict[str, Mapping[str, Any] | ChatSyncError] = {}
        left = list(dict.fromkeys(paths))
        for attempt in range(1, BATCH_ATTEMPTS + 1):
            found |= await self._once(left, right)
            waits = {path: each.retry_after_s for path, each in found.items() if isinstance(each, Unavailable)}
            wait_s = max((wait or attempt for wait in waits.values()), default=0.0)
            left = list(waits)
            if not left or attempt == BATCH_ATTEMPTS or wait_s > MAX_BATCH_WAIT_S:
                break
            await asyncio.sleep(wait_s)
        return found

    async def _once(self, paths: Sequence[str], right: GraphPermission) -> dict[str, Mapping[str, Any] | ChatSyncError]:
        parts = [{"id": str(number), "method": "GET", "url": f"/{path}"} for number, path in enumerate(paths)]
        answer = await self.post_query("$batch", {"requests": parts}, permission=right)
        rows = answer.get("responses")
        given = {str(each.get("id")): each for each in rows if isinstance(each, dict)} if isinstance(rows, list) else {}
        return {path: _part(given.get(str(number)), right) for number, path in enumerate(paths)}

    async def _throttled(self, request: ApiRequest, chat: str | None) -> ApiResponse:
        turn: AbstractAsyncContextManager[None] = self._throttle.acquire(chat) if chat else nullcontext()
        async with turn:
            return await self._sender.send(request)

    @asynccontextmanager
    async def _explain_errors(self, right: GraphPermission, chat: str | None = None) -> AsyncIterator[None]:
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


def path_segment(text: str) -> str:
    """An id as a part of a path."""
    return quote(text, safe="")


def _part(answer: Mapping[str, Any] | None, right: GraphPermission) -> Mapping[str, Any] | ChatSyncError:
    if answer is None:
        return Unavailable(f"{NAME} did not answer each request of a batch.", "Try again in a moment.")
    status, body, headers = answer.get("status"), answer.get("body"), answer.get("headers")
    if isinstance(status, int) and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return body if isinstance(body, dict) else {}
    wait = headers.get("Retry-After", "") if isinstance(headers, dict) else ""
    seconds = float(wait) if isinstance(wait, str) and wait.isascii() and wait.isdigit() else None
    error = parse_error(status if isinstance(status, int) else 0, body, seconds)
    return _said(error, right) if isinstance(error, NotAllowed) else error


def _said(error: NotAllowed, right: GraphPermission) -> NotAllowed:
    said = missing_permission(right.name, right.purpose)
    said.code = error.code
    said.__notes__ = list(getattr(error, "__notes__", []))
    return said


def _not_there() -> NotFound:
    return NotFound("This chat or team is not there, or not for Chat Sync.", "Look whether it still exists in Teams.")
