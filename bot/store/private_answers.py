"""Chats that refuse targeted messages, and requests that were answered with one. All processes share them."""

from datetime import datetime

from sqlalchemy import Column, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.values import ChatId
from bot.store.tables import targeted_answer, targeted_refusal
from bot.store.upsert import insert


class PrivateAnswers:
    """The last refusal of each chat, and the last answer to each request. Retention deletes them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add_refusal(self, chat: ChatId, *, at: datetime) -> None:
        """Store that the chat refused a targeted message."""
        await self._save(targeted_refusal, targeted_refusal.c.chat_id, chat, at)

    async def has_refused(self, chat: ChatId, *, after: datetime) -> bool:
        """Check whether the chat refused a targeted message after this time."""
        return await self._exists(targeted_refusal, targeted_refusal.c.chat_id, chat, after)

    async def add_answer(self, request: str, *, at: datetime) -> None:
        """Store that the request was answered with a targeted message."""
        await self._save(targeted_answer, targeted_answer.c.request, request, at)

    async def was_answered(self, request: str, *, after: datetime) -> bool:
        """Check whether the request was answered with a targeted message after this time."""
        return await self._exists(targeted_answer, targeted_answer.c.request, request, after)

    async def _save(self, table: Table, column: Column[str], key: str, at: datetime) -> None:
        new = insert(self._connection, table).values({column.name: key, "at": at})
        await self._connection.execute(new.on_conflict_do_update(index_elements=[column.name], set_={"at": at}))

    async def _exists(self, table: Table, column: Column[str], key: str, after: datetime) -> bool:
        found = await self._connection.execute(select(column).where(column == key, table.c.at > after))
        return found.first() is not None
