"""Subscriptions to changes in chats ("subscription resource type", Microsoft Graph)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.clock import Clock
from bot.domain.errors import NotFound
from bot.domain.subscription_problems import PERMISSIONS
from bot.domain.subscriptions import LIFETIME, MEMBERS, TOPICS, Scope, SubscriptionTarget, chat_target
from bot.domain.values import ChatId
from bot.graph.app_installation import AppInstaller
from bot.graph.client import GraphClient, GraphPermission, path_segment
from bot.graph.encrypted_data import Certificate
from bot.graph.protocol import required_instant, required_text
from bot.ports.graph import RemoteSubscription

MAX_LISTED = 20_000
"""Subscriptions that are looked through: twice as many as an organisation can have."""

PERMISSIONS_BY_SCOPE = {
    scope: GraphPermission(name=name, purpose="hear of changes in chats") for scope, name in PERMISSIONS.items()
}
_LIST = GraphPermission(name=PERMISSIONS[Scope.TOPICS], purpose="look at what it has subscribed to")

_KINDS = {Scope.TOPICS: "updated", Scope.MEMBERS: "created,deleted", Scope.CHAT: "updated"}
_EVERY_CHAT = re.compile(r"/?appCatalogs/teamsApps/[^/]+/installedToChats(/getAllMembers)?", re.IGNORECASE)
_ONE_CHAT = re.compile(r"/?chats(?:/([^/'()]+)|\('([^'/()]+)'\))", re.IGNORECASE)


class GraphSubscriptions:
    """See `bot.ports.graph.ChangeFeed`."""

    def __init__(
        self,
        client: GraphClient,
        installing: AppInstaller,
        clock: Clock,
        *,
        url: str,
        client_state: str,
        seal: Certificate | None,
    ) -> None:
        self._client = client
        self._installing = installing
        self._clock = clock
        self._url = url
        self._client_state = client_state
        self._seal = seal
        told = "\n".join((url, client_state, seal.id if seal else ""))
        self.fingerprint = hashlib.sha256(told.encode()).hexdigest()

    async def subscribe(self, target: SubscriptionTarget) -> RemoteSubscription:
        """A new subscription; Graph calls us back before it answers."""
        body = await self._request_body(target)
        right = PERMISSIONS_BY_SCOPE[target.scope]
        answer = await self._client.change("POST", "subscriptions", body, permission=right, chat=target.chat)
        return _subscribed(answer.body, target)

    async def renew(self, subscription: str, target: SubscriptionTarget) -> RemoteSubscription:
        """The subscription with its full life before it, which also authorises it anew."""
        body = {"expirationDateTime": self._end()}
        path = f"subscriptions/{path_segment(subscription)}"
        answer = await self._client.change("PATCH", path, body, permission=PERMISSIONS_BY_SCOPE[target.scope])
        return _subscribed(answer.body, target)

    async def unsubscribe(self, subscription: str) -> None:
        """There is no such subscription any more."""
        try:
            await self._client.change("DELETE", f"subscriptions/{path_segment(subscription)}", permission=_LIST)
        except NotFound:
            return

    async def list_subscriptions(self) -> Sequence[RemoteSubscription]:
        """Those that the app has for this address."""
        rows = await self._client.pages("subscriptions", {}, permission=_LIST, at_most=MAX_LISTED)
        found = [(row, _target(row.get("resource"))) for row in rows if row.get("notificationUrl") == self._url]
        return [_subscribed(row, watch) for row, watch in found if watch]

    async def _request_body(self, watch: SubscriptionTarget) -> Mapping[str, object]:
        """What is posted. Who is in a chat is read from the chat itself: the news alone is enough."""
        sealed = self._seal if watch.scope is not Scope.MEMBERS else None
        return {
            "changeType": _KINDS[watch.scope],
            "resource": await self._resource(watch),
            "notificationUrl": self._url,
            "lifecycleNotificationUrl": self._url,
            "expirationDateTime": self._end(),
            "clientState": self._client_state,
            **(_rich(sealed) if sealed else {}),
        }

    async def _resource(self, watch: SubscriptionTarget) -> str:
        if watch.chat:
            return f"/chats/{watch.chat}"
        every = f"/appCatalogs/teamsApps/{await self._installing.catalog_id()}/installedToChats"
        return every if watch == TOPICS else f"{every}/getAllMembers"

    def _end(self) -> str:
        return (self._clock.now() + LIFETIME).isoformat().replace("+00:00", "Z")


def _rich(seal: Certificate) -> Mapping[str, object]:
    return {
        "includeResourceData": True,
        "encryptionCertificate": seal.certificate,
        "encryptionCertificateId": seal.id,
    }


def _subscribed(body: Mapping[str, Any], watch: SubscriptionTarget) -> RemoteSubscription:
    return RemoteSubscription(
        id=required_text(body, "id"), expires_at=required_instant(body, "expirationDateTime"), target=watch
    )


def _target(resource_path: object) -> SubscriptionTarget | None:
    """What a listed subscription is for; None where it is for something else."""
    text = resource_path if isinstance(resource_path, str) else ""
    every, one = _EVERY_CHAT.fullmatch(text), _ONE_CHAT.fullmatch(text)
    if every:
        return MEMBERS if every[1] else TOPICS
    return chat_target(ChatId(one[1] or one[2])) if one else None
