"""One environment's Web API over HTTP.

tenacity tries again what failed, because how often and after how long is then said and not programmed.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt
from yarl import URL

from bot.dataverse.protocol import API, error_of, headers
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.values import Environment, ObjectId
from bot.metrics import Metrics
from bot.net.tokens import Tokens

AT_ONCE = 40
"""Requests under way: the service protection limit is 52 a user and server ("Service protection API limits")."""
TIMEOUT_S = 10.0
PATIENCE_S = 5.0
"""The longest wait for one more attempt; who is asked to wait longer comes back another time."""
ATTEMPTS = 3
LARGEST = 32 * 1024 * 1024
"""Bytes of an answer; a page of five thousand ids has one."""

_BUSY = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_NOT_BEGUN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""With `Retry-After` these say that nothing was done: a change may be sent again too."""


class Busy(Unavailable):
    """It would be taken if it were asked again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from a request that succeeded."""

    etag: str
    entity_id: str
    """The address of the row that was created or changed."""
    body: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None = None

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, so that it can be repeated whatever became of it."""
        return self.method == "GET"


class DataverseClient:
    """Asks one environment, as the app or on behalf of a person."""

    def __init__(self, environment: Environment, session: ClientSession, tokens: Tokens, metrics: Metrics) -> None:
        self.environment = environment
        parts = urlsplit(environment.url)
        self._scope = f"{parts.scheme}://{parts.netloc}/.default"
        self._session = session
        self._tokens = tokens
        self._metrics = metrics
        self._places = asyncio.Semaphore(AT_ONCE)
        self._reading: dict[tuple[object, ...], asyncio.Task[Answer]] = {}
        self._closed_until = 0.0

    async def get(
        self,
        path: str,
        query: Mapping[str, str] | str = "",
        *,
        caller: ObjectId | None = None,
        prefer: Sequence[str] = (),
    ) -> Mapping[str, Any]:
        """The JSON object at the path below the API; raises the domain's errors for anything else.

        Those who read the same at the same time for the same caller share one request.
        """
        url = self._url(path, query)
        key = (url, caller, *prefer)
        task = self._reading.get(key)
        if task is None:
            request = _Request(method="GET", url=url, headers=headers(caller, prefer))
            task = self._reading[key] = asyncio.create_task(self._send(request))
            task.add_done_callback(lambda _: self._reading.pop(key, None))
        # One who gives up waiting must not end the reading for the others.
        answer = await asyncio.shield(task)
        if answer.body is None:
            raise Unavailable("Dynamics 365 gave an answer that cannot be read.", "Try again in a moment.")
        return answer.body

    async def rows(
        self, path: str, query: Mapping[str, str], *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of the first page of a query."""
        found = (await self.get(path, query, caller=caller, prefer=prefer)).get("value")
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    async def create(self, path: str, row: Mapping[str, object], *, caller: ObjectId | None = None) -> Answer:
        """Creates a row in the table's set; `entity_id` of the answer is its address."""
        return await self._change("POST", path, row, caller, {})

    async def update(
        self, path: str, values: Mapping[str, object], *, caller: ObjectId | None = None, etag: str = "*"
    ) -> Answer:
        """Changes a row that is there, and where an etag is given only if it is still that version: else `Conflict`."""
        return await self._change("PATCH", path, values, caller, {"If-Match": etag})

    async def delete(self, path: str, *, caller: ObjectId | None = None) -> None:
        """Deletes a row; raises `NotFound` where it is not there."""
        await self._change("DELETE", path, None, caller, {})

    async def _change(
        self,
        method: str,
        path: str,
        values: Mapping[str, object] | None,
        caller: ObjectId | None,
        conditions: Mapping[str, str],
    ) -> Answer:
        sent = {**headers(caller, ()), **conditions}
        del sent["If-None-Match"]
        body = None if values is None else orjson.dumps(values)
        if body is not None:
            sent["Content-Type"] = "application/json"
        return await self._send(_Request(method=method, url=self._url(path, ""), headers=sent, body=body))

    def _url(self, path: str, query: Mapping[str, str] | str) -> URL:
        text = query if isinstance(query, str) else urlencode(query, quote_via=quote, safe="$,()'/=:@")
        return URL(f"{self.environment.url}/{API}/{path}{'?' if text else ''}{text}", encoded=True)

    async def _send(self, request: _Request) -> Answer:
        try:
            try:
                return await self._signed_in(request)
            except Busy as error:
                return await self._patiently(request, error)
        except Busy as error:
            raise _as(Unavailable, error, error.retry_after_s) from error

    async def _patiently(self, request: _Request, first: Busy) -> Answer:
        """Further attempts after the first has failed; raises the last one's error."""
        await asyncio.sleep(_wait_s(first, 1))
        again = AsyncRetrying(
            retry=retry_if_exception_type(Busy), stop=stop_after_attempt(ATTEMPTS - 1), wait=_waited, reraise=True
        )
        answer: Answer = await again(self._signed_in, request)
        return answer

    async def _signed_in(self, request: _Request) -> Answer:
        """Sends it with the app's token, and once more with a new one where the token was not accepted."""
        token = await self._tokens.get(self._scope)
        status, answer = await self._once(request, token)
        if status == HTTPStatus.UNAUTHORIZED and token:
            await self._tokens.refused(self._scope, token)
            status, answer = await self._once(request, await self._tokens.get(self._scope))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _once(self, request: _Request, token: str | None) -> tuple[int, Answer | Exception]:
        self._require_open()
        signed = {**request.headers, "Authorization": f"Bearer {token}"} if token else request.headers
        begun, status = perf_counter(), 0
        try:
            async with self._places, self._request(request, signed) as answer:
                status = answer.status
                return status, self._read(request, answer, await _content(answer))
        except (ClientError, TimeoutError) as error:
            kind = Busy if request.reads and not isinstance(error, TimeoutError) else Unavailable
            raise kind("Dynamics 365 does not answer.", "Try again in a moment.") from error
        finally:
            answered = f"{status // 100}xx" if status else "none"
            self._metrics.dataverse_seconds.labels(answered).observe(perf_counter() - begun)

    def _request(self, request: _Request, signed: Mapping[str, str]) -> Any:
        timeout = ClientTimeout(total=TIMEOUT_S)
        return self._session.request(
            request.method, request.url, data=request.body, headers=signed, timeout=timeout, allow_redirects=False
        )

    def _read(self, request: _Request, answer: ClientResponse, content: bytes) -> Answer | Exception:
        body = _object(content)
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            etag = answer.headers.get("ETag", "")
            return Answer(etag=etag, entity_id=answer.headers.get("OData-EntityId", ""), body=body)
        wait_s = _retry_after(answer)
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS and wait_s:
            # The limits are the app's: whatever is sent meanwhile would make it wait longer.
            self._closed_until = asyncio.get_running_loop().time() + wait_s
        error = error_of(answer.status, body, wait_s)
        again = answer.status in _BUSY if request.reads else answer.status in _NOT_BEGUN and wait_s is not None
        return _as(Busy, error, wait_s) if again else error

    def _require_open(self) -> None:
        left = self._closed_until - asyncio.get_running_loop().time()
        if left > 0:
            raise Busy("Dynamics 365 asks to wait.", "Try again in a moment.", retry_after_s=left)


def _waited(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return _wait_s(error, state.attempt_number + 1) if isinstance(error, Busy) else 0.0


def _wait_s(error: Busy, attempt: int) -> float:
    """As long as was asked for, else longer each time; raises the error where that would be too long."""
    if error.retry_after_s is None:
        return min(PATIENCE_S, 0.1 * 2.0**attempt)
    if error.retry_after_s > PATIENCE_S:
        raise error
    return error.retry_after_s


def _as(kind: type[Unavailable], error: ChatSyncError, wait_s: float | None) -> Unavailable:
    """The same in the words of another error."""
    said = kind(str(error), error.next_step, retry_after_s=wait_s)
    said.__notes__ = list(getattr(error, "__notes__", []))
    return said


async def _content(answer: ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_chunked(256 * 1024):
        content += chunk
        if len(content) > LARGEST:
            raise Unavailable("Dynamics 365 gave an answer that is too large.", "Try again in a moment.")
    return bytes(content)


def _object(content: bytes) -> Mapping[str, Any] | None:
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _retry_after(answer: ClientResponse) -> float | None:
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None
