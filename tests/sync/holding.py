"""Model of a chat with rules and of what it knows of its cases, and the cards of the bot in the same form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.notifications.rules import ChatRules, ConnectionRules, Mute, Style
from bot.domain.values import ChatId, ConnectionId
from bot.store.tables import connection, decision
from tests.steps.notification_rules import store_of
from tests.wire.world import GROUP, World, texts

TEXTS = {1: "High", 2: "Normal", 3: "Low"}
LIVE_CARD = "Live card: edited for each change; rules: Notifications"


@dataclass
class Record:
    """A case, the value that the chat was told last, and its rules."""

    connection: Mapping[str, Any]
    value: int = 2
    told: int = 2
    """The value that the chat was told, or that a rule let it skip."""
    told_before: int = 2
    """The same before the last act."""
    rules: ConnectionRules = field(default_factory=ConnectionRules)
    was_live: bool = False
    """True if a change was shown on the current live card."""

    @property
    def is_live(self) -> bool:
        return self.rules.style is Style.LIVE

    @property
    def is_urgent(self) -> bool:
        return self.rules.urgent_rule is not None and self.value == 1

    @property
    def is_ruled_out(self) -> bool:
        """True if the value rule does not let the value pass."""
        return self.rules.value_rule is not None and self.value != 1


def waits(chat: ChatRules, record: Record, now: datetime) -> bool:
    """Check whether a change of the record must not be posted now."""
    mutes = [each for each in (chat.mute, record.rules.mute) if each and each.is_active(now)]
    if record.is_live:
        return not record.is_urgent or _stops_urgent(mutes)
    is_quiet = bool(chat.quiet_hours and chat.quiet_hours.end_after(now)) or record.rules.style is Style.DIGEST
    return _stops_urgent(mutes) if record.is_urgent else bool(mutes) or is_quiet


def _stops_urgent(mutes: list[Mute]) -> bool:
    return any(each.also_urgent for each in mutes)


async def stored_rules(world: World, records: Mapping[str, Record]) -> ChatRules:
    """Return the stored rules of the chat, and take over those of the records."""
    async with store_of(world).reading() as work:
        of_chat = (await work.notification_rules.chats.get_many([ChatId(GROUP)])).get(ChatId(GROUP))
        ids = [ConnectionId(each.connection["id"]) for each in records.values()]
        own = await work.notification_rules.connections.get_many(ids)
    for each in records.values():
        stored = own.get(ConnectionId(each.connection["id"]))
        each.rules = stored.rules if stored else ConnectionRules()
    return of_chat.rules if of_chat else ChatRules()


async def connection_row(world: World, number: str) -> Mapping[str, Any]:
    (row,) = await world.rows_in(connection, connection.c.record_number == number)
    return row


async def decisions_about(world: World, record: Record) -> list[Mapping[str, Any]]:
    """Return the decisions, oldest first."""
    rows = await world.rows_in(decision, decision.c.connection_id == record.connection["id"])
    return sorted(rows, key=lambda row: row["id"])


def is_open(row: Mapping[str, Any]) -> bool:
    return row["outcome"] == "held" and row["closed_as"] is None


def last_closed(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the held changes that ended last, together."""
    closed = [row for row in rows if row["closed_at"]]
    latest = max((row["closed_at"] for row in closed), default=None)
    return [row for row in closed if row["closed_at"] == latest]


def cards_in(posts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each["content"] for post in posts for each in post.get("attachments", ())]


def is_live_card(card: Mapping[str, Any]) -> bool:
    return "Last changes" in texts(card)


def live_cards(world: World, number: str) -> list[list[str]]:
    """Return the texts of the live cards of the case, oldest first."""
    said = [texts(card) for card in world.connector.cards(GROUP) if is_live_card(card)]
    return [each for each in said if any(number in line for line in each[:3])]
