"""Chats that are being created."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.new_chat import ChatStep, NewChat, NewChatKey, StepFailure
from bot.domain.stored_texts import restore, storable
from bot.domain.values import ChatId, ObjectId
from bot.store.codecs import CHAT_REQUEST
from bot.store.tables import new_chat as table
from bot.store.upsert import insert


class NewChats:
    """The progress of each new chat: a retry continues, and a second press creates no second chat."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, key: NewChatKey) -> NewChat | None:
        """Return the progress of the new chat, or None."""
        found = await self._connection.execute(select(table).where(table.c.key == key))
        row = found.mappings().one_or_none()
        return _new_chat(row) if row else None

    async def add(self, new: NewChat) -> bool:
        """Store the request; return False if its key exists."""
        values = {
            "key": new.key,
            "person_id": new.request.person,
            "begun_at": new.begun_at,
            "wish": CHAT_REQUEST.encode(new.request),
        }
        statement = insert(self._connection, table).values(**values, **_state(new))
        added = await self._connection.execute(statement.on_conflict_do_nothing())
        return added.rowcount > 0

    async def claim(self, key: NewChatKey, *, at: datetime, until: datetime) -> bool:
        """Lease the new chat until this time or until it is stored; return False if another caller has it."""
        free = or_(table.c.held_until.is_(None), table.c.held_until < at)
        claimed = await self._connection.execute(update(table).where(table.c.key == key, free).values(held_until=until))
        return claimed.rowcount > 0

    async def save(self, new: NewChat, *, leased_until: datetime | None) -> None:
        """Store the progress; `held_until` of None ends the lease."""
        await self._connection.execute(
            update(table).where(table.c.key == new.key).values(**_state(new), held_until=leased_until)
        )

    async def remove(self, key: NewChatKey) -> None:
        """Delete the request, unless a chat exists, may exist, or is being created."""
        nothing = table.c.chat_id.is_(None) & table.c.asked_at.is_(None) & table.c.held_until.is_(None)
        await self._connection.execute(delete(table).where(table.c.key == key, nothing))

    async def unfinished(self, person: ObjectId, *, since: datetime) -> NewChat | None:
        """Return the person's newest chat that failed halfway and was requested since then, or None."""
        # The chat exists, or it may: Graph was asked to create it, and the response was lost.
        there = or_(table.c.chat_id.is_not(None), table.c.asked_at.is_not(None))
        halfway = (table.c.person_id == person) & table.c.unfinished & there
        query = select(table).where(halfway, table.c.begun_at > since).order_by(table.c.id.desc()).limit(1)
        row = (await self._connection.execute(query)).mappings().one_or_none()
        return _new_chat(row) if row else None


def _state(new: NewChat) -> dict[str, Any]:
    return {
        "chat_id": new.chat_id,
        "url": new.url,
        "asked_at": new.creation_requested_at,
        "done": list(new.done),
        "troubles": [[each.step, storable(each.reason), storable(each.next_step)] for each in new.failures],
        "unfinished": bool(new.remaining_steps),
    }


def _new_chat(row: RowMapping) -> NewChat:
    return NewChat(
        key=NewChatKey(row["key"]),
        request=CHAT_REQUEST.decode(row["wish"], person=row["person_id"]),
        begun_at=row["begun_at"],
        chat_id=ChatId(row["chat_id"]) if row["chat_id"] else None,
        url=row["url"],
        creation_requested_at=row["asked_at"],
        done=tuple(ChatStep(step) for step in row["done"]),
        failures=tuple(
            StepFailure(step=ChatStep(step), reason=restore(why), next_step=restore(then))
            for step, why, then in row["troubles"]
        ),
    )
