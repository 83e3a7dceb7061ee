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

from bot.sandbox.graph_notifications.encryption import encrypt
from bot.sandbox.graph_notifications.subscriptions import ChatChange, matching_subscriptions
from bot.sandbox.storage.rows import Rows
from bot.sandbox.teams.chats import find_chat, members_of
from bot.sandbox.values import Json, JsonObject, Row

VALIDATION_TIMEOUT_S = 10.0
"""Time that Graph waits for the validation token ("notificationUrl validation")."""
TIMEOUT_S = 3.0
"""Time that Graph waits for a response to a notification ("Receive change notifications through webhooks")."""
MAX_NOTIFICATIONS = 100
"""Maximum number of notifications in a POST."""
MAX_ATTEMPTS = 6
"""Maximum number of delivery attempts. Graph retries for four hours, the sandbox for half a minute."""
MAX_TOKEN_LENGTH = 10_000

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notification:
    """A queued notification."""

    url: str
    body: JsonObject
    attempts: int = 0


class NotificationSender:
    """Sends notifications to subscribers."""

    def __init__(self, session: ClientSession, rows: Rows, now: Callable[[], datetime]) -> None:
        self._session = session
        self._rows = rows
        self._now = now
        self._queue: asyncio.Queue[_Notification] = asyncio.Queue()

    async def validate_endpoint(self, url: str) -> bool:
        """Return True if the endpoint returns the validation token."""
        token = f"Validation: Testing client application reachability <for> subscription & Request-Id: {uuid4()} +%20é"
        try:
            async with self._session.post(
                URL(url).update_query(validationToken=token),
                headers={"Content-Type": "text/plain; charset=utf-8"},
                timeout=ClientTimeout(total=VALIDATION_TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                body = await response.content.read(MAX_TOKEN_LENGTH)
                is_plain_text = response.content_type == "text/plain"
                return response.status == HTTPStatus.OK and is_plain_text and body.decode(errors="replace") == token
        except (ClientError, TimeoutError, ValueError):
            return False

    def notify(self, change: ChatChange) -> None:
        """Queue a notification of a change for every matching subscription."""
        for row in matching_subscriptions(self._rows, change, self._now()):
            self._queue.put_nowait(
                _Notification(url=row.text("notificationUrl"), body=_notification(self._rows, row, change))
            )

    def send_lifecycle(self, subscription: Row, event: str) -> None:
        """Queue a lifecycle notification for a subscription."""
        url = subscription.text("lifecycleNotificationUrl")
        if url:
            self._queue.put_nowait(_Notification(url=url, body={**_envelope(subscription), "lifecycleEvent": event}))

    async def run(self) -> None:
        """Send until canceled. Queued notifications are lost then."""
        while True:
            notifications = [await self._queue.get()]
            while not self._queue.empty() and len(notifications) < MAX_NOTIFICATIONS:
                notifications.append(self._queue.get_nowait())
            for url in dict.fromkeys(each.url for each in notifications):
                await self._send(url, [each for each in notifications if each.url == url])

    async def _send(self, url: str, notifications: Sequence[_Notification]) -> None:
        failure = await self._post(url, {"value": [each.body for each in notifications]})
        if failure is None:
            return
        _log.warning("sandbox.notification_failed", reason=failure, notifications=len(notifications))
        for each in notifications:
            if each.attempts + 1 < MAX_ATTEMPTS:
                retry = replace(each, attempts=each.attempts + 1)
                asyncio.get_running_loop().call_later(2.0**each.attempts, self._queue.put_nowait, retry)

    async def _post(self, url: str, body: JsonObject) -> str | None:
        try:
            async with self._session.post(
                url, json=body, timeout=ClientTimeout(total=TIMEOUT_S), allow_redirects=False
            ) as response:
                accepted = HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES
                return None if accepted else str(response.status)
        except (ClientError, TimeoutError, ValueError) as error:
            return type(error).__name__


def _notification(rows: Rows, subscription: Row, change: ChatChange) -> JsonObject:
    """Build the notification of a change for a subscription."""
    resource = f"chats('{change.chat}')" + (f"/members('{change.member}')" if change.member else "")
    kind = "#microsoft.graph.aadUserConversationMember" if change.member else "#microsoft.graph.chat"
    includes_data = subscription.values.get("includeResourceData") is True
    data = _resource_data(rows, change)
    return {
        **_envelope(subscription),
        "changeType": change.kind,
        "resource": resource,
        "resourceData": {"id": change.member or change.chat, "@odata.type": kind, "@odata.id": resource},
        **({"encryptedContent": _encrypted(subscription, data)} if includes_data else {}),
    }


def _encrypted(subscription: Row, data: JsonObject) -> JsonObject:
    return encrypt(data, subscription.text("encryptionCertificate"), subscription.text("encryptionCertificateId"))


def _envelope(subscription: Row) -> dict[str, Json]:
    return {
        "subscriptionId": subscription.id,
        "subscriptionExpirationDateTime": subscription.text("expirationDateTime"),
        "clientState": subscription.text("clientState"),
        "tenantId": subscription.text("tenantId"),
    }


def _resource_data(rows: Rows, change: ChatChange) -> JsonObject:
    """Return the resource data. Only the IDs of a removed member are known."""
    chat = find_chat(rows, change.chat)
    if change.member:
        return {"id": change.member, "chatId": change.chat}
    if chat is None:
        return {"id": change.chat}
    return {
        "id": chat.id,
        "topic": chat.text("topic") or None,
        "createdDateTime": chat.text("createdDateTime"),
        "lastUpdatedDateTime": chat.text("lastUpdatedDateTime"),
        "chatType": chat.text("chatType"),
        "members": [{"id": row.id, "userId": row.text("userId")} for row in members_of(rows, chat.id)],
    }
