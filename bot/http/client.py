"""How requests reach another system: signed in, in bounded number, and again where that is safe.

tenacity tries again what failed, because how often and after how long is then said and not programmed.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Any

import orjson
from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt, stop_before_delay
from yarl import URL

from bot.domain.errors import ChatSyncError, Unavailable
from bot.http.access_tokens import Tokens

TIMEOUT_S = 10.0
ATTEMPTS = 4
MAX_RETRY_S = 8.0
"""From the first attempt to the beginning of the last; who is asked to wait longer comes back another time."""
FIRST_WAIT_S = 0.1
"""A person may wait for the answer: most of what goes wrong once goes well at once afterwards."""
MAX_WAIT_S = 600.0
"""What an answer may ask for: the limits cover 300 s, and a wrong figure must not close the client for good."""
MAX_BYTES = 32 * 1024 * 1024
"""Bytes of an answer; a page of five thousand ids has one million."""

_BUSY = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_NOT_BEGUN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""With `Retry-After` these say that nothing was done: a change may be sent again too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiTarget:
    """The other system."""

    name: str
    """What people call it."""
    max_concurrent: int
    """Requests under way."""
    parse_error: Callable[[int, object, float | None], ChatSyncError]
    """The error that a status, a body and the seconds of `Retry-After` stand for."""
    on_call: Callable[[str, float], object]
    """Is told of each call: the class of the status, such as `2xx`, or `none`, and the seconds it took."""
    shared_limit: bool
    """Whether its limits are the app's as a whole, so that nothing is sent while it asks to wait."""

    @property
    def unreadable(self) -> Unavailable:
        """What it answered makes no sense."""
        return Unavailable(f"{self.name} gave an answer that cannot be read.", "Try again in a moment.")


class Retryable(Unavailable):
    """It would be taken if it were asked again."""


class ResponseTooLarge(Unavailable):
    """The answer is larger than one that is read: ask for less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """What is sent."""

    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None = None
    idempotent: bool = False
    """Whether it changes nothing, so that it can be repeated whatever became of it."""
    throttle: Callable[[], Awaitable[None]] | None = None
    """Returns when the next attempt may be made; None: at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResponse:
    """What came back from a request that succeeded."""

    target: ApiTarget
    headers: Mapping[str, str]
    content: bytes

    @property
    def etag(self) -> str:
        """The version of the row that was created or changed."""
        return self.headers.get("ETag", "")

    @property
    def entity_id(self) -> str:
        """The address of the row that was created or changed."""
        return self.headers.get("OData-EntityId", "")

    @property
    def body(self) -> Mapping[str, Any]:
        """The JSON object in it; raises `Unavailable` where there is none."""
        body = json_object(self.content)
        if body is None:
            raise self.target.unreadable
        return body


class ApiClient:
    """Sends requests to one system, with the tokens for a scope."""

    def __init__(self, scope: str, session: ClientSession, tokens: Tokens, system: ApiTarget) -> None:
        self._scope = scope
        self._session = session
        self._tokens = tokens
        self._system = system
        self._places = asyncio.Semaphore(system.max_concurrent)
        self._closed_until = 0.0

    async def send(self, request: ApiRequest) -> ApiResponse:
        """The answer to a request that succeeded; raises the domain's errors for anything else."""
        try:
            try:
                return await self._signed_in(request)
            except Retryable as error:
                return await self._retry(request, error)
        except Retryable as error:
            raise _as(Unavailable, error, error.retry_after_s) from error

    async def _retry(self, request: ApiRequest, first: Retryable) -> ApiResponse:
        """Further attempts after the first has failed; raises the last one's error."""
        failed = [first]

        async def attempt() -> ApiResponse:
            if failed:
                raise failed.pop()
            return await self._signed_in(request)

        attempts = AsyncRetrying(
            retry=retry_if_exception_type(Retryable),
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(MAX_RETRY_S),
            wait=_wait_s,
            reraise=True,
        )
        return await attempts(attempt)

    async def _signed_in(self, request: ApiRequest) -> ApiResponse:
        """Sends it with the app's token, and once more with a new one where the token was not accepted."""
        token = await self._tokens.get(self._scope)
        status, answer = await self._attempt(request, token)
        if status == HTTPStatus.UNAUTHORIZED and token:
            await self._tokens.invalidate(self._scope, token)
            another = await self._tokens.get(self._scope)
            if another != token:
                status, answer = await self._attempt(request, another)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _attempt(self, request: ApiRequest, token: str | None) -> tuple[int, ApiResponse | Exception]:
        signed = {**request.headers, "Authorization": f"Bearer {token}"} if token else request.headers
        if request.throttle:
            await request.throttle()
        begun, status = perf_counter(), 0
        try:
            async with self._places:
                self._require_open()
                async with self._asked(request, signed) as answer:
                    status = answer.status
                    return status, self._read(request, answer, await self._content(answer))
        except (ClientError, TimeoutError) as error:
            kind = Retryable if _may_be_repeated(request, error) else Unavailable
            raise kind(f"{self._system.name} does not answer.", "Try again in a moment.") from error
        finally:
            answered = f"{status // 100}xx" if status else "none"
            self._system.on_call(answered, perf_counter() - begun)

    def _asked(self, request: ApiRequest, signed: Mapping[str, str]) -> Any:
        timeout = ClientTimeout(total=TIMEOUT_S)
        return self._session.request(
            request.method, request.url, data=request.body, headers=signed, timeout=timeout, allow_redirects=False
        )

    def _read(self, request: ApiRequest, answer: ClientResponse, content: bytes) -> ApiResponse | Exception:
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return ApiResponse(target=self._system, headers=answer.headers, content=content)
        wait_s = _retry_after(answer)
        if self._system.shared_limit and answer.status == HTTPStatus.TOO_MANY_REQUESTS and wait_s:
            # The limits are the app's: whatever is sent meanwhile would make it wait longer.
            self._closed_until = max(self._closed_until, asyncio.get_running_loop().time() + wait_s)
        error = self._system.parse_error(answer.status, json_object(content), wait_s)
        again = answer.status in _BUSY if request.idempotent else answer.status in _NOT_BEGUN and wait_s is not None
        return _as(Retryable, error, wait_s) if again else error

    async def _content(self, answer: ClientResponse) -> bytes:
        content = bytearray()
        async for chunk in answer.content.iter_chunked(256 * 1024):
            content += chunk
            if len(content) > MAX_BYTES:
                raise ResponseTooLarge(
                    f"{self._system.name} gave an answer that is too large.", "Try again in a moment."
                )
        return bytes(content)

    def _require_open(self) -> None:
        left = self._closed_until - asyncio.get_running_loop().time()
        if left > 0:
            raise Retryable(f"{self._system.name} asks to wait.", "Try again in a moment.", retry_after_s=left)


def _may_be_repeated(request: ApiRequest, error: Exception) -> bool:
    """Whether nothing can have been done twice; a wait to the very end is not begun again."""
    return isinstance(error, ClientConnectorError) or (request.idempotent and not isinstance(error, TimeoutError))


def _wait_s(state: RetryCallState) -> float:
    """As long as was asked for, else longer each time, and not everybody at once."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Retryable) and error.retry_after_s is not None:
        return error.retry_after_s + random.uniform(0, FIRST_WAIT_S)  # noqa: S311 # no secret
    longest = FIRST_WAIT_S * 3.0 ** (state.attempt_number - 1)
    return random.uniform(longest / 2, longest)  # noqa: S311 # no secret


def _as(kind: type[Unavailable], error: ChatSyncError, wait_s: float | None) -> Unavailable:
    """The same in the words of another error."""
    said = kind(str(error), error.next_step, retry_after_s=wait_s)
    said.code = error.code
    said.__notes__ = list(getattr(error, "__notes__", []))
    return said


def json_object(content: bytes) -> Mapping[str, Any] | None:
    """The JSON object that the bytes are; None for anything else."""
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return body if isinstance(body, dict) else None


def _retry_after(answer: ClientResponse) -> float | None:
    value = answer.headers.get("Retry-After", "")
    return min(float(value), MAX_WAIT_S) if value.isascii() and value.isdigit() else None
