"""Stored subscriptions and the resources they watch ("subscription resource type", Microsoft Graph)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.dataverse.writes.coerce import instant
from bot.sandbox.settings import CATALOG_ID
from bot.sandbox.storage.rows import Rows
from bot.sandbox.teams.chats import has_app
from bot.sandbox.values import Json, Row

SUBSCRIPTIONS = "graph_subscription"

_ONE_CHAT = re.compile(r"/?chats(?:/([^/()]+)|\('([^'/]+)'\))(/members)?")
_INSTALLED = re.compile(rf"/?appCatalogs/teamsApps/{CATALOG_ID}/installedToChats(/getAllMembers)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedResource:
    """The resource of a subscription."""

    chat: str | None
    """ID of a chat, or None for every chat that has the app."""
    members: bool
    """True for the chat's members, False for its other properties."""

    @property
    def permission(self) -> str:
        """Least privileged permission for the resource ("Change notifications for Teams resources")."""
        if self.chat is None:
            return "ChatMember.Read.WhereInstalled" if self.members else "Chat.ReadBasic.WhereInstalled"
        return "ChatMember.Read.Chat" if self.members else "ChatSettings.Read.Chat"

    @property
    def change_types(self) -> frozenset[str]:
        """Change types that a subscription can request."""
        return frozenset({"created", "deleted"} if self.members else {"updated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChange:
    """A change to a chat or its members."""

    chat: str
    kind: str
    member: str | None = None
    """ID of the membership that was added or removed, or None."""


def parse_resource(resource: Json) -> WatchedResource | None:
    """Parse the resource of a subscription. Return None if the sandbox does not support it."""
    text = resource if isinstance(resource, str) else ""
    installed_match, chat_match = _INSTALLED.fullmatch(text), _ONE_CHAT.fullmatch(text)
    if installed_match:
        return WatchedResource(chat=None, members=bool(installed_match[1]))
    return WatchedResource(chat=chat_match[1] or chat_match[2], members=bool(chat_match[3])) if chat_match else None


def active_subscriptions(rows: Rows, now: datetime) -> Sequence[Row]:
    """Return the subscriptions that have not expired."""
    return [row for row in rows.all(SUBSCRIPTIONS) if row.text("expirationDateTime") > instant(now)]


def matching_subscriptions(rows: Rows, change: ChatChange, now: datetime) -> Sequence[Row]:
    """Return the subscriptions that match the change."""
    return [row for row in active_subscriptions(rows, now) if _matches(rows, row, change)]


def _matches(rows: Rows, row: Row, change: ChatChange) -> bool:
    resource = parse_resource(row.text("resource"))
    return (
        resource is not None
        and resource.members == (change.member is not None)
        and (resource.chat == change.chat or (resource.chat is None and has_app(rows, change.chat)))
        and change.kind in row.text("changeType").split(",")
    )
