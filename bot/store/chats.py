"""The chats that the bot knows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import Chat, ChatId, ChatKind
from bot.store.lists import one_of
from bot.store.tables import chat as table
from bot.store.upsert import insert

CHAT_COLUMNS = (
    # The stored fields of `bot.domain.values.Chat`.
    table.c.id,
    table.c.kind,
    table.c.channel,
    table.c.tenant_id,
    table.c.service_url,
    table.c.bot_id,
    table.c.bot_name,
    table.c.bot_present,
    table.c.team_id,
)
# Built once, because each card needs them. `key_share`: rows that refer to a chat can still be added.
_CHAT = select(*CHAT_COLUMNS).where(table.c.id == bindparam("chat"))
_CHATS = select(*CHAT_COLUMNS).where(one_of(table.c.id, "chats"))
_LOCK = select(table.c.id).where(one_of(table.c.id, "chats")).order_by(table.c.id).with_for_update(key_share=True)


class Chats:
    """The chats that the bot knows."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.left_chats: set[ChatId] = set()

    async def get(self, chat: ChatId) -> Chat | None:
        """Return the chat, or None if the bot does not know it."""
        row = (await self._connection.execute(_CHAT, {"chat": chat})).mappings().one_or_none()
        return chat_from_row(row) if row else None

    async def get_many(self, chats: Sequence[ChatId]) -> Mapping[ChatId, Chat]:
        """Return the known ones of the chats by id."""
        found = await self._connection.execute(_CHATS, {"chats": chats})
        return {ChatId(row["id"]): chat_from_row(row) for row in found.mappings()}

    async def lock(self, chats: Collection[ChatId]) -> None:
        """Lock the chats until the end of the transaction, in one order, so that decisions about a chat do not race."""
        # SQLite has one writer at a time.
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(_LOCK, {"chats": list(chats)})

    async def save(self, chat: Chat) -> None:
        """Store the chat. A channel keeps its team if the new value has none."""
        values = {column.name: getattr(chat, column.name) for column in CHAT_COLUMNS}
        statement = insert(self._connection, table).values(values)
        now = {name: value for name, value in values.items() if name != "id"}
        now["team_id"] = func.coalesce(chat.team_id, table.c.team_id)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=now))

    async def mark_bot_removed(self, chat: ChatId) -> None:
        """Store that the bot is no longer in the chat, and notify caches after the commit."""
        await self._connection.execute(update(table).where(table.c.id == chat).values(bot_present=False))
        self.left_chats.add(chat)

    async def mark_bot_added(self, chats: Collection[ChatId]) -> None:
        """Store that the bot is in the chats."""
        await self._connection.execute(update(table).where(table.c.id.in_(chats)).values(bot_present=True))

    async def channels_of_team(self, team: str) -> Sequence[ChatId]:
        """Return the known channels of the team."""
        found = await self._connection.execute(select(table.c.id).where(table.c.team_id == team))
        return [ChatId(each) for each in found.scalars()]

    async def mark_introduced(self, chat: ChatId, at: datetime) -> bool:
        """Store that the bot introduced itself; return False if it had done so before."""
        first = table.c.introduced_at.is_(None)
        done = await self._connection.execute(update(table).where(table.c.id == chat, first).values(introduced_at=at))
        return done.rowcount > 0

    async def forget_introduction(self, chat: ChatId) -> None:
        """Store that the chat did not get the introduction, so that it gets it the next time the bot is added."""
        await self._connection.execute(update(table).where(table.c.id == chat).values(introduced_at=None))


def chat_from_row(row: RowMapping) -> Chat:
    """Return the chat from a row with `CHAT_COLUMNS`."""
    named = {column.name: row[column.name] for column in CHAT_COLUMNS}
    return Chat(**{**named, "id": ChatId(row["id"]), "kind": ChatKind(row["kind"])})
