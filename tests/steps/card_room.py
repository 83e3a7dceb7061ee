"""Cards that are edited, on a real database, with the workers of the product and a fake connector."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import and_, or_, select, update

from bot.domain.key_fields import ReportedValue
from bot.domain.limits import Limits
from bot.domain.notifications.decide import Authors, Outcome, Reason
from bot.domain.notifications.history import NewDecision
from bot.domain.notifications.rules import Budget, ChatRules
from bot.domain.record_types import RecordType
from bot.domain.reported_change import ReportedColumn
from bot.domain.tables import Column, ColumnType, ColumnValue, Row, Table
from bot.domain.values import Chat, ChatId, ChatKind, Connection, NewConnection, ObjectId, RecordRef, UserId
from bot.features.notifications.card_changes import RecordChange
from bot.features.notifications.effective_rules import chat_rules
from bot.features.notifications.live_card import update_live_cards
from bot.features.notifications.summary_card import MergedChange, merge_into_summary
from bot.store.tables import inbox, lane, outbox, posted_card, record_type
from bot.wiring.services import Runtime, build_runtime, close, migrate_and_load
from bot.wiring.workers import build_workers
from tests.fakes.clock import HeldClock
from tests.fakes.connector import FakeConnector
from tests.patience import PATIENCE_S
from tests.wire.opening import world_settings
from tests.wire.surroundings import GROUP, TENANT, UNPACED

PRIORITY = Column(name="prioritycode", label="Priority", type=ColumnType.STRING)
REFUND = Column(name="cs_refundamount", label="Refund", type=ColumnType.STRING, secured=True)
NAME = Column(name="title", label="Title", type=ColumnType.STRING)
TABLE = Table(
    name="incident",
    label="Case",
    set_name="incidents",
    primary_id="incidentid",
    primary_name="title",
    columns={each.name: each for each in (PRIORITY, REFUND, NAME)},
)
ADELE = UserId("00000000-0000-0000-0000-00000000a001")


@dataclass
class CardRoom:
    """The bot's services and workers, without a Dataverse: tests make the decisions."""

    runtime: Runtime
    clock: HeldClock
    connector: FakeConnector
    record_type: RecordType
    _jobs: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        self._jobs = [asyncio.create_task(job()) for job in build_workers(self.runtime)[:2]]

    async def stop(self) -> None:
        """Stop the workers gracefully."""
        for job in self._jobs:
            job.cancel()
        for job in self._jobs:
            with suppress(asyncio.CancelledError):
                await job

    async def connect(self, number: int = 1, chat: str = GROUP) -> Connection:
        """Connect a chat to the record of this number."""
        record = RecordRef(environment=self.runtime.services.environments[0], table="incident", row_id=f"{number}")
        new = NewConnection(
            chat_id=ChatId(chat),
            record=record,
            record_name=f"Pump {number} vibrates",
            record_number=f"CAS-{number:05}",
            connector_id=ObjectId("adele"),
            connector_name="Adele Vance",
            connected_at=self.clock.now(),
        )
        async with self.runtime.services.store.writing() as work:
            await work.chats.save(self._chat(chat))
            made = await work.connections.add(new)
        assert made
        return made

    def _chat(self, name: str) -> Chat:
        return Chat(
            id=ChatId(name),
            kind=ChatKind.GROUP,
            channel="msteams",
            tenant_id=TENANT,
            service_url=self.connector.service_url,
            bot_id="28:bot",
            bot_name="Chat Sync",
        )

    def changed(self, connection: Connection, old: str, new: str, column: Column = PRIORITY) -> RecordChange:
        """Return a change of one column by Adele."""
        at = self.clock.now()
        values = {"title": ColumnValue(raw=connection.record_name), column.name: ColumnValue(raw=new)}
        return RecordChange(
            connection=connection,
            record_type=self.record_type,
            table=TABLE,
            row=Row(id=connection.record.row_id, values=values),
            at=at,
            people=("Adele Vance",),
            columns=(ReportedColumn(name=column.name, label=column.label, old=old, new=new, raw=new),),
            before={column.name: ReportedValue(raw=old, text=old, at=at)},
        )

    async def live(self, *changes: RecordChange) -> None:
        """Store changes of connections with live cards, as a decision does."""
        async with self.runtime.services.store.writing() as work:
            await work.reported_values.save(_reported(changes))
            await update_live_cards(work, changes, at=self.clock.now())

    async def merge(self, *changes: RecordChange, reason: Reason = Reason.BUDGET) -> None:
        """Store changes that are merged, as a decision does."""
        now = self.clock.now()
        chats = sorted({each.connection.chat_id for each in changes})
        async with self.runtime.services.store.writing() as work:
            await work.chats.lock(chats)
            rules = await chat_rules(work, chats)
            merged = [
                MergedChange(change=each, reason=reason, rules=rules[each.connection.chat_id]) for each in changes
            ]
            await merge_into_summary(work, merged, at=now)
            await work.reported_values.save(_reported(changes))
            await work.decisions.add([_decision(each, Outcome.MERGED, reason, now) for each in changes])

    async def use_up_budget(self, connection: Connection) -> None:
        """Allow one card in ten minutes, and count a post now."""
        posted = _decision(self.changed(connection, "1", "2"), Outcome.POSTED, Reason.EVERY_CHANGE, self.clock.now())
        async with self.runtime.services.store.writing() as work:
            await work.notification_rules.chats.save(
                connection.chat_id, ChatRules(budget=Budget(in_a_burst=1)), version=0
            )
            await work.decisions.add([posted])

    async def settle(self) -> None:
        """Wait until nothing is due at the time on the clock."""
        due = and_(lane.c.due_at.is_not(None), lane.c.due_at <= self.clock.now())
        async with asyncio.timeout(PATIENCE_S):
            while await self._rows(lane.select().where(or_(due, lane.c.leased_until.is_not(None))).limit(1)):
                await asyncio.sleep(0.005)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; fail the test if it never does."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)

    async def until_jobs_are_done(self) -> None:
        """Wait until no job is pending."""
        async with asyncio.timeout(PATIENCE_S):
            while await self._rows(select(inbox).where(inbox.c.state == "waiting").limit(1)):
                await asyncio.sleep(0.005)

    async def pass_time(self, seconds: float) -> None:
        """Process what is due, and again after this time."""
        await self.settle()
        self.clock.advance(seconds)
        await self.settle()

    async def posted(self) -> Sequence[Any]:
        return await self._rows(select(posted_card).order_by(posted_card.c.id))

    async def messages(self) -> Sequence[Any]:
        return await self._rows(select(outbox).order_by(outbox.c.id))

    async def _rows(self, query: Any) -> Sequence[Any]:
        async with self.runtime.engines.reading.begin() as connection:
            return (await connection.execute(query)).all()

    async def set_record_type(self, **values: object) -> None:
        """Change settings of cases, as an administrator."""
        async with self.runtime.engines.writing.begin() as connection:
            cases = record_type.c.table == "incident"
            await connection.execute(update(record_type).where(cases).values(values))
        self.runtime.services.administration.invalidate()
        settings = await self.runtime.services.administration.settings(self.runtime.services.environments[0])
        self.record_type = settings.record_type("incident")

    def edits(self) -> int:
        return len(self.connector.edits)

    def fail(self, *answers: web.Response, edits_only: bool = True) -> None:
        """Answer the next requests with these responses, and then as usual."""
        left = list(answers)

        def fault(_conversation: str, _activity: dict[str, Any]) -> web.Response | None:
            is_edit = self.connector.editing is not None
            return left.pop(0) if left and (is_edit or not edits_only) else None

        self.connector.fault = fault


def _reported(changes: Sequence[RecordChange]) -> dict[Any, ReportedValue]:
    return {
        (each.connection.id, column.name): ReportedValue(raw=column.raw, text=column.new, at=each.at)
        for each in changes
        for column in each.columns
    }


def _decision(change: RecordChange, outcome: Outcome, reason: Reason, now: datetime) -> NewDecision:
    return NewDecision(
        connection=change.connection.id,
        chat=change.connection.chat_id,
        at=now,
        outcome=outcome,
        reason=reason,
        columns=(),
        authors=Authors(people=(ADELE,)),
    )


@asynccontextmanager
async def card_room(
    database_url: str, clock: HeldClock, connector: FakeConnector, limits: Limits = UNPACED
) -> AsyncIterator[CardRoom]:
    """Open the room with running workers."""
    runtime = await build_runtime(world_settings(database_url), clock, limits)
    await migrate_and_load(runtime)
    room = CardRoom(runtime=runtime, clock=clock, connector=connector, record_type=RecordType(table="incident"))
    await room.set_record_type(key_fields=["prioritycode", "cs_refundamount"], notify=True)
    room.start()
    try:
        yield room
    finally:
        await room.stop()
        await close(runtime)
