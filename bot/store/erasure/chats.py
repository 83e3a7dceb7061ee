"""Erase chats, environments, and everything that belongs to them."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    String,
    Table,
    cast,
    delete,
    false,
    literal,
    or_,
    select,
    true,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.erasure import NO_NAME, NOBODY, Erased
from bot.domain.jobs import JobKind
from bot.domain.values import ChatId
from bot.store.erasure.columns import HISTORY, TABLES, Holds, columns_that_hold, references
from bot.store.tables import chat, connection, new_chat, open_pane, pane_session, posted_card, signing_key

OfChat = Callable[[Column[Any]], ColumnElement[bool]]
"""Returns the condition that the column names one of the chats."""

_LAST = (posted_card, pane_session, connection, chat)
"""Tables that conditions of other tables read, in an order in which they can be deleted."""

_EMPTY = {Holds.PERSON: NOBODY, Holds.NAME: NO_NAME, Holds.CONTENT: {}}


class ChatEraser:
    """Erases chats and environments within a transaction, and counts the rows."""

    def __init__(
        self,
        database: AsyncConnection,
        of_chat: OfChat,
        *,
        tenant: str | None = None,
        environments: Collection[str] = (),
        everything: bool = False,
    ) -> None:
        """Create the eraser. `everything`: no other tenant has data, so rows that name no tenant are erased as well."""
        self._database = database
        self._of_chat = of_chat
        self._tenant = tenant
        self._environments = environments
        self._everything = everything
        self.erased = Erased()

    async def erase(self) -> Sequence[ChatId]:
        """Delete the rows, and return the chats. The history stays without people, chats, and records."""
        chats = (await self._database.execute(select(chat.c.id).where(self._of_chat(chat.c.id)))).scalars().all()
        first = [table for table in reversed(TABLES) if table not in _LAST and table is not signing_key]
        for table in (*first, *_LAST):
            if table.name in HISTORY:
                await self._blank(table, HISTORY[table.name])
            else:
                await self._delete(table, true() if self._everything else self._belongs(table))
        return [ChatId(each) for each in chats]

    async def _delete(self, table: Table, where: ColumnElement[bool]) -> None:
        done = await self._database.execute(delete(table).where(where))
        self.erased.deleted[table.name] += done.rowcount

    async def _blank(self, table: Table, kinds: Collection[Holds]) -> None:
        """Empty columns of the history. Rows that cannot be without their environment are deleted with it."""
        if Holds.ENVIRONMENT not in kinds:
            await self._delete(table, self._of_environment(table))
        columns = [(column, kind) for kind in kinds for column in columns_that_hold(table, kind)]
        values = {column: None if column.nullable else _EMPTY.get(kind, "") for column, kind in columns}
        # Acts of operators in the terminal name neither a chat nor an environment, unless they changed one.
        is_full = or_(*(column != "" for column in columns_that_hold(table, Holds.CHAT, Holds.ENVIRONMENT)))
        where = is_full if self._everything else self._belongs(table)
        done = await self._database.execute(update(table).where(where).values(values))
        self.erased.changed[table.name] += done.rowcount

    def _belongs(self, table: Table) -> ColumnElement[bool]:
        """Return the condition for rows of the chats, the tenant, or the environments."""
        connections = select(connection.c.id).where(self._of_chat(connection.c.chat_id))
        return or_(
            false(),
            *(self._of_chat(column) for column in columns_that_hold(table, Holds.CHAT)),
            *(column.in_(connections) for column in references(table, connection)),
            *(column == self._tenant for column in columns_that_hold(table, Holds.TENANT) if self._tenant),
            *(self._of_lane(column) for column in columns_that_hold(table, Holds.LANE)),
            self._of_environment(table),
            self._of_people(table),
        )

    def _of_environment(self, table: Table) -> ColumnElement[bool]:
        named = columns_that_hold(table, Holds.ENVIRONMENT)
        return or_(false(), *(column.in_(self._environments) for column in named))

    def _of_lane(self, column: Column[Any]) -> ColumnElement[bool]:
        """Return the condition for lanes of the chats, their cards, their jobs, and records of the environments."""
        chats = [select(literal(f"{kind} ") + chat.c.id).where(self._of_chat(chat.c.id)) for kind in JobKind]
        cards = select(literal(f"{JobKind.POST_CARD} ") + cast(posted_card.c.id, String))
        jobs = [f"{kind} {environment}" for kind in JobKind for environment in self._environments]
        records = [column.startswith(json.dumps([each])[:-1], autoescape=True) for each in self._environments]
        return or_(
            self._of_chat(column),
            *(column.in_(each) for each in chats),
            column.in_(cards.where(self._of_chat(posted_card.c.chat_id))),
            column.in_(jobs),
            *records,
        )

    def _of_people(self, table: Table) -> ColumnElement[bool]:
        """Return the condition for rows that only their people relate to the tenant."""
        if self._tenant is None:
            return false()
        sessions = select(pane_session.c.digest).where(pane_session.c.tenant_id == self._tenant)
        if table is open_pane:
            return open_pane.c.digest.in_(sessions)
        if table is not new_chat:
            return false()
        wish = cast(new_chat.c.wish, String)
        about = [wish.contains(json.dumps(each), autoescape=True) for each in self._environments]
        return or_(new_chat.c.person_id.in_(self._people()), *about)

    def _people(self) -> CompoundSelect[tuple[str]]:
        """Return the people of the tenant that the database knows."""
        connectors = select(connection.c.connector_id).where(self._of_chat(connection.c.chat_id))
        signed_in = select(pane_session.c.object_id).where(pane_session.c.tenant_id == self._tenant)
        return union(connectors, signed_in)
