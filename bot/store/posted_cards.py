"""Cards whose content is stored, with the messages in Teams that show them: most of them are edited."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.jobs import CardJob, JobKind
from bot.domain.posted_cards import CardKind, Content, NewCard, PostedCard
from bot.domain.values import ChatId, ConnectionId, PublicId
from bot.store.codecs import CARD_CONTENTS, decode_reported, encode_reported
from bot.store.inbox import Inbox
from bot.store.lists import one_of
from bot.store.tables import Instant, connection
from bot.store.tables import posted_card as table

_CURRENT = table.c.ended_at.is_(None)
_CARDS = (
    select(
        table, connection.c.ended_at.label("connection_ended_at"), connection.c.ended_by_name, connection.c.public_id
    )
    .select_from(table.outerjoin(connection, connection.c.id == table.c.connection_id))
    .order_by(table.c.id)
)
# Built once, because each card about changes needs them.
_LIVE_CARDS = _CARDS.where(
    table.c.kind == CardKind.LIVE.value, one_of(table.c.connection_id, "connections"), _CURRENT
).with_for_update(of=table)
_INSERT = table.insert().returning(table.c.id)


class PostedCards:
    """Cards that are edited. A change of a card enqueues the job that posts or edits it."""

    def __init__(self, db: AsyncConnection, inbox: Inbox) -> None:
        self._db = db
        self._inbox = inbox

    async def lock(self, card: int) -> PostedCard | None:
        """Return the card, and lock it until the end of the transaction; None if it is gone."""
        found = await self._select(table.c.id == card, for_update=True)
        return found[0] if found else None

    async def get(self, card: int) -> PostedCard | None:
        """Return the card, or None if it is gone."""
        found = await self._select(table.c.id == card)
        return found[0] if found else None

    async def live(self, connections: Collection[ConnectionId]) -> Mapping[ConnectionId, PostedCard]:
        """Return the current live cards of the connections, and lock them."""
        if not connections:
            return {}
        rows = (await self._db.execute(_LIVE_CARDS, {"connections": list(connections)})).mappings()
        found = map(_card, rows)
        return {each.connection_id: each for each in found if each.connection_id is not None}

    async def find_live(self, connection: ConnectionId) -> PostedCard | None:
        """Return the current live card of the connection without a lock."""
        mine = (table.c.kind == CardKind.LIVE.value) & (table.c.connection_id == connection)
        found = await self._select(mine & _CURRENT)
        return found[0] if found else None

    async def summary(self, chat: ChatId) -> PostedCard | None:
        """Return the chat's current summary card, and lock it."""
        mine = (table.c.kind == CardKind.SUMMARY.value) & (table.c.chat_id == chat)
        found = await self._select(mine & _CURRENT, for_update=True)
        return found[0] if found else None

    async def add(self, card: NewCard, *, at: datetime) -> None:
        """Store the card, and enqueue the job that posts it."""
        await self._enqueue(await self._insert(card, at, ended_at=None), at, card.due_at)

    async def add_unedited(self, card: NewCard, *, at: datetime) -> int:
        """Store a card that is in the outbox and will not be edited; return its ID."""
        return await self._insert(card, at, ended_at=at)

    async def _insert(self, card: NewCard, at: datetime, *, ended_at: datetime | None) -> int:
        values = {
            "chat_id": card.chat_id,
            "connection_id": card.connection_id,
            "kind": card.kind.value,
            "version": 1,
            "changed_at": at,
            "ended_at": ended_at,
            **_changed(card),
        }
        return int((await self._db.execute(_INSERT, values)).scalar_one())

    async def change(self, card: PostedCard, *, at: datetime) -> None:
        """Store the changed content of a locked card, and enqueue the job that posts or edits it."""
        values = {**_changed(card), "version": card.version + 1, "changed_at": at, "ended_at": card.ended_at}
        await self._db.execute(update(table).where(table.c.id == card.id).values(values))
        await self._enqueue(card.id, at, card.due_at)

    async def schedule(self, connections: Collection[ConnectionId], *, at: datetime) -> None:
        """Edit the current live cards of these connections soon, because the connections ended or go on."""
        mine = (table.c.kind == CardKind.LIVE.value) & table.c.connection_id.in_(connections) & _CURRENT
        await self._schedule(mine, at)

    async def end_live(self, connections: Collection[ConnectionId], *, at: datetime) -> None:
        """End the current live cards of these connections: they are edited once more, to say so."""
        mine = (table.c.kind == CardKind.LIVE.value) & table.c.connection_id.in_(connections) & _CURRENT
        await self._schedule(mine, at, ended_at=at)

    async def close(self, card: int, *, at: datetime) -> None:
        """End a card because another one follows. Its last content still arrives."""
        await self._db.execute(update(table).where(table.c.id == card).values(ended_at=at))

    async def abandon(self, card: int, *, at: datetime) -> None:
        """End a card without another edit."""
        await self._db.execute(update(table).where(table.c.id == card).values(ended_at=at, due_at=None))

    async def _schedule(self, which: ColumnElement[bool], at: datetime, **values: object) -> None:
        due = func.coalesce(table.c.due_at, literal(at, Instant))
        changed = update(table).where(which).values(due_at=due, version=table.c.version + 1, **values)
        for card in (await self._db.execute(changed.returning(table.c.id))).scalars().all():
            await self._enqueue(card, at, at)

    async def _enqueue(self, card: int, at: datetime, due_at: datetime | None) -> None:
        if due_at is not None:
            # The card's row is locked by now. So a job that reads the card later sees this change.
            await self._inbox.enqueue(CardJob(kind=JobKind.POST_CARD, card_id=card), at=at, due_at=due_at)

    async def postpone(self, card: PostedCard, *, at: datetime) -> None:
        """Enqueue another job for a card that is not due yet."""
        await self._enqueue(card.id, at, card.due_at)

    async def mark_enqueued(self, card: int) -> None:
        """Store that the present content is in the outbox."""
        await self._db.execute(update(table).where(table.c.id == card).values(due_at=None, told_before=None))

    async def record_posts(self, posts: Mapping[int, str | None], *, at: datetime) -> None:
        """Store that Teams accepted the cards, with the IDs of new messages, and None for edited ones."""
        for card, activity_id in sorted(posts.items()):
            new = {} if activity_id is None else {"activity_id": activity_id, "posted_at": at}
            await self._db.execute(update(table).where(table.c.id == card).values(edited_at=at, **new))

    async def lose(self, card: int) -> None:
        """Store that the message is gone, so that the next edit posts a new one."""
        await self._db.execute(update(table).where(table.c.id == card).values(activity_id=None))

    async def _select(self, which: ColumnElement[bool], *, for_update: bool = False) -> Sequence[PostedCard]:
        query = _CARDS.where(which)
        found = await self._db.execute(query.with_for_update(of=table) if for_update else query)
        return [_card(row) for row in found.mappings()]


def _changed(card: NewCard) -> dict[str, object]:
    return {
        "content": CARD_CONTENTS[card.kind].encode(card.content),
        "due_at": card.due_at,
        "told_before": encode_reported(card.reported_before) or None,
    }


def _card(row: Mapping[Any, Any]) -> PostedCard:
    content: Content = CARD_CONTENTS[CardKind(row["kind"])].decode(row["content"])
    return PostedCard(
        id=row["id"],
        chat_id=ChatId(row["chat_id"]),
        connection_id=None if row["connection_id"] is None else ConnectionId(row["connection_id"]),
        content=content,
        version=row["version"],
        activity_id=row["activity_id"],
        reported_before=decode_reported(row["told_before"] or []),
        due_at=row["due_at"],
        posted_at=row["posted_at"],
        ended_at=row["ended_at"],
        connection_ended_at=row["connection_ended_at"],
        edited_at=row["edited_at"],
        ended_by=row["ended_by_name"],
        public_id=None if row["public_id"] is None else PublicId(row["public_id"]),
    )
