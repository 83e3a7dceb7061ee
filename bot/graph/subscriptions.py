"""Subscriptions to changes in chats ("subscription resource type", Microsoft Graph)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.clock import Clock
from bot.domain.errors import NotFound
from bot.domain.subscription_problems import PERMISSIONS
from bot.domain.subscriptions import LIFE, MEMBERS, TOPICS, Scope, Watch, one_chat
from bot.domain.values import ChatId
from bot.graph.app_installation import Installing
from bot.graph.client import GraphClient, Right, part
from bot.graph.encrypted_data import Seal
from bot.graph.protocol import required, required_instant
from bot.ports.graph import Subscribed

LISTED_AT_MOST = 20_000
"""Subscriptions that are looked through: twice as many as an organisation can have."""

RIGHTS = {scope: Right(permission=name, to="hear of changes in chats") for scope, name in PERMISSIONS.items()}
_LIST = Right(permission=PERMISSIONS[Scope.TOPICS], to="look at what it has subscribed to")

_KINDS = {Scope.TOPICS: "updated", Scope.MEMBERS: "created,deleted", Scope.CHAT: "updated"}
_EVERY_CHAT = re.compile(r"/?appCatalogs/teamsApps/[^/]+/installedToChats(/getAllMembers)?", re.IGNORECASE)
_ONE_CHAT = re.compile(r"/?chats(?:/([^/'()]+)|\('([^'/()]+)'\))", re.IGNORECASE)


class GraphSubscriptions:
    """See `bot.ports.graph.ChangeFeed`."""

    def __init__(
        self,
        client: GraphClient,
        installing: Installing,
        clock: Clock,
        *,
        url: str,
        client_state: str,
        seal: Seal | None,
    ) -> None:
        self._client = client
        self._installing = installing
        self._clock = clock
        self._url = url
        self._client_state = client_state
        self._seal = seal
        told = "\n".join((url, client_state, seal.id if seal else ""))
        self.made_for = hashlib.sha256(told.encode()).hexdigest()

    async def subscribe(self, watch: Watch) -> Subscribed:
        """A new subscription; Graph calls us back before it answers."""
        body = await self._wanted(watch)
        right = RIGHTS[watch.scope]
        answer = await self._client.change("POST", "subscriptions", body, right=right, chat=watch.chat)
        return _subscribed(answer.body, watch)

    async def renew(self, subscription: str, watch: Watch) -> Subscribed:
        """The subscription with its full life before it, which also authorises it anew."""
        body = {"expirationDateTime": self._end()}
        path = f"subscriptions/{part(subscription)}"
        answer = await self._client.change("PATCH", path, body, right=RIGHTS[watch.scope])
        return _subscribed(answer.body, watch)

    async def unsubscribe(self, subscription: str) -> None:
        """There is no such subscription any more."""
        try:
            await self._client.change("DELETE", f"subscriptions/{part(subscription)}", right=_LIST)
        except NotFound:
            return

    async def subscriptions(self) -> Sequence[Subscribed]:
        """Those that the app has for this address."""
        rows = await self._client.pages("subscriptions", {}, right=_LIST, at_most=LISTED_AT_MOST)
        found = [(row, _watch(row.get("resource"))) for row in rows if row.get("notificationUrl") == self._url]
        return [_subscribed(row, watch) for row, watch in found if watch]

    async def _wanted(self, watch: Watch) -> Mapping[str, object]:
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

    async def _resource(self, watch: Watch) -> str:
        if watch.chat:
            return f"/chats/{watch.chat}"
        every = f"/appCatalogs/teamsApps/{await self._installing.known_id()}/installedToChats"
        return every if watch == TOPICS else f"{every}/getAllMembers"

    def _end(self) -> str:
        return (self._clock.now() + LIFE).isoformat().replace("+00:00", "Z")


def _rich(seal: Seal) -> Mapping[str, object]:
    return {
        "includeResourceData": True,
        "encryptionCertificate": seal.certificate,
        "encryptionCertificateId": seal.id,
    }


def _subscribed(body: Mapping[str, Any], watch: Watch) -> Subscribed:
    return Subscribed(id=required(body, "id"), expires_at=required_instant(body, "expirationDateTime"), watch=watch)


def _watch(resource: object) -> Watch | None:
    """What a listed subscription is for; None where it is for something else."""
    text = resource if isinstance(resource, str) else ""
    every, one = _EVERY_CHAT.fullmatch(text), _ONE_CHAT.fullmatch(text)
    if every:
        return MEMBERS if every[1] else TOPICS
    return one_chat(ChatId(one[1] or one[2])) if one else None
