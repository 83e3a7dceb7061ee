"""HTTP client for one system: signs in, limits concurrent requests, and retries if that is safe.

tenacity makes the retries declarative: how often, and after which wait.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout
from orjson import JSONDecodeError
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, stop_before_delay
from yarl import URL

from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.texts import text
from bot.http.access_tokens import Tokens
from bot.http.odata_errors import parse_retry_after
from bot.runtime.answer_time import waiting_for
from bot.runtime.backoff import Backoff, jittered
from bot.text.json_text import loads
from bot.tracing import SpanKind, step

TIMEOUT_S = 10.0
ATTEMPTS = 4
MAX_RETRY_S = 8.0
"""Time from the first attempt to the start of the last. A caller that is told to wait longer must come back later."""
FIRST_WAIT_S = 0.1
"""Short, because a person may be waiting and most failures do not repeat."""
_BACKOFF = Backoff(first_s=FIRST_WAIT_S, factor=3.0, longest_s=MAX_RETRY_S)
MAX_WAIT_S = 600.0
"""Upper limit for `Retry-After`: the service limits cover 300 s, and a wrong value must not block the client for good.
"""
MAX_BYTES = 32 * 1024 * 1024
"""Maximum bytes of a response; a page of five thousand IDs has one million."""

_RESOURCE = re.compile(r"/v[0-9]+\.[0-9]+/([A-Za-z_$]{1,100})(?=[/(]|$)")

_BUSY = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_NOT_PROCESSED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""With `Retry-After`, these mean that nothing was processed, so even a change can be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiTarget:
    """The system that requests go to."""

    name: str
    """The name that users know."""
    max_concurrent: int
    """Maximum number of concurrent requests."""
    parse_error: Callable[[int, object, float | None], ChatSyncError]
    """Maps a status, a body, and the seconds of `Retry-After` to an error."""
    on_call: Callable[[str, float], object]
    """Is called after each request with the class of the status, such as `2xx` or `none`, and the seconds it took."""
    on_throttled: Callable[[], object]
    """Is called after each request that the system refused because there were too many."""
    shared_limit: bool
    """True if the limits apply to the app as a whole, so that all requests pause while the system asks to wait."""

    @property
    def unreadable(self) -> Unavailable:
        """An error for a response that cannot be parsed."""
        return Unavailable(text("{system} returned an unreadable answer.", system=self.name), "Try again in a moment.")


class Retryable(Unavailable):
    """The request can be retried."""


class ResponseTooLarge(Unavailable):
    """The response exceeds the maximum size; request fewer rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """A request to send."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None = None
    idempotent: bool = False
    """True if the request changes nothing, so that it can be repeated after any failure."""
    throttle: Callable[[], Awaitable[None]] | None = None
    """Waits until the next attempt is allowed; None if there is no limit."""
    timeout_s: float = TIMEOUT_S
    """Time limit of one attempt."""
    max_bytes: int | None = None
    """Maximum bytes of the response; None for the usual limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResponse:
    """The response to a request that succeeded."""

    target: ApiTarget
    headers: Mapping[str, str]
    content: bytes

    @property
    def etag(self) -> str:
        """The version of the row that was created or changed."""
        return self.headers.get("ETag", "")

    @property
    def entity_id(self) -> str:
        """The URL of the row that was created or changed."""
        return self.headers.get("OData-EntityId", "")

    @property
    def body(self) -> Mapping[str, Any]:
        """The JSON object in the body; raises `Unavailable` if there is none."""
        body = json_object(self.content)
        if body is None:
            raise self.target.unreadable
        return body


class ApiClient:
    """Sends requests to one system, with a token for the scope."""

    def __init__(self, scope: str, session: ClientSession, tokens: Tokens, system: ApiTarget) -> None:
        self._scope = scope
        self._session = session
        self._tokens = tokens
        self._system = system
        self._slots = asyncio.Semaphore(system.max_concurrent)
        self._blocked_until = 0.0

    async def send(self, request: ApiRequest) -> ApiResponse:
        """Return the response to a request that succeeded; raise a domain error otherwise."""
        try:
            with waiting_for(self._system.name):
                return await self._send_or_retry(request)
        except Retryable as error:
            raise _converted(Unavailable, error, error.retry_after_s) from error

    async def _send_or_retry(self, request: ApiRequest) -> ApiResponse:
        try:
            return await self._send_signed_in(request)
        except Retryable as error:
            return await self._retry(request, error)

    async def _retry(self, request: ApiRequest, first: Retryable) -> ApiResponse:
        """Retry after the first attempt failed; raise the error of the last attempt."""
        failed = [first]

        async def attempt() -> ApiResponse:
            if failed:
                raise failed.pop()
            return await self._send_signed_in(request)

        attempts = AsyncRetrying(
            retry=retry_if_exception_type(Retryable),
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(MAX_RETRY_S),
            wait=_wait_s,
            reraise=True,
        )
        return await attempts(attempt)

    async def _send_signed_in(self, request: ApiRequest) -> ApiResponse:
        """Send the request with the app's token, and once more with a new token if the first was rejected."""
        token = await self._tokens.get(self._scope)
        status, answer = await self._send_once(request, token)
        if status == HTTPStatus.UNAUTHORIZED and token:
            await self._tokens.invalidate(self._scope, token)
            another = await self._tokens.get(self._scope)
            if another != token:
                status, answer = await self._send_once(request, another)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _send_once(self, request: ApiRequest, token: str | None) -> tuple[int, ApiResponse | Exception]:
        with step(f"{request.method} {self._system.name}", SpanKind.CLIENT) as attempt:
            if attempt.is_on:
                attempt.set("http.request.method", request.method)
                attempt.set("chatsync.resource", resource_of(request.url))
            status, answer = await self._send_within(request, token)
            attempt.set("http.response.status_code", status)
            if isinstance(answer, Exception):
                attempt.fail(type(answer).__name__)
            return status, answer

    async def _send_within(self, request: ApiRequest, token: str | None) -> tuple[int, ApiResponse | Exception]:
        signed = {**request.headers, "Authorization": f"Bearer {token}"} if token else request.headers
        if request.throttle:
            await request.throttle()
        started_at, status = perf_counter(), 0
        try:
            async with self._slots:
                self._require_not_blocked()
                async with self._request(request, signed) as answer:
                    status = answer.status
                    content = await self._read_body(answer, request.max_bytes or MAX_BYTES)
                    return status, self._parse(request, answer, content)
        except (ClientError, TimeoutError) as error:
            kind = Retryable if _is_retryable(request, error) else Unavailable
            raise kind(
                text("{system} is not responding.", system=self._system.name), text("Try again in a moment.")
            ) from error
        finally:
            answered = f"{status // 100}xx" if status else "none"
            self._system.on_call(answered, perf_counter() - started_at)
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                self._system.on_throttled()

    def _request(self, request: ApiRequest, signed: Mapping[str, str]) -> Any:
        timeout = ClientTimeout(total=request.timeout_s)
        return self._session.request(
            request.method, request.url, data=request.body, headers=signed, timeout=timeout, allow_redirects=False
        )

    def _parse(self, request: ApiRequest, answer: ClientResponse, content: bytes) -> ApiResponse | Exception:
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return ApiResponse(target=self._system, headers=answer.headers, content=content)
        wait_s = _retry_after_s(answer)
        if self._system.shared_limit and answer.status == HTTPStatus.TOO_MANY_REQUESTS and wait_s:
            # The limits apply to the app as a whole: further requests would only extend the wait.
            self._blocked_until = max(self._blocked_until, asyncio.get_running_loop().time() + wait_s)
        error = self._system.parse_error(answer.status, json_object(content), wait_s)
        again = answer.status in _BUSY if request.idempotent else answer.status in _NOT_PROCESSED and wait_s is not None
        return _converted(Retryable, error, wait_s) if again else error

    async def _read_body(self, answer: ClientResponse, max_bytes: int) -> bytes:
        content = bytearray()
        async for chunk in answer.content.iter_chunked(256 * 1024):
            content += chunk
            if len(content) > max_bytes:
                raise ResponseTooLarge(
                    text("{system} returned an answer that is too large.", system=self._system.name),
                    "Try again in a moment.",
                )
        return bytes(content)

    def _require_not_blocked(self) -> None:
        left = self._blocked_until - asyncio.get_running_loop().time()
        if left > 0:
            raise Retryable(
                text("{system} is busy.", system=self._system.name), "Try again in a moment.", retry_after_s=left
            )


def resource_of(url: URL) -> str:
    """Return the first part of the path after the version of the API: a set or a function, never an ID."""
    found = _RESOURCE.search(url.raw_path)
    return found.group(1) if found else "unknown"


def _is_retryable(request: ApiRequest, error: Exception) -> bool:
    """Return whether a repeated request cannot take effect twice; after a timeout there is no time left to retry."""
    return isinstance(error, ClientConnectorError) or (request.idempotent and not isinstance(error, TimeoutError))


def _wait_s(state: RetryCallState) -> float:
    """Return the seconds that the system asked to wait, plus jitter, or else the next backoff."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Retryable) and error.retry_after_s is not None:
        return error.retry_after_s + jittered(FIRST_WAIT_S)
    return _BACKOFF.wait_s(state.attempt_number - 1)


def _converted(kind: type[Unavailable], error: ChatSyncError, wait_s: float | None) -> Unavailable:
    """Convert the error to another class; keep its texts, code, and notes."""
    converted = kind(error.text, error.next_step, retry_after_s=wait_s)
    converted.code, converted.log_text = error.code, error.log_text
    converted.__notes__ = list(getattr(error, "__notes__", []))
    return converted


def json_object(content: bytes) -> Mapping[str, Any] | None:
    """Parse a JSON object; return None for anything else."""
    try:
        body = loads(content)
    except JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _retry_after_s(answer: ClientResponse) -> float | None:
    seconds = parse_retry_after(answer.headers.get("Retry-After"))
    return None if seconds is None else min(seconds, MAX_WAIT_S)
