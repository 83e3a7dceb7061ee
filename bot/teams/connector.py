"""Client of the Bot Connector API: post into chats and read their members.

It replaces botbuilder's connector, which opens a connection and blocks a thread for every message. One instance serves
every service URL with the connection pool of the process.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError, ClientSession
from botbuilder.schema import Activity, ResourceResponse
from botframework.connector.auth import ConnectorFactory
from orjson import JSONDecodeError

from bot.domain.errors import NotAllowed, Unavailable
from bot.http.access_tokens import Tokens
from bot.http.paths import path_segment
from bot.runtime.answer_time import waiting_for
from bot.teams.codec import encode
from bot.teams.service_hosts import AllowedUrl
from bot.text.json_text import loads
from bot.tracing import SpanKind, step

NAME = "Microsoft Teams"
"""The name that users know."""

SCOPE = "https://api.botframework.com/.default"

_MAX_CACHED_LENGTH = 200
"""Characters of the longest ID whose encoded form is cached. IDs of Teams have about 100."""

GCC_SERVICE_URL = "https://smba.infra.gcc.teams.microsoft.com/teams"
"""Service URL of the government community cloud, for chats without a known service URL ("Send proactive messages")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectorResponse:
    """The connector's response; `status` is 0 if there was none."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Parse the body; return None if it is not JSON."""
        try:
            return loads(self.body)
        except JSONDecodeError:
            return None


class ConnectorError(Unavailable):
    """The connector rejected what was sent in a turn."""

    def __init__(self, answer: ConnectorResponse) -> None:
        super().__init__(f"The connector answered {answer.status}.")


class Connector:
    """Calls the Bot Connector API, with a token if the bot signs in."""

    def __init__(self, session: ClientSession, tokens: Tokens, is_allowed: AllowedUrl) -> None:
        self._session = session
        self._tokens = tokens
        self.is_allowed = is_allowed
        """Return whether the bot may call this URL."""

    async def call(
        self, method: str, service_url: str, path: str, body: bytes | None = None, *, only_there: bool = False
    ) -> ConnectorResponse:
        """Return the response to a call below `/v3/`; raise `NotAllowed` for a URL that is not on the list.

        `only_there`: never repeat the call on the host of another cloud.
        """
        if not self.is_allowed(service_url):
            raise NotAllowed(
                "The service URL of this chat is not allowed (CHATSYNC_SERVICE_HOSTS).",
                "Ask your administrator to add its host if it belongs to Microsoft.",
            )
        with waiting_for(NAME):
            if only_there:
                return await self._call(method, service_url, path, body)
            return await self._call_right_host(method, service_url, path, body)

    async def _call_right_host(self, method: str, service_url: str, path: str, body: bytes | None) -> ConnectorResponse:
        answer = await self._call(method, service_url, path, body)
        if _redirects_to_gcc(answer) and service_url != GCC_SERVICE_URL and self.is_allowed(GCC_SERVICE_URL):
            return await self._call(method, GCC_SERVICE_URL, path, body)
        return answer

    async def _call(self, method: str, service_url: str, path: str, body: bytes | None) -> ConnectorResponse:
        token = await self._tokens.get(SCOPE)
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
        url = f"{service_url.rstrip('/')}/v3/{path}"
        with step(f"{method} {NAME}", SpanKind.CLIENT) as attempt:
            attempt.set("http.request.method", method)
            try:
                request = self._session.request(method, url, data=body, headers=headers, allow_redirects=False)
                async with request as response:
                    attempt.set("http.response.status_code", response.status)
                    content = await response.read()
                    return ConnectorResponse(status=response.status, headers=response.headers, body=content)
            except (ClientError, TimeoutError):
                attempt.set("http.response.status_code", 0)
                return ConnectorResponse(status=0, headers={}, body=b"")


def _redirects_to_gcc(answer: ConnectorResponse) -> bool:
    """Return whether the chat belongs to the government cloud, which has its own host."""
    return answer.status == HTTPStatus.FORBIDDEN and b"InvalidBotApiHost" in answer.body[:4096]


def conversation_path(conversation_id: str, *parts: str) -> str:
    """Return the path of a conversation or of a resource in it, with every segment encoded.

    Raise `BadRequest` for an ID that would change the path.
    """
    return "/".join(("conversations", *(_encode_segment(part) for part in (conversation_id, *parts))))


def _encode_segment(part: str) -> str:
    return _encode_short(part) if len(part) <= _MAX_CACHED_LENGTH else path_segment(part)


@lru_cache(maxsize=10_000)
def _encode_short(part: str) -> str:
    return path_segment(part)


class TurnConversations:
    """The part of botbuilder's connector client that turns use, bound to the turn's service URL."""

    def __init__(self, connector: Connector, service_url: str) -> None:
        self._connector = connector
        self._service_url = service_url

    async def send_to_conversation(self, conversation_id: str, activity: Activity) -> ResourceResponse:
        """Post the activity; raise `ConnectorError`."""
        return await self._send("POST", conversation_path(conversation_id, "activities"), activity)

    async def reply_to_activity(self, conversation_id: str, activity_id: str, activity: Activity) -> ResourceResponse:
        """Post the activity as a reply; raise `ConnectorError`."""
        return await self._send("POST", conversation_path(conversation_id, "activities", activity_id), activity)

    async def update_activity(self, conversation_id: str, activity_id: str, activity: Activity) -> ResourceResponse:
        """Replace an earlier activity; raise `ConnectorError`."""
        return await self._send("PUT", conversation_path(conversation_id, "activities", activity_id), activity)

    async def _send(self, method: str, path: str, activity: Activity) -> ResourceResponse:
        answer = await self._connector.call(method, self._service_url, path, encode(activity))
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's class of success
            raise ConnectorError(answer)
        found = answer.json()
        return ResourceResponse(id=str(found.get("id") or "") if isinstance(found, dict) else "")


@dataclass(frozen=True, slots=True)
class TurnConnector:
    """The connector client that botbuilder's turns expect."""

    conversations: TurnConversations


class TurnConnectorFactory(ConnectorFactory):
    """Creates the connector client of every turn."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector

    async def create(self, service_url: str, audience: str) -> TurnConnector:  # type: ignore[override]
        """Return a client for this service URL, with only the methods that turns use."""
        del audience
        return TurnConnector(TurnConversations(self._connector, service_url))
