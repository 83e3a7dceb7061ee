"""One environment's Web API, as the app or on behalf of a person."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

import orjson
from aiohttp import ClientSession
from yarl import URL

from bot.dataverse.batch import BatchRequest, BatchResponse, decode_batch, encode_batch
from bot.dataverse.protocol import API, headers, parse_error
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.values import Environment, ObjectId
from bot.http.access_tokens import Tokens
from bot.http.client import ApiClient, ApiRequest, ApiResponse, ApiTarget, json_object
from bot.http.single_flight import SharedFlights
from bot.metrics import Metrics

MAX_CONCURRENT_REQUESTS = 40
"""Requests under way: the service protection limit is 52 a user and server ("Service protection API limits")."""

Query = Mapping[str, str] | str
"""Options by name, or as they stand behind the question mark."""

Throttle = Callable[[], Awaitable[None]]
"""Returns when the next request may be sent."""

_JSON = {"Content-Type": "application/json"}
_GO_ON = "odata.continue-on-error"
_NEXT = "@odata.nextLink"
_PAGES_AT_MOST = 100
"""Pages may be empty and yet not the last; a server that gives such ones for ever is left after so many."""


class DataverseClient:
    """Asks one environment; every call raises the domain's errors for what is no success."""

    def __init__(self, environment: Environment, sender: ApiClient, turn: Throttle | None = None) -> None:
        self.environment = environment
        self._base = f"{environment.url}/{API}/"
        self._sender = sender
        self._turn = turn
        self._reading: SharedFlights[ApiResponse] = SharedFlights()

    def throttled(self, throttle: Throttle) -> Self:
        """The same client, each of whose requests waits for its turn first."""
        return type(self)(self.environment, self._sender, throttle)

    async def get(
        self, path: str, query: Query = "", *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        """The JSON object at the path below the API.

        Those who read the same at the same time for the same caller share one request.
        """
        url = self._url(path, query)
        request = ApiRequest(
            method="GET", url=url, headers=headers(caller, prefer), idempotent=True, throttle=self._turn
        )
        answer = await self._reading.result((url, caller, *prefer), partial(self._sender.send, request))
        return answer.body

    async def follow(
        self, link: str, *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        """What is at an address that Dataverse gave. The app's token goes nowhere but to the environment's own API."""
        self.require_own(link)
        path, _, query = link[len(self._base) :].partition("?")
        return await self.get(path, query, caller=caller, prefer=prefer)

    def require_own(self, link: str) -> None:
        """Returns where the address is below the environment's own API; raises `Unavailable` for any other."""
        if link[: len(self._base)].lower() != self._base.lower() or "/.." in link:
            raise Unavailable("Dynamics 365 gave a link that leads elsewhere.", "Try again in a moment.")

    async def rows(
        self, path: str, query: Query, *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of the first page of a query."""
        return _rows(await self.get(path, query, caller=caller, prefer=prefer))

    async def all_rows(
        self, path: str, query: Query, *, at_most: int, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of a query, page by page, until they end or are so many."""
        page = await self.get(path, query, caller=caller, prefer=prefer)
        found = list(_rows(page))
        for _ in range(_PAGES_AT_MOST):
            if not page.get(_NEXT) or len(found) >= at_most:
                break
            page = await self.follow(str(page[_NEXT]), caller=caller, prefer=prefer)
            found += _rows(page)
        return found[:at_most]

    async def create(self, path: str, row: Mapping[str, object], *, caller: ObjectId | None = None) -> ApiResponse:
        """Creates a row in the table's set; `entity_id` of the answer is its address."""
        return await self._change("POST", path, row, caller, {})

    async def update(
        self,
        path: str,
        values: Mapping[str, object],
        *,
        caller: ObjectId | None = None,
        etag: str = "*",
        back: str = "",
    ) -> ApiResponse:
        """Changes a row that is there, and where an etag is given only if it is still that version: else `Conflict`.

        `back`: columns, joined by commas, that the body of the answer has as they are then.
        """
        return await self._change("PATCH", path, values, caller, {"If-Match": etag}, back=back)

    async def upsert(
        self,
        path: str,
        values: Mapping[str, object],
        *,
        caller: ObjectId | None = None,
        only_new: bool = False,
        back: str = "",
    ) -> ApiResponse:
        """Changes the row at the path or creates it there; with `only_new` one that is there is a `Conflict`.

        `back`: as with `update`.
        """
        conditions = {"If-None-Match": "*"} if only_new else {}
        return await self._change("PATCH", path, values, caller, conditions, back=back)

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
        *,
        back: str = "",
    ) -> ApiResponse:
        body = None if values is None else orjson.dumps(values)
        returned = {"Prefer": "return=representation"} if back else {}
        sent = {**_unconditional(caller), **(_JSON if body else {}), **conditions, **returned}
        url = self._url(path, {"$select": back} if back else "")
        return await self._sender.send(ApiRequest(method=method, url=url, headers=sent, body=body, throttle=self._turn))

    async def batch_read(
        self, queries: Sequence[tuple[str, Query]], *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Sequence[Mapping[str, Any] | ChatSyncError]:
        """What is at each path, or why not, by one request; a hundred at most."""
        asked = headers(caller, prefer)
        parts = [BatchRequest(method="GET", url=str(self._url(path, query)), headers=asked) for path, query in queries]
        answers = await self._batch(parts, caller, together=False)
        if len(answers) != len(parts):
            raise Unavailable("Dynamics 365 did not answer each request of a batch.", "Try again in a moment.")
        return [_found(answer) for answer in answers]

    async def batch_write(
        self,
        changes: Sequence[tuple[str, str, Mapping[str, object] | None]],
        *,
        caller: ObjectId | None = None,
    ) -> None:
        """Makes all changes (method, path, values), or none and raises the error of the one that was refused."""
        asked = {**_unconditional(caller), **_JSON}
        parts = [
            BatchRequest(
                method=method,
                url=str(self._url(path, "")),
                headers=asked,
                body=b"" if values is None else orjson.dumps(values),
            )
            for method, path, values in changes
        ]
        answers = [_found(each) for each in await self._batch(parts, caller, together=True)]
        for error in (each for each in answers if isinstance(each, ChatSyncError)):
            raise error
        if len(answers) != len(parts):
            raise Unavailable("Dynamics 365 did not answer each request of a batch.", "Try again in a moment.")

    async def _batch(
        self, parts: Sequence[BatchRequest], caller: ObjectId | None, *, together: bool
    ) -> Sequence[BatchResponse]:
        content_type, body = encode_batch(parts, atomic=together)
        sent = {**headers(caller, [_GO_ON]), "Content-Type": content_type, "Accept": "multipart/mixed"}
        request = ApiRequest(
            method="POST",
            url=self._url("$batch", ""),
            headers=sent,
            body=body,
            idempotent=not together,
            throttle=self._turn,
        )
        answer = await self._sender.send(request)
        return decode_batch(answer.headers.get("Content-Type", ""), answer.content)

    def _url(self, path: str, query: Query) -> URL:
        text = query if isinstance(query, str) else urlencode(query, quote_via=quote, safe="$,()'/=:@;")
        return URL(f"{self._base}{path}{'?' if text else ''}{text}", encoded=True)


def create_client(
    environment: Environment, session: ClientSession, tokens: Tokens, metrics: Metrics
) -> DataverseClient:
    """A client of the environment; nobody is called yet."""
    parts = urlsplit(environment.url)
    system = ApiTarget(
        name="Dynamics 365",
        max_concurrent=MAX_CONCURRENT_REQUESTS,
        parse_error=parse_error,
        on_call=lambda answer, seconds: metrics.dataverse_seconds.labels(answer).observe(seconds),
        shared_limit=True,
    )
    return DataverseClient(environment, ApiClient(f"{parts.scheme}://{parts.netloc}/.default", session, tokens, system))


def _unconditional(caller: ObjectId | None) -> dict[str, str]:
    """Headers of a change: the condition under which reading is never answered from a cache is none for it."""
    return {name: value for name, value in headers(caller).items() if name != "If-None-Match"}


def _rows(page: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = page.get("value")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _found(answer: BatchResponse) -> Mapping[str, Any] | ChatSyncError:
    body = json_object(answer.body)
    if not 200 <= answer.status < 300:  # noqa: PLR2004 # successes
        return parse_error(answer.status, body)
    return body or {}
