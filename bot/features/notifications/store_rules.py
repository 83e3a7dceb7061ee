"""Store notification rules, and remember who saved which part of them (spec V9)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.domain.errors import Unavailable
from bot.domain.notifications.rules import MAX_SAVES, ChatRules, ConnectionRules, Save, Versioned
from bot.domain.values import ChatId, ConnectionId
from bot.store.unit_of_work import UnitOfWork

_ATTEMPTS = 5

NO_CHAT_RULES = Versioned(version=0, rules=ChatRules())
NO_CONNECTION_RULES = Versioned(version=0, rules=ConnectionRules(only_mute=True))
"""The rules of a connection that nobody changed. The defaults of its record type count."""


async def stored_chat_rules(work: UnitOfWork, chat: ChatId) -> Versioned[ChatRules]:
    """Return the rules of the chat with their version."""
    return (await work.notification_rules.chats.get_many([chat])).get(chat, NO_CHAT_RULES)


async def stored_connection_rules(work: UnitOfWork, connection: ConnectionId) -> Versioned[ConnectionRules]:
    """Return the stored rules of the connection with their version."""
    return (await work.notification_rules.connections.get_many([connection])).get(connection, NO_CONNECTION_RULES)


async def update_chat_rules(work: UnitOfWork, chat: ChatId, change: Callable[[ChatRules], ChatRules]) -> None:
    """Apply a change that does not depend on the version that the person saw."""
    for _ in range(_ATTEMPTS):
        stored = await stored_chat_rules(work, chat)
        if await work.notification_rules.chats.save(chat, change(stored.rules), version=stored.version):
            return
    raise _busy()


async def update_connection_rules(
    work: UnitOfWork, connection: ConnectionId, change: Callable[[ConnectionRules], ConnectionRules]
) -> None:
    """Apply a change that does not depend on the version that the person saw."""
    for _ in range(_ATTEMPTS):
        stored = await stored_connection_rules(work, connection)
        if await work.notification_rules.connections.save(connection, change(stored.rules), version=stored.version):
            return
    raise _busy()


def with_save(saves: tuple[Save, ...], *, version: int, part: str, by_name: str, at: datetime) -> tuple[Save, ...]:
    """Return the remembered saves with this one as the last."""
    return (*saves, Save(version=version, part=part, by_name=by_name, at=at))[-MAX_SAVES:]


def without_mute(rules: ConnectionRules) -> ConnectionRules:
    """Return the rules without the mute."""
    return replace(rules, mute=None)


def _busy() -> Unavailable:
    return Unavailable("Others are changing these rules right now.", "Try again.")
