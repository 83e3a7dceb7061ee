"""Existing and requested Microsoft Graph subscriptions to chat changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    String,
    and_,
    case,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.subscriptions import (
    LifecycleEvent,
    Subscription,
    SubscriptionError,
    SubscriptionTarget,
    SyncedEnvironment,
    target_from_key,
)
from bot.domain.values import TEAMS, ChatId, ChatKind
from bot.store import upsert
from bot.store.tables import chat, chat_activity, connection, microseconds
from bot.store.tables import subscription as table

_EFFECTS: Mapping[LifecycleEvent, Mapping[str, object]] = {
    LifecycleEvent.REAUTHORIZE: {},
    LifecycleEvent.REMOVED: {"subscription_id": None, "reread": True},
    LifecycleEvent.MISSED: {"reread": True},
}

_PERMANENT = [each for each in SubscriptionError if each.permanent]

_UNCHANGED = table.c.due_at == table.c.held_until
"""True for a leased row that nothing has changed since the lease began."""


class Subscriptions:
    """Existing and requested Microsoft Graph subscriptions to chat changes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def request(self, targets: Sequence[SubscriptionTarget], *, at: datetime) -> None:
        """Request subscriptions. Those that are already requested keep their due times."""
        if not targets:
            return
        statement = upsert.insert(self._connection, table)
        again = {"wanted": True, "due_at": at}
        upserted = statement.on_conflict_do_update(index_elements=["watch"], set_=again, where=~table.c.wanted)
        await self._connection.execute(upserted, [_new(watch, at) for watch in sorted(targets, key=lambda w: w.key)])

    async def cancel_all(self, *, at: datetime) -> None:
        """Mark all subscriptions for deletion."""
        await self._connection.execute(update(table).where(table.c.wanted).values(wanted=False, due_at=at))

    async def cancel_chats(self, *, except_synced_in: Sequence[SyncedEnvironment], at: datetime) -> None:
        """Mark subscriptions of single chats for deletion, except chats that are synchronized in these environments."""
        synced = _synced(except_synced_in).where(chat.c.id == table.c.chat_id).correlate(table).exists()
        others = table.c.chat_id.is_not(None) & ~synced
        await self._connection.execute(update(table).where(table.c.wanted, others).values(wanted=False, due_at=at))

    async def expire_outdated(self, fingerprint: str, *, at: datetime) -> None:
        """Make subscriptions due that were created with another configuration.

        Subscriptions with an error keep the due time of their next attempt.
        """
        others = table.c.subscription_id.is_not(None) & (table.c.made_for != fingerprint) & (table.c.due_at > at)
        # Subscriptions with an error are retried when Graph allows it.
        others &= table.c.hindrance.is_(None) & _free(at)
        await self._connection.execute(update(table).where(others).values(due_at=at))

    async def chats_without(
        self, synced: Sequence[SyncedEnvironment], *, tenant: str | None, at_most: int
    ) -> Sequence[ChatId]:
        """Return chats that are synchronized in one of these environments and have no subscription of their own."""
        served = select(table.c.watch).where(table.c.chat_id == chat.c.id, table.c.wanted).exists()
        query = _synced(synced).where(~served)
        if tenant is not None:
            query = query.where(func.lower(chat.c.tenant_id) == tenant.lower())
        found = await self._connection.execute(query.order_by(chat.c.id).limit(at_most))
        return [ChatId(each) for each in found.scalars()]

    async def count_for_chats(self) -> int:
        """Return the number of existing and requested subscriptions of single chats."""
        query = select(func.count()).select_from(table).where(table.c.chat_id.is_not(None))
        return int((await self._connection.execute(query)).scalar_one())

    async def get_many(self, targets: Sequence[SubscriptionTarget]) -> Mapping[SubscriptionTarget, Subscription]:
        """Return the stored subscriptions for these targets."""
        query = select(table).where(table.c.watch.in_([watch.key for watch in targets]))
        found = [_subscription(row) for row in (await self._connection.execute(query)).mappings()]
        return {each.target: each for each in found}

    async def claim(self, *, at: datetime, until: datetime, at_most: int) -> Sequence[Subscription]:
        """Lease due subscriptions that no worker has, the longest due first."""
        due = select(table.c.watch).where(table.c.due_at <= at, _free(at)).order_by(table.c.due_at, table.c.watch)
        names = (await self._connection.execute(due.limit(at_most).with_for_update(skip_locked=True))).scalars().all()
        # Every other change sets `due_at`, from which `_UNCHANGED` detects it.
        leased = {"held_until": until, "due_at": until}
        mine = update(table).where(table.c.watch.in_(names), _free(at)).values(leased).returning(table)
        return [_subscription(row) for row in (await self._connection.execute(mine)).mappings()] if names else []

    async def end_leases(self, targets: Sequence[SubscriptionTarget], *, leased_until: datetime, at: datetime) -> None:
        """End the leases that still have this end, and make the subscriptions due."""
        mine = table.c.watch.in_([each.key for each in targets]) & (table.c.held_until == leased_until)
        await self._connection.execute(update(table).where(mine).values(held_until=None, due_at=at))

    async def save(self, subscription: Subscription, *, due_at: datetime, is_new: bool = False) -> None:
        """Store the subscription and its next due time, and end the lease. Whether it is requested does not change.

        Lifecycle notifications that arrived during the lease stay in effect and make it due at once. A notification of
        its removal clears the id, unless `is_new` says that this id was created after it.
        """
        own_id = literal(subscription.id, String)
        values = {
            "subscription_id": own_id if is_new else case((table.c.subscription_id.is_not(None), own_id)),
            "expires_at": subscription.expires_at,
            "made_for": subscription.fingerprint,
            "reread": case(
                (_UNCHANGED, subscription.needs_refresh), else_=or_(table.c.reread, literal(subscription.needs_refresh))
            ),
            "hindrance": subscription.error,
            "due_at": case((_UNCHANGED, microseconds(due_at)), else_=table.c.due_at),
            "held_until": None,
        }
        await self._connection.execute(update(table).where(table.c.watch == subscription.target.key).values(values))

    async def delete(self, target: SubscriptionTarget, *, at: datetime) -> None:
        """Store that the subscription was deleted. Delete the row unless it was requested again meanwhile."""
        mine = table.c.watch == target.key
        await self._connection.execute(delete(table).where(mine, ~table.c.wanted))
        none = {"subscription_id": None, "held_until": None, "due_at": at}
        await self._connection.execute(update(table).where(mine).values(none))

    async def targets_of(self, ids: Sequence[str]) -> Mapping[str, SubscriptionTarget]:
        """Return the targets of the known ones of these subscription ids."""
        query = select(table.c.subscription_id, table.c.watch).where(table.c.subscription_id.in_(ids))
        return {row.subscription_id: target_from_key(row.watch) for row in await self._connection.execute(query)}

    async def record_lifecycle(self, events: Mapping[str, LifecycleEvent], *, at: datetime) -> None:
        """Store lifecycle notifications by subscription id, and make the subscriptions due."""
        for event, effects in _EFFECTS.items():
            ids = [each for each, told in events.items() if told is event]
            mine = update(table).where(table.c.subscription_id.in_(ids))
            if ids:
                await self._connection.execute(mine.values(due_at=at, **effects))

    async def existing_targets(self, *, fingerprint: str | None = None) -> Mapping[str, SubscriptionTarget]:
        """Return the targets of all existing subscriptions by id; `fingerprint` limits them to one configuration."""
        query = select(table.c.subscription_id, table.c.watch).where(table.c.subscription_id.is_not(None))
        if fingerprint is not None:
            query = query.where(table.c.made_for == fingerprint)
        return {row.subscription_id: target_from_key(row.watch) for row in await self._connection.execute(query)}

    async def first_expiry(self) -> datetime | None:
        """Return when the first requested subscription expires or expired; None if there is none.

        One that was lost counts until it is replaced, or until Graph refuses it for good.
        """
        lasts = (
            table.c.subscription_id.is_not(None) | table.c.hindrance.is_(None) | table.c.hindrance.not_in(_PERMANENT)
        )
        first = select(func.min(table.c.expires_at)).where(table.c.wanted, lasts)
        expires_at: datetime | None = await self._connection.scalar(first)
        return expires_at

    async def is_leased(self, target: SubscriptionTarget, *, at: datetime) -> bool:
        """Return whether a worker has leased the subscription."""
        mine = (table.c.watch == target.key) & (table.c.held_until > at)
        return (await self._connection.execute(select(table.c.watch).where(mine))).first() is not None


def _free(at: datetime) -> ColumnElement[bool]:
    """Match rows that no worker has leased."""
    return or_(table.c.held_until.is_(None), table.c.held_until <= at)


def _new(watch: SubscriptionTarget, at: datetime) -> dict[str, object]:
    return {"watch": watch.key, "chat_id": watch.chat, "wanted": True, "made_for": "", "reread": False, "due_at": at}


def _synced(environments: Sequence[SyncedEnvironment]) -> Select[Any]:
    """Select the group chats in Teams that have the app and are synchronized in one of the environments."""
    joined = select(chat.c.id).join_from(chat, connection, connection.c.chat_id == chat.c.id)
    rows = joined.join(chat_activity, chat_activity.c.connection_id == connection.c.id)
    in_teams = (chat.c.channel == TEAMS) & (chat.c.kind == ChatKind.GROUP) & chat.c.bot_present
    goes_on = connection.c.ended_at.is_(None) & connection.c.paused_at.is_(None) & chat_activity.c.trouble.is_(None)
    return rows.where(in_teams, goes_on, or_(false(), *map(_active_in, environments))).distinct()


def _active_in(each: SyncedEnvironment) -> ColumnElement[bool]:
    here = connection.c.environment == each.environment
    return here if each.active_since is None else and_(here, chat_activity.c.active_at >= each.active_since)


def _subscription(row: RowMapping) -> Subscription:
    return Subscription(
        target=target_from_key(row["watch"]),
        wanted=row["wanted"],
        id=row["subscription_id"],
        expires_at=row["expires_at"],
        fingerprint=row["made_for"],
        needs_refresh=row["reread"],
        error=SubscriptionError(row["hindrance"]) if row["hindrance"] else None,
    )
