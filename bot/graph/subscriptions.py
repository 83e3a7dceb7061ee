"""Subscriptions to changes in chats ("subscription resource type", Microsoft Graph)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.clock import Clock
from bot.domain.errors import NotFound
from bot.domain.subscription_problems import PERMISSIONS
from bot.domain.subscriptions import LIFETIME, MEMBERS, TOPICS, Scope, SubscriptionTarget, chat_target
from bot.domain.texts import text
from bot.domain.values import ChatId
from bot.graph.app_installation import AppInstaller
from bot.graph.client import GraphClient, GraphPermission
from bot.graph.encrypted_data import Certificate
from bot.graph.protocol import parse_instant, required_instant, required_text
from bot.http.paths import path_segment
from bot.ports.graph import RemoteSubscription

MAX_LISTED = 20_000
"""Maximum number of subscriptions to list: twice as many as an organization can have."""

PERMISSIONS_BY_SCOPE = {
    scope: GraphPermission(name=name, missing=text("Microsoft 365 does not let Chat Sync receive changes in chats."))
    for scope, name in PERMISSIONS.items()
}
_LIST = GraphPermission(
    name=PERMISSIONS[Scope.TOPICS], missing=text("Microsoft 365 does not let Chat Sync list its subscriptions.")
)

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
        tenant: str | None,
    ) -> None:
        self._client = client
        self._installing = installing
        self._clock = clock
        self._url = url
        self._client_state = client_state
        self._seal = seal
        self.tenant = tenant
        parts = "\n".join((url, client_state, seal.id if seal else ""))
        self.fingerprint = hashlib.sha256(parts.encode()).hexdigest()

    async def subscribe(self, target: SubscriptionTarget) -> RemoteSubscription:
        """Create a subscription; Graph calls the notification URL before it answers."""
        body = await self._body(target)
        right = PERMISSIONS_BY_SCOPE[target.scope]
        answer = await self._client.change("POST", "subscriptions", body, permission=right, chat=target.chat)
        return _parse_subscription(answer.body, target)

    async def renew(self, subscription: str, target: SubscriptionTarget) -> RemoteSubscription:
        """Extend the subscription to its full lifetime, which also reauthorizes it."""
        body = {"expirationDateTime": self._expires_at()}
        path = f"subscriptions/{path_segment(subscription)}"
        answer = await self._client.change("PATCH", path, body, permission=PERMISSIONS_BY_SCOPE[target.scope])
        return _parse_subscription(answer.body, target)

    async def unsubscribe(self, subscription: str) -> None:
        """Delete the subscription; ignore one that does not exist."""
        try:
            await self._client.change("DELETE", f"subscriptions/{path_segment(subscription)}", permission=_LIST)
        except NotFound:
            return

    async def list_subscriptions(self) -> Sequence[RemoteSubscription]:
        """List the app's subscriptions for this notification URL."""
        rows = await self._client.pages("subscriptions", {}, permission=_LIST, at_most=MAX_LISTED)
        found = [(row, _target_of(row.get("resource"))) for row in rows if row.get("notificationUrl") == self._url]
        # A subscription that expires at an unknown time exists, so it must be listed.
        unknown = {"expirationDateTime": self._clock.now().isoformat()}
        return [
            _parse_subscription(row if parse_instant(str(row.get("expirationDateTime"))) else {**row, **unknown}, watch)
            for row, watch in found
            if watch and isinstance(row.get("id"), str)
        ]

    async def _body(self, watch: SubscriptionTarget) -> Mapping[str, object]:
        """Return the body of a new subscription. Members come from the chat itself, so they need no resource data."""
        sealed = self._seal if watch.scope is not Scope.MEMBERS else None
        return {
            "changeType": _KINDS[watch.scope],
            "resource": await self._resource(watch),
            "notificationUrl": self._url,
            "lifecycleNotificationUrl": self._url,
            "expirationDateTime": self._expires_at(),
            "clientState": self._client_state,
            **(_resource_data_options(sealed) if sealed else {}),
        }

    async def _resource(self, watch: SubscriptionTarget) -> str:
        if watch.chat:
            return f"/chats/{watch.chat}"
        all_chats = f"/appCatalogs/teamsApps/{await self._installing.catalog_id()}/installedToChats"
        return all_chats if watch == TOPICS else f"{all_chats}/getAllMembers"

    def _expires_at(self) -> str:
        return (self._clock.now() + LIFETIME).isoformat().replace("+00:00", "Z")


def _resource_data_options(seal: Certificate) -> Mapping[str, object]:
    return {
        "includeResourceData": True,
        "encryptionCertificate": seal.certificate,
        "encryptionCertificateId": seal.id,
    }


def _parse_subscription(body: Mapping[str, Any], watch: SubscriptionTarget) -> RemoteSubscription:
    return RemoteSubscription(
        id=required_text(body, "id"), expires_at=required_instant(body, "expirationDateTime"), target=watch
    )


def _target_of(resource: object) -> SubscriptionTarget | None:
    """Return the target of a listed subscription; None if the product did not create it."""
    text = resource if isinstance(resource, str) else ""
    all_chats, one_chat_match = _EVERY_CHAT.fullmatch(text), _ONE_CHAT.fullmatch(text)
    if all_chats:
        return MEMBERS if all_chats[1] else TOPICS
    return chat_target(ChatId(one_chat_match[1] or one_chat_match[2])) if one_chat_match else None
