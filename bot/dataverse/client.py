"""One environment's Web API over HTTP."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from bot.dataverse.protocol import API, error_of, headers
from bot.domain.errors import Unavailable
from bot.domain.values import Environment, ObjectId
from bot.metrics import Metrics
from bot.net.tokens import Tokens

AT_ONCE = 40
"""Requests under way: the service protection limit is 52 a user and server ("Service protection API limits")."""
TIMEOUT_S = 10.0


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

    async def get(
        self,
        path: str,
        query: Mapping[str, str] | str = "",
        *,
        caller: ObjectId | None = None,
        prefer: Sequence[str] = (),
    ) -> Mapping[str, Any]:
        """The JSON object at the path below the API; raises the domain's errors for anything else."""
        text = query if isinstance(query, str) else urlencode(query, quote_via=quote, safe="$,()'/=:@")
        url = URL(f"{self.environment.url}/{API}/{path}{'?' if text else ''}{text}", encoded=True)
        token = await self._tokens.get(self._scope)
        begun, status = perf_counter(), 0
        try:
            async with (
                self._places,
                self._session.get(
                    url,
                    headers=headers(token, caller, prefer),
                    timeout=ClientTimeout(total=TIMEOUT_S),
                    allow_redirects=False,
                ) as answer,
            ):
                status = answer.status
                return _object(status, answer.headers.get("Retry-After"), await answer.read())
        except (ClientError, TimeoutError) as error:
            raise Unavailable("Dynamics 365 does not answer.", "Try again in a moment.") from error
        finally:
            answered = f"{status // 100}xx" if status else "none"
            self._metrics.dataverse_seconds.labels(answered).observe(perf_counter() - begun)

    async def rows(
        self, path: str, query: Mapping[str, str], *, caller: ObjectId | None = None, prefer: Sequence[str] = ()
    ) -> Sequence[Mapping[str, Any]]:
        """The rows of the first page of a query."""
        found = (await self.get(path, query, caller=caller, prefer=prefer)).get("value")
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _object(status: int, retry_after: str | None, content: bytes) -> Mapping[str, Any]:
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        body = None
    if status != HTTPStatus.OK or not isinstance(body, dict):
        wait_s = float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
        raise error_of(status, body, wait_s)
    return body
