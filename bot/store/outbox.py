"""The outbox: messages, stored until Teams accepts them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.outgoing_messages import (
    CardVersion,
    OutgoingMessage,
    PendingMessage,
    Subject,
)
from bot.domain.queue_states import Queue
from bot.domain.values import ChatId, ConnectionId
from bot.store.bulk import bulk_execute
from bot.store.chats import CHAT_COLUMNS
from bot.store.codecs import SUBJECTS, Reported, decode_reported, encode_reported
from bot.store.known_values import ReportedValues
from bot.store.lanes import Lanes
from bot.store.lists import one_of
from bot.store.outbox_rows import connections_of, is_about, other_subjects, outbox_row, pending_message
from bot.store.tables import DEAD_LETTERED, DONE, DROPPED, PENDING, chat, connection, lane, microseconds, posted_card
from bot.store.tables import outbox as table
from bot.store.upsert import Insert, built

_later = table.alias("later")


def _enqueue(insert: Insert) -> Any:
    return insert(table).on_conflict_do_nothing(index_elements=["key"])


def _next_messages() -> Any:
    first = select(_later.c.id).where(_later.c.lane == lane.c.name, _later.c.state == PENDING)
    return (
        select(table.c.id.label("message_id"), table.c.key, table.c.body, table.c.attempts, table.c.received_at)
        .add_columns(table.c.reason)
        .add_columns(table.c.correlation_id, table.c.trace, table.c.caused_at, *CHAT_COLUMNS)
        .add_columns(table.c.environment, table.c.table, table.c.switch, table.c.other_subjects)
        .add_columns(table.c.connection_id, table.c.told_before, table.c.thread)
        .add_columns(table.c.card_id, table.c.card_version)
        .add_columns(posted_card.c.kind.label("card_kind"), posted_card.c.activity_id)
        .select_from(lane)
        .join(table, table.c.id == first.order_by(_later.c.id).limit(1).scalar_subquery())
        .join(chat, chat.c.id == lane.c.name)
        .outerjoin(posted_card, posted_card.c.id == table.c.card_id)
        .where(lane.c.queue == Queue.OUTBOX, one_of(lane.c.name, "lanes"))
    )


# Built once, because each post needs them.
_NEXT_MESSAGES = _next_messages()
_DISCONNECTED = select(connection.c.id).where(one_of(connection.c.id, "ids"), connection.c.ended_by_id.is_not(None))
_MARK_SENT = (
    update(table)
    .where(one_of(table.c.id, "messages"))
    .values(state=DONE, done_at=bindparam("at", type_=table.c.done_at.type))
)


class Outbox:
    """Messages, stored until Teams accepts them."""

    def __init__(self, connection: AsyncConnection, lanes: Lanes, known_values: ReportedValues) -> None:
        self._connection = connection
        self._lanes = lanes
        self._reported_values = known_values

    async def enqueue(self, messages: Sequence[OutgoingMessage], *, at: datetime) -> None:
        """Append each message to its chat's lane, unless a message with the same key exists."""
        now = microseconds(at)
        rows = [outbox_row(message, now) for message in messages]
        if not rows:
            return
        await bulk_execute(self._connection, built(self._connection, _enqueue), rows)
        await self._lanes.schedule(Queue.OUTBOX, [message.chat_id for message in messages], due_at=at)

    async def enqueue_card(self, message: OutgoingMessage, card: CardVersion, *, at: datetime) -> None:
        """Append the message, or replace the content of the card's pending message, so that the last content arrives.

        The card must be locked.
        """
        mine = (table.c.lane == message.chat_id) & (table.c.state == PENDING) & (table.c.card_id == card.card_id)
        query = select(table.c.id, table.c.told_before).where(mine).order_by(table.c.id.desc()).with_for_update()
        # A dead letter that an operator sends again can be a second one. It is sent before this content.
        waits = (await self._connection.execute(query)).first()
        if waits is None:
            await self._discard_older(message.chat_id, card, at)
            await self.enqueue([message], at=at)
            return
        known = decode_reported(waits.told_before or [])
        before = encode_reported({**message.previously_reported, **known})
        of = ("body", "card_version", "connection_id", "environment", "table", "switch")
        row = outbox_row(message, microseconds(at))
        subjects = SUBJECTS.encode(other_subjects(message)) or None
        await self._set(
            waits.id, **{each: row[each] for each in of}, other_subjects=subjects, told_before=before or None
        )

    async def _discard_older(self, chat: ChatId, card: CardVersion, at: datetime) -> None:
        """Discard dead letters with earlier content of the card, so that nobody sends them again after this one."""
        same = (table.c.state == DEAD_LETTERED) & (table.c.lane == chat) & (table.c.card_id == card.card_id)
        await self._connection.execute(update(table).where(same).values(state=DROPPED, done_at=at))

    async def has_pending_card(self, chat: ChatId, card: int) -> bool:
        """Check whether a message that posts or edits the card is pending."""
        mine = (table.c.lane == chat) & (table.c.state == PENDING) & (table.c.card_id == card)
        return (await self._connection.execute(select(table.c.id).where(mine).limit(1))).first() is not None

    async def next_messages(
        self, lanes: Sequence[str], posts: Mapping[ChatId, Sequence[datetime]]
    ) -> Mapping[str, PendingMessage]:
        """Return the next message of each lane that has one, with the chat's current address and recent posts."""
        rows = (await self._connection.execute(_NEXT_MESSAGES, {"lanes": lanes})).mappings().all()
        ended = await self._disconnected({each for row in rows if row["switch"] for each in connections_of(row)})
        return {
            row["id"]: pending_message(
                row, posts.get(row["id"], ()), disconnected=not ended.isdisjoint(connections_of(row))
            )
            for row in rows
        }

    async def _disconnected(self, ids: Collection[int]) -> frozenset[int]:
        """Return the connections that a person ended. Others ended with their record, and a message says so."""
        if not ids:
            return frozenset()
        return frozenset((await self._connection.execute(_DISCONNECTED, {"ids": list(ids)})).scalars())

    async def mark_sent(self, messages: Sequence[int], *, at: datetime) -> None:
        """Mark the messages as accepted by Teams."""
        await self._connection.execute(_MARK_SENT, {"messages": messages, "at": at})

    async def sent_bodies(self, chat: ChatId, *, limit: int) -> Mapping[int, bytes]:
        """Return the chat's newest messages that Teams accepted, by ID."""
        query = select(table.c.id, table.c.body).where(table.c.lane == chat, table.c.state == DONE)
        found = await self._connection.execute(query.order_by(table.c.id.desc()).limit(limit))
        return {row.id: row.body for row in found}

    async def save_sent_body(self, message: int, body: bytes) -> None:
        """Save what an edited message shows now."""
        await self._set(message, body=body)

    async def mark_card_sent(self, message: int, version: int, *, at: datetime) -> None:
        """Mark the message as accepted by Teams, unless it got another content meanwhile, which is sent next."""
        same = (table.c.id == message) & (table.c.card_version == version)
        await self._connection.execute(update(table).where(same).values(state=DONE, done_at=at))

    async def record_failure(self, message: int, reason: str) -> None:
        """Count a failed attempt. The message stays at the head of its lane."""
        await self._set(message, attempts=table.c.attempts + 1, reason=reason)

    async def dead_letter(self, message: int, reason: str, *, at: datetime) -> None:
        """Make the message a dead letter: it is not retried automatically."""
        await self._set(message, state=DEAD_LETTERED, reason=reason, done_at=at)

    async def drop(self, message: int, reason: str, *, at: datetime) -> None:
        """Drop the message. Its values count as known, and nobody reports them later, unless restored (spec S1)."""
        await self._set(message, state=DROPPED, reason=reason, done_at=at)

    async def restore_reported(self, message: int, subjects: Collection[Subject]) -> frozenset[ConnectionId]:
        """Restore what the chat knew before a dropped message, but only for these record types and their columns.

        Return the connections.
        """
        found = await self._connection.execute(select(table.c.told_before).where(table.c.id == message))
        before = decode_reported(found.scalar() or [])
        of = select(connection.c.id, connection.c.environment, connection.c.table)
        rows = await self._connection.execute(of.where(connection.c.id.in_({each for each, _ in before})))
        types = {row.id: (row.environment, row.table) for row in rows}
        restored = {key: value for key, value in before.items() if is_about(subjects, types.get(key[0]), key[1])}
        await self._restore(await self._take_over(message, restored))
        return frozenset(each for each, _ in restored)

    async def _take_over(self, message: int, values: Reported) -> Reported:
        """Let later messages of the chat that report the same columns start from these values; return the others."""
        lane_of = select(table.c.lane).where(table.c.id == message).scalar_subquery()
        later = (table.c.lane == lane_of) & (table.c.id > message) & (table.c.state != DROPPED)
        query = select(table.c.id, table.c.told_before).where(later, table.c.told_before.is_not(None))
        left = dict(values)
        for number, told_before in (await self._connection.execute(query.order_by(table.c.id))).all():
            told = decode_reported(told_before)
            shared = {key: left.pop(key) for key in told if key in left}
            if shared:
                await self._set(number, told_before=encode_reported(told | shared))
        return left

    async def dead_letter_chat(self, chat: ChatId, reason: str, *, at: datetime) -> frozenset[ConnectionId]:
        """Make all pending messages of the chat dead letters, and return the connections that they are about.

        The chat does not learn their values: restore what it knew before (spec K9).
        """
        waits = (table.c.lane == chat) & (table.c.state == PENDING)
        named = await self._named(waits)
        found = await self._connection.execute(
            select(table.c.id, table.c.told_before).where(waits, table.c.told_before.is_not(None)).order_by(table.c.id)
        )
        told = {message: decode_reported(told_before) for message, told_before in found}
        await self._save_told_after(told)
        before: Reported = {}
        for values in reversed(list(told.values())):
            before |= values
        await self._restore(before)
        await self._connection.execute(
            update(table).where(waits).values(state=DEAD_LETTERED, reason=reason, done_at=at)
        )
        return named

    async def _named(self, messages: ColumnElement[bool]) -> frozenset[ConnectionId]:
        """Return the connections that these messages are about, without answers to people."""
        columns = select(table.c.connection_id, table.c.told_before)
        rows = await self._connection.execute(columns.where(messages, table.c.switch.is_not(None)))
        return frozenset(ConnectionId(each) for row in rows.mappings() for each in connections_of(row))

    async def _save_told_after(self, told_before: Mapping[int, Reported]) -> None:
        """Store the values of these messages of one chat, in case an operator sends them again."""
        if not told_before:
            return
        ids = {each for values in told_before.values() for each, _ in values}
        known = await self._reported_values.for_connections(list(ids))
        # Each message has the values that the chat knew before the next message.
        after: Reported = {(each, column): value for each, values in known.items() for column, value in values.items()}
        rows = []
        for message, before in reversed(list(told_before.items())):
            rows.append({"message": message, "values": encode_reported({key: after.get(key) for key in before})})
            after |= before
        statement = update(table).where(table.c.id == bindparam("message")).values(told_after=bindparam("values"))
        await self._connection.execute(statement, rows)

    async def _restore(self, values: Reported) -> None:
        await self._reported_values.save({key: value for key, value in values.items() if value})
        await self._reported_values.forget([key for key, value in values.items() if value is None])

    async def _set(self, message: int, **values: object) -> None:
        await self._connection.execute(update(table).where(table.c.id == message).values(**values))
