"""Delivery of change notifications as in Graph: after the change, in batches, and with retries."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from uuid import uuid4

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

from bot.sandbox.graph_notifications.encryption import sealed
from bot.sandbox.graph_notifications.subscriptions import Happened, waiting_for
from bot.sandbox.storage.rows import Rows
from bot.sandbox.teams.chats import find_chat, members_of
from bot.sandbox.values import Json, JsonObject, Row

HANDSHAKE_S = 10.0
"""Time that Graph waits for the validation token ("notificationUrl validation")."""
TIMEOUT_S = 3.0
"""Time that Graph waits for a response to a notification ("Receive change notifications through webhooks")."""
TOGETHER_AT_MOST = 100
"""Maximum number of notifications in a POST."""
ATTEMPTS = 6
"""Maximum number of delivery attempts. Graph retries for four hours, the sandbox for half a minute."""
LONGEST_TOKEN = 10_000

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A queued notification."""

    url: str
    body: JsonObject
    attempts: int = 0


class Notifying:
    """Sends notifications to subscribers."""

    def __init__(self, session: ClientSession, rows: Rows, now: Callable[[], datetime]) -> None:
        self._session = session
        self._rows = rows
        self._now = now
        self._queue: asyncio.Queue[_Told] = asyncio.Queue()

    async def shakes_hands(self, url: str) -> bool:
        """Return True if the endpoint returns the validation token."""
        token = f"Validation: Testing client application reachability <for> subscription & Request-Id: {uuid4()} +%20é"
        try:
            async with self._session.post(
                URL(url).update_query(validationToken=token),
                headers={"Content-Type": "text/plain; charset=utf-8"},
                timeout=ClientTimeout(total=HANDSHAKE_S),
                allow_redirects=False,
            ) as answer:
                given = await answer.content.read(LONGEST_TOKEN)
                plain = answer.content_type == "text/plain"
                return answer.status == HTTPStatus.OK and plain and given.decode(errors="replace") == token
        except (ClientError, TimeoutError, ValueError):
            return False

    def happened(self, what: Happened) -> None:
        """Queue a notification of a change for every matching subscription."""
        for row in waiting_for(self._rows, what, self._now()):
            self._queue.put_nowait(_Told(url=row.text("notificationUrl"), body=_notification(self._rows, row, what)))

    def lifecycle(self, subscription: Row, event: str) -> None:
        """Queue a lifecycle notification for a subscription."""
        url = subscription.text("lifecycleNotificationUrl")
        if url:
            self._queue.put_nowait(_Told(url=url, body={**_envelope(subscription), "lifecycleEvent": event}))

    async def run(self) -> None:
        """Send until canceled. Queued notifications are lost then."""
        while True:
            told = [await self._queue.get()]
            while not self._queue.empty() and len(told) < TOGETHER_AT_MOST:
                told.append(self._queue.get_nowait())
            for url in dict.fromkeys(each.url for each in told):
                await self._send(url, [each for each in told if each.url == url])

    async def _send(self, url: str, told: Sequence[_Told]) -> None:
        trouble = await self._trouble(url, {"value": [each.body for each in told]})
        if trouble is None:
            return
        _log.warning("nobody took a sandbox notification", reason=trouble, notifications=len(told))
        for each in told:
            if each.attempts + 1 < ATTEMPTS:
                again = replace(each, attempts=each.attempts + 1)
                asyncio.get_running_loop().call_later(2.0**each.attempts, self._queue.put_nowait, again)

    async def _trouble(self, url: str, body: JsonObject) -> str | None:
        try:
            async with self._session.post(
                url, json=body, timeout=ClientTimeout(total=TIMEOUT_S), allow_redirects=False
            ) as answer:
                taken = HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES
                return None if taken else str(answer.status)
        except (ClientError, TimeoutError, ValueError) as error:
            return type(error).__name__


def _notification(rows: Rows, subscription: Row, what: Happened) -> JsonObject:
    """Build the notification of a change for a subscription."""
    resource = f"chats('{what.chat}')" + (f"/members('{what.member}')" if what.member else "")
    kind = "#microsoft.graph.aadUserConversationMember" if what.member else "#microsoft.graph.chat"
    rich = subscription.values.get("includeResourceData") is True
    data = _data(rows, what)
    return {
        **_envelope(subscription),
        "changeType": what.kind,
        "resource": resource,
        "resourceData": {"id": what.member or what.chat, "@odata.type": kind, "@odata.id": resource},
        **({"encryptedContent": _sealed(subscription, data)} if rich else {}),
    }


def _sealed(subscription: Row, data: JsonObject) -> JsonObject:
    return sealed(data, subscription.text("encryptionCertificate"), subscription.text("encryptionCertificateId"))


def _envelope(subscription: Row) -> dict[str, Json]:
    return {
        "subscriptionId": subscription.id,
        "subscriptionExpirationDateTime": subscription.text("expirationDateTime"),
        "clientState": subscription.text("clientState"),
        "tenantId": subscription.text("tenantId"),
    }


def _data(rows: Rows, what: Happened) -> JsonObject:
    """Return the resource data. Only the IDs of a removed member are known."""
    chat = find_chat(rows, what.chat)
    if what.member:
        return {"id": what.member, "chatId": what.chat}
    if chat is None:
        return {"id": what.chat}
    return {
        "id": chat.id,
        "topic": chat.text("topic") or None,
        "createdDateTime": chat.text("createdDateTime"),
        "lastUpdatedDateTime": chat.text("lastUpdatedDateTime"),
        "chatType": chat.text("chatType"),
        "members": [{"id": row.id, "userId": row.text("userId")} for row in members_of(rows, chat.id)],
    }
