"""Rows of subscriptions to changes in chats: those that there are, and those that are to be."""

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

from bot.domain.subscriptions import Hindrance, Lifecycle, Subscription, SyncedIn, Watch, watch_of
from bot.domain.values import TEAMS, ChatId, ChatKind
from bot.store import upsert
from bot.store.tables import chat, chat_activity, connection, microseconds
from bot.store.tables import subscription as table

_MEANS: Mapping[Lifecycle, Mapping[str, object]] = {
    Lifecycle.REAUTHORIZE: {},
    Lifecycle.REMOVED: {"subscription_id": None, "reread": True},
    Lifecycle.MISSED: {"reread": True},
}

_UNDISTURBED = table.c.due_at == table.c.held_until
"""Of a leased one: nothing was heard of it, and nobody has changed their mind, since it was claimed."""


class Subscriptions:
    """Existing and requested subscriptions to chat changes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def want(self, watches: Sequence[Watch], *, at: datetime) -> None:
        """They are wanted from now on."""
        if not watches:
            return
        statement = upsert.insert(self._connection, table)
        again = {"wanted": True, "due_at": at}
        upserted = statement.on_conflict_do_update(index_elements=["watch"], set_=again, where=~table.c.wanted)
        await self._connection.execute(upserted, [_new(watch, at) for watch in sorted(watches, key=lambda w: w.key)])

    async def drop_all(self, *, at: datetime) -> None:
        """Nobody wants any subscription any more."""
        await self._connection.execute(update(table).where(table.c.wanted).values(wanted=False, due_at=at))

    async def drop_chats(self, *, but: Sequence[SyncedIn], at: datetime) -> None:
        """Of those on single chats only those on synced chats are wanted."""
        others = table.c.chat_id.is_not(None) & table.c.chat_id.not_in(_synced(but))
        await self._connection.execute(update(table).where(table.c.wanted, others).values(wanted=False, due_at=at))

    async def outdate(self, made_for: str, *, at: datetime) -> None:
        """Those that were made with something else are due, but for those that are put off for a hindrance."""
        others = table.c.subscription_id.is_not(None) & (table.c.made_for != made_for) & (table.c.due_at > at)
        # Those with a hindrance are tried again when Graph has asked for it.
        others &= table.c.hindrance.is_(None) & _free(at)
        await self._connection.execute(update(table).where(others).values(due_at=at))

    async def unserved(self, synced: Sequence[SyncedIn], *, tenant: str | None, at_most: int) -> Sequence[ChatId]:
        """Chats that are synced and have no subscription of their own."""
        served = select(table.c.watch).where(table.c.chat_id == chat.c.id, table.c.wanted).exists()
        query = _synced(synced).where(~served)
        if tenant is not None:
            query = query.where(func.lower(chat.c.tenant_id) == tenant.lower())
        found = await self._connection.execute(query.order_by(chat.c.id).limit(at_most))
        return [ChatId(each) for each in found.scalars()]

    async def on_chats(self) -> int:
        """How many subscriptions on single chats there are or are to be."""
        query = select(func.count()).select_from(table).where(table.c.chat_id.is_not(None))
        return int((await self._connection.execute(query)).scalar_one())

    async def at(self, watches: Sequence[Watch]) -> Mapping[Watch, Subscription]:
        """Those of them that are kept."""
        query = select(table).where(table.c.watch.in_([watch.key for watch in watches]))
        found = [_subscription(row) for row in (await self._connection.execute(query)).mappings()]
        return {each.watch: each for each in found}

    async def claim(self, *, at: datetime, until: datetime, at_most: int) -> Sequence[Subscription]:
        """Leases those that are due and that nobody else sees to."""
        due = select(table.c.watch).where(table.c.due_at <= at, _free(at)).order_by(table.c.due_at, table.c.watch)
        names = (await self._connection.execute(due.limit(at_most).with_for_update(skip_locked=True))).scalars().all()
        # Whoever says something meanwhile says when it is due: `_UNDISTURBED` knows by that.
        leased = {"held_until": until, "due_at": until}
        mine = update(table).where(table.c.watch.in_(names), _free(at)).values(leased).returning(table)
        return [_subscription(row) for row in (await self._connection.execute(mine)).mappings()] if names else []

    async def put(self, subscription: Subscription, *, due_at: datetime, is_new: bool = False) -> None:
        """Keeps how it is now, and gives it back; what was heard since the claim stays to be seen to."""
        own_id = literal(subscription.id, String)
        values = {
            "subscription_id": own_id if is_new else case((table.c.subscription_id.is_not(None), own_id)),
            "expires_at": subscription.expires_at,
            "made_for": subscription.made_for,
            "reread": case(
                (_UNDISTURBED, subscription.reread), else_=or_(table.c.reread, literal(subscription.reread))
            ),
            "hindrance": subscription.hindrance,
            "due_at": case((_UNDISTURBED, microseconds(due_at)), else_=table.c.due_at),
            "held_until": None,
        }
        await self._connection.execute(update(table).where(table.c.watch == subscription.watch.key).values(values))

    async def ended(self, watch: Watch, *, at: datetime) -> None:
        """There is none any more; it is forgotten, unless somebody has wanted it meanwhile."""
        mine = table.c.watch == watch.key
        await self._connection.execute(delete(table).where(mine, ~table.c.wanted))
        none = {"subscription_id": None, "held_until": None, "due_at": at}
        await self._connection.execute(update(table).where(mine).values(none))

    async def of(self, ids: Sequence[str]) -> Mapping[str, Watch]:
        """What those of them are for that are kept."""
        query = select(table.c.subscription_id, table.c.watch).where(table.c.subscription_id.in_(ids))
        return {row.subscription_id: watch_of(row.watch) for row in await self._connection.execute(query)}

    async def heard(self, events: Mapping[str, Lifecycle], *, at: datetime) -> None:
        """Something is the matter with these subscriptions: they are due."""
        for event, means in _MEANS.items():
            ids = [each for each, told in events.items() if told is event]
            mine = update(table).where(table.c.subscription_id.in_(ids))
            if ids:
                await self._connection.execute(mine.values(due_at=at, **means))

    async def ids(self, *, made_for: str | None = None) -> Mapping[str, Watch]:
        """What every subscription that there is is for, by its id; `made_for`: only those made with just this."""
        query = select(table.c.subscription_id, table.c.watch).where(table.c.subscription_id.is_not(None))
        if made_for is not None:
            query = query.where(table.c.made_for == made_for)
        return {row.subscription_id: watch_of(row.watch) for row in await self._connection.execute(query)}

    async def held(self, watch: Watch, *, at: datetime) -> bool:
        """Whether somebody sees to it just now."""
        mine = (table.c.watch == watch.key) & (table.c.held_until > at)
        return (await self._connection.execute(select(table.c.watch).where(mine))).first() is not None


def _free(at: datetime) -> ColumnElement[bool]:
    """Whether nobody sees to it just now."""
    return or_(table.c.held_until.is_(None), table.c.held_until <= at)


def _new(watch: Watch, at: datetime) -> dict[str, object]:
    return {"watch": watch.key, "chat_id": watch.chat, "wanted": True, "made_for": "", "reread": False, "due_at": at}


def _synced(environments: Sequence[SyncedIn]) -> Select[Any]:
    """The group chats of Teams that have the app and whose rows in one of the environments are kept true."""
    joined = select(chat.c.id).join_from(chat, connection, connection.c.chat_id == chat.c.id)
    rows = joined.join(chat_activity, chat_activity.c.connection_id == connection.c.id)
    in_teams = (chat.c.channel == TEAMS) & (chat.c.kind == ChatKind.GROUP) & chat.c.bot_present
    goes_on = connection.c.ended_at.is_(None) & connection.c.paused_at.is_(None) & chat_activity.c.trouble.is_(None)
    return rows.where(in_teams, goes_on, or_(false(), *map(_active_in, environments))).distinct()


def _active_in(each: SyncedIn) -> ColumnElement[bool]:
    here = connection.c.environment == each.environment
    return here if each.active_since is None else and_(here, chat_activity.c.active_at >= each.active_since)


def _subscription(row: RowMapping) -> Subscription:
    return Subscription(
        watch=watch_of(row["watch"]),
        wanted=row["wanted"],
        id=row["subscription_id"],
        expires_at=row["expires_at"],
        made_for=row["made_for"],
        reread=row["reread"],
        hindrance=Hindrance(row["hindrance"]) if row["hindrance"] else None,
    )
