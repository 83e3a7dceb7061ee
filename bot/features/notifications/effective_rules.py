"""The rules that count for a connection: its own, or else the defaults of its record type."""

from collections.abc import Mapping, Sequence

from bot.domain.notifications.defaults import effective_rules
from bot.domain.notifications.rules import ChatRules, ConnectionRules
from bot.domain.record_types import RecordType
from bot.domain.values import ChatId, Connection, ConnectionId
from bot.store.unit_of_work import UnitOfWork


async def connection_rules(
    work: UnitOfWork, record_type: RecordType, connections: Sequence[Connection]
) -> Mapping[ConnectionId, ConnectionRules]:
    """Return the rules of each connection. The connections are to records of this type."""
    own = await work.notification_rules.connections.get_many([each.id for each in connections])
    return {
        each.id: effective_rules(own[each.id].rules if each.id in own else None, record_type) for each in connections
    }


async def chat_rules(work: UnitOfWork, chats: Sequence[ChatId]) -> Mapping[ChatId, ChatRules]:
    """Return the rules of each chat."""
    stored = await work.notification_rules.chats.get_many(chats)
    return {chat: stored[chat].rules if chat in stored else ChatRules() for chat in chats}
