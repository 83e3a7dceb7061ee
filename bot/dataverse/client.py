"""Web API client of one environment, as the app or on behalf of a user."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

from aiohttp import ClientSession
from yarl import URL

from bot.dataverse.batch import BatchRequest, BatchResponse, decode_batch, encode_batch
from bot.dataverse.protocol import API, headers, parse_error
from bot.domain.errors import ChatSyncError, Unavailable
from bot.domain.values import Environment, ObjectId
from bot.http.access_tokens import Tokens
from bot.http.client import ApiClient, ApiRequest, ApiResponse, ApiTarget, json_object
from bot.metrics import Metrics
from bot.runtime.answer_time import waiting_for
from bot.runtime.single_flight import SharedFlights
from bot.text.json_text import dumps

MAX_CONCURRENT_REQUESTS = 40
"""Maximum number of concurrent requests: the limit is 52 for a user and server ("Service protection API limits")."""

NAME = "Dynamics 365"
"""The name that users know."""

Query = Mapping[str, str] | str
"""Options by name, or a finished query string."""

Throttle = Callable[[], Awaitable[None]]
"""Waits until the next request is allowed."""

_JSON = {"Content-Type": "application/json"}
_CONTINUE_ON_ERROR = "odata.continue-on-error"
_PUBLISH_TIMEOUT_S = 120.0
_NEXT = "@odata.nextLink"
_PAGES_AT_MOST = 100
"""A page may be empty without being the last; this ends the loop if a server returns such pages forever."""


class DataverseClient:
    """Sends requests to one environment; every call raises a domain error unless it succeeds."""

    def __init__(self, environment: Environment, sender: ApiClient, turn: Throttle | None = None) -> None:
        self.environment = environment
        self._base = f"{environment.url}/{API}/"
        self._sender = sender
        self._turn = turn
        self._reading: SharedFlights[ApiResponse] = SharedFlights()

    def throttled(self, throttle: Throttle) -> Self:
        """Return a client whose requests each wait for their turn first."""
        return type(self)(self.environment, self._sender, throttle)

    async def get(
        self, path: str, query: Query = "", *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        """Return the JSON object at the path below the API.

        Concurrent callers that read the same for the same user share one request.
        """
        url = self._url(path, query)
        request = ApiRequest(
            method="GET", url=url, headers=headers(caller, prefer), idempotent=True, throttle=self._turn
        )
        with waiting_for(NAME):  # also for a request of another answer
            answer = await self._reading.result((url, caller, *prefer), partial(self._sender.send, request))
        return answer.body

    async def follow(
        self, link: str, *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        """Return the object at a link from Dataverse. The app's token is sent only to the environment's own API."""
        self.require_own(link)
        path, _, query = link[len(self._base) :].partition("?")
        return await self.get(path, query, caller=caller, prefer=prefer)

    def require_own(self, link: str) -> None:
        """Return if the link is below the environment's own API; raise `Unavailable` otherwise."""
        if link[: len(self._base)].lower() != self._base.lower() or "/.." in link:
            raise Unavailable("Dynamics 365 returned an invalid link.", "Try again in a moment.")

    async def rows(
        self, path: str, query: Query, *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Sequence[Mapping[str, Any]]:
        """Return the rows of the first page of a query."""
        return _rows(await self.get(path, query, caller=caller, prefer=prefer))

    async def all_rows(
        self, path: str, query: Query, *, at_most: int, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a query, page by page, up to a maximum."""
        page = await self.get(path, query, caller=caller, prefer=prefer)
        found = list(_rows(page))
        for _ in range(_PAGES_AT_MOST):
            if not page.get(_NEXT) or len(found) >= at_most:
                break
            page = await self.follow(str(page[_NEXT]), caller=caller, prefer=prefer)
            found += _rows(page)
        return found[:at_most]

    async def create(
        self, path: str, row: Mapping[str, object], *, caller: ObjectId | None = None, solution: str = ""
    ) -> ApiResponse:
        """Create a row; `entity_id` of the answer is its URL.

        `solution`: unique name of the solution that the row becomes a component of.
        """
        return await self._change("POST", path, row, caller, {"MSCRM.SolutionUniqueName": solution} if solution else {})

    async def publish(self, parameter_xml: str) -> None:
        """Publish customizations ("PublishXml Action"), which takes longer than other requests."""
        request = ApiRequest(
            method="POST",
            url=self._url("PublishXml", ""),
            headers={**_unconditional(None), **_JSON},
            body=dumps({"ParameterXml": parameter_xml}),
            timeout_s=_PUBLISH_TIMEOUT_S,
        )
        await self._sender.send(request)

    async def update(
        self,
        path: str,
        values: Mapping[str, object],
        *,
        caller: ObjectId | None = None,
        etag: str = "*",
        back: str = "",
    ) -> ApiResponse:
        """Update an existing row; raise `Conflict` if an etag is given and the row has another version.

        `back`: columns, separated by commas, to return in the body of the answer.
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
        """Update the row at the path or create it; with `only_new`, raise `Conflict` if it exists.

        `back`: as for `update`.
        """
        conditions = {"If-None-Match": "*"} if only_new else {}
        return await self._change("PATCH", path, values, caller, conditions, back=back)

    async def delete(self, path: str, *, caller: ObjectId | None = None) -> None:
        """Delete a row; raise `NotFound` if it does not exist."""
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
        body = None if values is None else dumps(values)
        returned = {"Prefer": "return=representation"} if back else {}
        request_headers = {**_unconditional(caller), **(_JSON if body else {}), **conditions, **returned}
        url = self._url(path, {"$select": back} if back else "")
        return await self._sender.send(
            ApiRequest(method=method, url=url, headers=request_headers, body=body, throttle=self._turn)
        )

    async def batch_read(
        self, queries: Sequence[tuple[str, Query]], *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Sequence[Mapping[str, Any] | ChatSyncError]:
        """Return the object at each path, or the error, with one request for up to a hundred paths."""
        request_headers = headers(caller, prefer)
        parts = [
            BatchRequest(method="GET", url=str(self._url(path, query)), headers=request_headers)
            for path, query in queries
        ]
        answers = await self._batch(parts, caller, together=False)
        if len(answers) != len(parts):
            raise Unavailable("Dynamics 365 did not answer every request of a batch.", "Try again in a moment.")
        return [_result(answer) for answer in answers]

    async def batch_write(
        self,
        changes: Sequence[tuple[str, str, Mapping[str, object] | None]],
        *,
        caller: ObjectId | None = None,
    ) -> None:
        """Make all changes (method, path, values) or none; raise the error of the rejected one."""
        request_headers = {**_unconditional(caller), **_JSON}
        parts = [
            BatchRequest(
                method=method,
                url=str(self._url(path, "")),
                headers=request_headers,
                body=b"" if values is None else dumps(values),
            )
            for method, path, values in changes
        ]
        answers = [_result(each) for each in await self._batch(parts, caller, together=True)]
        for error in (each for each in answers if isinstance(each, ChatSyncError)):
            raise error
        if len(answers) != len(parts):
            raise Unavailable("Dynamics 365 did not answer every request of a batch.", "Try again in a moment.")

    async def _batch(
        self, parts: Sequence[BatchRequest], caller: ObjectId | None, *, together: bool
    ) -> Sequence[BatchResponse]:
        content_type, body = encode_batch(parts, atomic=together)
        request_headers = {
            **headers(caller, [_CONTINUE_ON_ERROR]),
            "Content-Type": content_type,
            "Accept": "multipart/mixed",
        }
        request = ApiRequest(
            method="POST",
            url=self._url("$batch", ""),
            headers=request_headers,
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
    """Create a client of the environment, without sending a request."""
    parts = urlsplit(environment.url)
    system = ApiTarget(
        name=NAME,
        max_concurrent=MAX_CONCURRENT_REQUESTS,
        parse_error=parse_error,
        on_call=lambda answer, seconds: metrics.dataverse_seconds.labels(answer).observe(seconds),
        on_throttled=metrics.throttled.labels("dataverse").inc,
        shared_limit=True,
    )
    return DataverseClient(environment, ApiClient(f"{parts.scheme}://{parts.netloc}/.default", session, tokens, system))


def _unconditional(caller: ObjectId | None) -> dict[str, str]:
    """Return the headers of a change, without the condition that keeps reads from being cached."""
    return {name: value for name, value in headers(caller).items() if name != "If-None-Match"}


def _rows(page: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found = page.get("value")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _result(answer: BatchResponse) -> Mapping[str, Any] | ChatSyncError:
    body = json_object(answer.body)
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's class of success
        return parse_error(answer.status, body)
    return body or {}
