"""Client of Microsoft Graph, as the app: Graph offers no impersonation."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from aiohttp import ClientSession
from yarl import URL

from bot.domain.errors import ChatSyncError, NotAllowed, NotFound, Unavailable
from bot.domain.texts import Text, text
from bot.graph.chat_throttle import ChatThrottle
from bot.graph.protocol import NAME, missing_permission, page_rows, parse_error
from bot.http.access_tokens import Tokens
from bot.http.client import ApiClient, ApiRequest, ApiResponse, ApiTarget
from bot.http.odata_errors import parse_retry_after
from bot.metrics import Metrics
from bot.runtime.answer_time import waiting_for
from bot.runtime.backoff import Backoff
from bot.runtime.single_flight import SharedFlights
from bot.text.json_text import dumps

MAX_CONCURRENT_REQUESTS = 15
"""Maximum number of concurrent requests: an app gets 30 a second in a tenant, and most take half a second."""

MAX_BATCH_REQUESTS = 20
"""Maximum number of requests in a batch ("Combine multiple HTTP requests using JSON batching")."""

BATCH_ATTEMPTS = 3
MAX_BATCH_WAIT_S = 8.0
"""A person is waiting, so a caller that is told to wait longer must come back later."""

_BACKOFF = Backoff(first_s=0.5, factor=2.0, longest_s=MAX_BATCH_WAIT_S)

_JSON = {"Content-Type": "application/json"}
_NEXT = "@odata.nextLink"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphPermission:
    """An application permission of Graph."""

    name: str
    missing: Text
    """The sentence for people if the app does not have it, such as "Microsoft 365 does not let Chat Sync …"."""


class GraphClient:
    """Sends requests to Graph; every call raises a domain error unless it succeeds."""

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
            on_throttled=metrics.throttled.labels("graph").inc,
            shared_limit=False,
        )
        self._sender = ApiClient(f"{parts.scheme}://{parts.netloc}/.default", session, tokens, system)
        self._shared_reads: SharedFlights[ApiResponse] = SharedFlights()
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
        """Return the JSON object at the path. Concurrent callers that read the same share one request."""
        url = self._url(path, query or {})
        request = ApiRequest(method="GET", url=url, headers=headers or {}, idempotent=True)
        async with self._errors_explained(permission, chat):
            with waiting_for(NAME):  # also for a request of another answer
                return (await self._shared_reads.result(url, partial(self._send_throttled, request, chat))).body

    async def get_content(self, path: str, *, permission: GraphPermission, max_bytes: int) -> ApiResponse:
        """Return the content at the path, which is not JSON; raise `Unavailable` also if it is too large."""
        request = ApiRequest(method="GET", url=self._url(path, {}), headers={}, idempotent=True, max_bytes=max_bytes)
        async with self._errors_explained(permission):
            return await self._sender.send(request)

    async def pages(
        self, path: str, query: Mapping[str, str], *, permission: GraphPermission, at_most: int, chat: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a query, page by page, up to a maximum."""
        page = await self.get(path, query, permission=permission, chat=chat)
        found = page_rows(page)
        while isinstance(page.get(_NEXT), str) and len(found) < at_most:
            page = await self.get(self._own_path(page[_NEXT]), permission=permission, chat=chat)
            found += page_rows(page)
        return found[:at_most]

    async def change(
        self, method: str, path: str, body: object = None, *, permission: GraphPermission, chat: str | None = None
    ) -> ApiResponse:
        """Send a change. It is retried only if it cannot have taken effect."""
        content = None if body is None else dumps(body)
        request = ApiRequest(method=method, url=self._url(path, {}), headers=_JSON if content else {}, body=content)
        async with self._errors_explained(permission, chat):
            return await self._send_throttled(request, chat)

    async def post_query(self, path: str, body: object, *, permission: GraphPermission) -> Mapping[str, Any]:
        """Return the answer to a query that Graph expects as POST; it changes nothing."""
        url, content = self._url(path, {}), dumps(body)
        request = ApiRequest(method="POST", url=url, headers=_JSON, body=content, idempotent=True)
        async with self._errors_explained(permission):
            return (await self._sender.send(request)).body

    async def batch(
        self, paths: Sequence[str], *, permission: GraphPermission
    ) -> Sequence[Mapping[str, Any] | ChatSyncError]:
        """Return the object at each path, or the error, with as few requests as possible."""
        starts = range(0, len(paths), MAX_BATCH_REQUESTS)
        parts = [paths[start : start + MAX_BATCH_REQUESTS] for start in starts]
        answers = await asyncio.gather(*(self._read_batch(part, permission) for part in parts))
        found = {path: answer for part in answers for path, answer in part.items()}
        return [found[path] for path in paths]

    async def _read_batch(
        self, paths: Sequence[str], right: GraphPermission
    ) -> dict[str, Mapping[str, Any] | ChatSyncError]:
        """Send one batch; retry the parts that Graph was too busy for."""
        found: dict[str, Mapping[str, Any] | ChatSyncError] = {}
        remaining = list(dict.fromkeys(paths))
        for attempt in range(1, BATCH_ATTEMPTS + 1):
            found |= await self._send_batch(remaining, right)
            waits = {path: each.retry_after_s for path, each in found.items() if isinstance(each, Unavailable)}
            wait_s = max((_BACKOFF.wait_s(attempt, retry_after_s) for retry_after_s in waits.values()), default=0.0)
            remaining = list(waits)
            if not remaining or attempt == BATCH_ATTEMPTS or wait_s > MAX_BATCH_WAIT_S:
                break
            await asyncio.sleep(wait_s)
        return found

    async def _send_batch(
        self, paths: Sequence[str], right: GraphPermission
    ) -> dict[str, Mapping[str, Any] | ChatSyncError]:
        parts = [{"id": str(number), "method": "GET", "url": f"/{path}"} for number, path in enumerate(paths)]
        answer = await self.post_query("$batch", {"requests": parts}, permission=right)
        rows = answer.get("responses")
        responses = (
            {str(each.get("id")): each for each in rows if isinstance(each, dict)} if isinstance(rows, list) else {}
        )
        return {path: _parse_part(responses.get(str(number)), right) for number, path in enumerate(paths)}

    async def _send_throttled(self, request: ApiRequest, chat: str | None) -> ApiResponse:
        throttle: AbstractAsyncContextManager[None] = self._throttle.acquire(chat) if chat else nullcontext()
        with waiting_for(NAME):
            async with throttle:
                return await self._sender.send(request)

    @asynccontextmanager
    async def _errors_explained(self, right: GraphPermission, chat: str | None = None) -> AsyncIterator[None]:
        """Convert a refusal to an error that names the missing permission, and a 404 to one about the chat."""
        try:
            yield
        except NotAllowed as error:
            raise _missing_permission(error, right) from error
        except NotFound as error:
            if chat is None:
                raise
            raise _chat_not_found() from error

    def _own_path(self, link: str) -> str:
        """Return the path in a link from Graph; reject other hosts, so that the app's token is sent only to Graph."""
        if not link.lower().startswith(f"{self.base}/".lower()) or "/.." in link:
            raise Unavailable(text("{system} returned an invalid link.", system=NAME), "Try again in a moment.")
        return link[len(self.base) + 1 :]

    def _url(self, path: str, query: Mapping[str, str]) -> URL:
        text = urlencode(query, quote_via=quote, safe="$,()'/=:@;")
        return URL(f"{self.base}/{path}{'?' if text else ''}{text}", encoded=True)


def _parse_part(answer: Mapping[str, Any] | None, right: GraphPermission) -> Mapping[str, Any] | ChatSyncError:
    if answer is None:
        return Unavailable(
            text("{system} did not answer every request of a batch.", system=NAME), "Try again in a moment."
        )
    status, body, headers = answer.get("status"), answer.get("body"), answer.get("headers")
    if isinstance(status, int) and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return body if isinstance(body, dict) else {}
    retry_after_s = parse_retry_after(headers.get("Retry-After")) if isinstance(headers, dict) else None
    error = parse_error(status if isinstance(status, int) else 0, body, retry_after_s)
    return _missing_permission(error, right) if isinstance(error, NotAllowed) else error


def _missing_permission(error: NotAllowed, right: GraphPermission) -> NotAllowed:
    converted = missing_permission(right.name, right.missing)
    converted.code = error.code
    converted.__notes__ = list(getattr(error, "__notes__", []))
    return converted


def _chat_not_found() -> NotFound:
    return NotFound(
        "This chat or team does not exist, or Chat Sync has no access to it.", "Check in Teams whether it still exists."
    )
