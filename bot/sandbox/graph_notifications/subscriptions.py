"""Subscriptions as they are kept, and what each is for ("subscription resource type", Microsoft Graph)."""

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
class Watched:
    """What a subscription is for."""

    chat: str | None
    """One chat; None for every chat that has the app."""
    members: bool
    """Who is in it, and not its other properties."""

    @property
    def permission(self) -> str:
        """What the app needs for it at least ("Change notifications for Teams resources")."""
        if self.chat is None:
            return "ChatMember.Read.WhereInstalled" if self.members else "Chat.ReadBasic.WhereInstalled"
        return "ChatMember.Read.Chat" if self.members else "ChatSettings.Read.Chat"

    @property
    def kinds(self) -> frozenset[str]:
        """The changes that can be asked for."""
        return frozenset({"created", "deleted"} if self.members else {"updated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A change of a chat, or of who is in it."""

    chat: str
    kind: str
    member: str | None = None
    """The membership that came or went."""


def watched(resource: Json) -> Watched | None:
    """What the resource of a subscription names; None where the sandbox has no such resource."""
    text = resource if isinstance(resource, str) else ""
    every, one = _INSTALLED.fullmatch(text), _ONE_CHAT.fullmatch(text)
    if every:
        return Watched(chat=None, members=bool(every[1]))
    return Watched(chat=one[1] or one[2], members=bool(one[3])) if one else None


def living(rows: Rows, now: datetime) -> Sequence[Row]:
    """The subscriptions that have not expired."""
    return [row for row in rows.all(SUBSCRIPTIONS) if row.text("expirationDateTime") > instant(now)]


def waiting_for(rows: Rows, happened: Happened, now: datetime) -> Sequence[Row]:
    """The subscriptions that want to be told of the change."""
    return [row for row in living(rows, now) if _wants(rows, row, happened)]


def _wants(rows: Rows, row: Row, happened: Happened) -> bool:
    what = watched(row.text("resource"))
    return (
        what is not None
        and what.members == (happened.member is not None)
        and (what.chat == happened.chat or (what.chat is None and has_app(rows, happened.chat)))
        and happened.kind in row.text("changeType").split(",")
    )
