"""Notification rules of chats and of connections."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Select, Table, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.notifications.rules import ChatRules, ConnectionRules, Versioned
from bot.domain.values import ChatId, ConnectionId
from bot.store.codecs import CHAT_RULES, CONNECTION_RULES, Codec
from bot.store.lists import one_of
from bot.store.tables import chat_rules, connection_rules
from bot.store.upsert import insert


@cache
def _by_keys(key: Column[Any]) -> Select[Any]:
    """Return the query for the rules with these keys. It is built once for each table, because each card needs it."""
    return select(key.table).where(one_of(key, "keys"))


Key = TypeVar("Key", bound=ChatId | ConnectionId)
Rules = TypeVar("Rules", ChatRules, ConnectionRules)


class RulesOf(Generic[Key, Rules]):
    """The rules of one table, by its key. `version` counts how often they were saved."""

    def __init__(self, connection: AsyncConnection, table: Table, codec: Codec[Rules]) -> None:
        self._connection = connection
        self._table = table
        self._key = next(iter(table.primary_key.columns))
        self._codec: Codec[Rules] = codec

    async def get_many(self, keys: Sequence[Key]) -> Mapping[Key, Versioned[Rules]]:
        """Return the stored rules by key, without keys that have none."""
        found = await self._connection.execute(_by_keys(self._key), {"keys": keys})
        return {
            row[self._key.name]: Versioned(version=row["version"], rules=self._codec.decode(row["rules"]))
            for row in found.mappings()
        }

    async def save(self, key: Key, rules: Rules, *, version: int) -> bool:
        """Store the rules as the next version; return False if the stored version is another one.

        `version` is the version that the change is based on: 0 if no rules were stored.
        """
        values: dict[str, Any] = {"rules": self._codec.encode(rules), "version": version + 1}
        if version == 0:
            statement = insert(self._connection, self._table).values({self._key.name: key, **values})
            return (await self._connection.execute(statement.on_conflict_do_nothing())).rowcount > 0
        based = (self._key == key) & (self._table.c.version == version)
        return (await self._connection.execute(update(self._table).where(based).values(**values))).rowcount > 0


class NotificationRules:
    """All notification rules."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.chats: RulesOf[ChatId, ChatRules] = RulesOf(connection, chat_rules, CHAT_RULES)
        self.connections: RulesOf[ConnectionId, ConnectionRules] = RulesOf(
            connection, connection_rules, CONNECTION_RULES
        )
