"""Retention: nothing is kept longer than `docs/operators.md` says, on SQLite and PostgreSQL."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.domain.key_fields import ReportedValue
from bot.domain.notifications.history import Closing
from bot.domain.queue_states import Queue
from bot.domain.values import ChatId
from bot.features.connections.undo_disconnect import UNDO_WITHIN
from bot.store import pruning
from bot.store.administration import Administration
from bot.store.engine import Engines
from bot.store.lanes import record_lane
from bot.store.pruning import BATCH_SIZE
from bot.store.tables import (
    DONE,
    chat_activity,
    connection,
    inbox,
    lane,
    metadata,
    outbox,
    posted_card,
    subscription,
    sync_job,
)
from bot.store.unit_of_work import Store, UnitOfWork
from bot.workers.retention import RetentionJob
from tests.contract.samples import HELD, LATER, OPEN_PANE, PANE_SESSION, POSTED, fill
from tests.fakes.clock import HeldClock
from tests.steps.stored_rows import ACCOUNT, CASE, a_chat, a_connection, an_event, store_connections

RETENTION = timedelta(days=30)
NEVER = "Never"


def documented() -> dict[str, str]:
    """Return when the rows of each table are deleted, as the documentation says."""
    page = (Path(__file__).parents[2] / "docs/operators.md").read_text(encoding="utf-8")
    chapter = page.partition("\n## Data retention\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| .+? \| (.+?) \|$", chapter, flags=re.MULTILINE))


def test_every_table_is_documented_and_no_others() -> None:
    assert set(documented()) == set(metadata.tables)


def test_a_table_that_is_never_emptied_has_a_reason() -> None:
    forever = {table: text for table, text in documented().items() if text.startswith(NEVER)}
    assert len(forever) < len(documented()) / 2
    for table, text in forever.items():
        _, _, reason = text.partition(": ")
        assert len(reason) > len("settings"), table


async def count(engines: Engines) -> dict[str, int]:
    """Return the number of rows in each table."""
    async with engines.reading.begin() as begun:
        return {
            name: (await begun.execute(select(func.count()).select_from(table))).scalar_one()
            for name, table in metadata.tables.items()
        }


async def end_everything(engines: Engines) -> None:
    """End all connections, and complete all work."""
    done = {"state": DONE, "done_at": LATER}
    async with engines.writing.begin() as begun:
        for queue in (inbox, outbox, sync_job):
            await begun.execute(queue.update().values(done))
        await begun.execute(lane.update().values(due_at=None, owner=None, leased_until=None))
        await begun.execute(connection.update().values(ended_at=LATER))
        await begun.execute(posted_card.update().values(due_at=None))
        await begun.execute(chat_activity.update().values(closing="Disconnected."))
        await begun.execute(subscription.update().values(wanted=False))


class PassingClock(HeldClock):
    """A clock that advances when somebody sleeps."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)


async def delete_old(store: Store, now: datetime) -> None:
    """Run every deletion once at this time."""
    job = RetentionJob(store=store, clock=PassingClock(now), retention=RETENTION, first_after=timedelta())
    await job._prune()
    await job._forget_ended()


async def test_after_each_time_in_the_documentation_the_table_is_empty(store: Store, engines: Engines) -> None:
    await fill(Administration(engines), store)
    filled = await count(engines)
    assert [table for table, rows in filled.items() if rows == 0] == []
    await end_everything(engines)
    await delete_old(store, LATER + UNDO_WITHIN)
    assert await count(engines) == {**filled, "lane": 0, "open_pane": 0, "pane_sign_in": 0}
    await delete_old(store, LATER + UNDO_WITHIN + timedelta(seconds=1))
    assert await count(engines) == {**filled, **AT_THE_END}
    await delete_old(store, LATER + RETENTION)
    assert await count(engines) == {**filled, **AT_THE_END, "post": 0, **OLDER_THAN_ITS_END}
    await delete_old(store, LATER + RETENTION + timedelta(seconds=1))
    left = {table for table, rows in (await count(engines)).items() if rows}
    assert left == {table for table, text in documented().items() if text.startswith(NEVER)}


AT_THE_END = {
    "lane": 0,
    "open_pane": 0,
    "pane_sign_in": 0,
    "field_value": 0,
    "connection_rules": 0,
    "posted_card": 2,
}
"""Tables that are emptied when a disconnect can no longer be undone."""
OLDER_THAN_ITS_END = {
    "audit": 0,
    "own_change": 0,
    "decision": 0,
    "told_change": 0,
    "new_chat": 0,
    "posted_card": 0,
    "pane_session": 0,
    "targeted_answer": 0,
    "targeted_refusal": 0,
}
"""Tables whose time starts with the row itself, which in the samples is before everything ends."""


async def test_what_is_known_of_private_answers_is_deleted_after_hours_and_after_a_day(
    store: Store, engines: Engines
) -> None:
    async with store.writing() as work:
        await work.private_answers.add_refusal(ChatId("19:a"), at=LATER)
        await work.private_answers.add_answer("request", at=LATER)
    for age, left in (
        (timedelta(hours=2), (1, 1)),
        (timedelta(hours=2, seconds=1), (1, 0)),
        (timedelta(days=1), (1, 0)),
        (timedelta(days=1, seconds=1), (0, 0)),
    ):
        await delete_old(store, LATER + age)
        found = await count(engines)
        assert (found["targeted_refusal"], found["targeted_answer"]) == left, age


@pytest.mark.parametrize(
    ("used_until", "age", "left"),
    [
        (timedelta(0), timedelta(minutes=30, microseconds=-1), 1),
        (timedelta(0), timedelta(minutes=30), 0),
        (timedelta(hours=9, minutes=45), timedelta(hours=10, microseconds=-1), 1),
        (timedelta(hours=9, minutes=45), timedelta(hours=10), 0),
    ],
)
async def test_sessions_are_deleted_when_they_have_ended(
    store: Store, engines: Engines, used_until: timedelta, age: timedelta, left: int
) -> None:
    async with store.writing() as work:
        await work.pane_sessions.add("digest", replace(PANE_SESSION, begun_at=LATER, used_at=LATER))
        await work.pane_sessions.save_uses({"digest": LATER + used_until})
        # Another process that is a little late.
        await work.pane_sessions.save_uses({"digest": LATER + used_until - timedelta(seconds=1)})
    await delete_old(store, LATER + age)
    assert (await count(engines))["pane_session"] == left


@pytest.mark.parametrize(("seconds", "left"), [(60, 1), (61, 0)])
async def test_records_of_closed_panes_are_deleted(store: Store, engines: Engines, seconds: int, left: int) -> None:
    async with store.writing() as work:
        await work.open_panes.save({"digest": replace(OPEN_PANE, seen_at=LATER)})
    await delete_old(store, LATER + timedelta(seconds=seconds))
    assert (await count(engines))["open_pane"] == left


@pytest.mark.parametrize(("age_s", "left"), [(299, 1), (300, 0)])
async def test_sign_ins_that_nobody_finished_are_deleted(store: Store, engines: Engines, age_s: int, left: int) -> None:
    async with store.writing() as work:
        assert await work.pane_sign_ins.add("digest", at=LATER)
        assert not await work.pane_sign_ins.add("digest", at=LATER)
    await delete_old(store, LATER + timedelta(seconds=age_s))
    assert (await count(engines))["pane_sign_in"] == left


async def test_values_of_connections_that_go_on_stay_for_years(store: Store, engines: Engines) -> None:
    await fill(Administration(engines), store)
    filled = await count(engines)
    await delete_old(store, LATER + 100 * RETENTION)
    left = await count(engines)
    for table in (
        "connection_rules",
        "chat_rules",
        "mention_opt_out",
        "chat_activity",
        "sync_job",
        "connection",
        "chat",
    ):
        assert left[table] == filled[table] > 0
    # One of the samples belongs to a connection that ended.
    assert left["field_value"] == filled["field_value"] - 1 > 0


async def test_changes_are_held_for_years_and_other_decisions_are_found_behind_them(
    store: Store, engines: Engines
) -> None:
    case, account = await store_connections(store, a_connection(), a_connection(record=ACCOUNT))
    held = replace(HELD, connection=case.id, chat=case.chat_id, at=LATER, due_at=None)
    async with store.writing() as work:
        await work.decisions.add([held] * (BATCH_SIZE + 5))
        await work.decisions.add([replace(POSTED, connection=case.id, chat=case.chat_id, at=LATER)])
        await work.decisions.add([replace(held, connection=account.id)])
        await work.connections.end(account.id, at=LATER, by=None, by_name="")
    await delete_old(store, LATER + 100 * RETENTION)
    assert (await count(engines))["decision"] == BATCH_SIZE + 5
    async with store.writing() as work:
        await work.decisions.close_connections([case.id], Closing.POSTED, at=LATER)
    await delete_old(store, LATER + 100 * RETENTION)
    assert (await count(engines))["decision"] == 0


async def test_a_record_that_was_deleted_or_merged_leaves_no_values(store: Store, engines: Engines) -> None:
    case, account = await store_connections(store, a_connection(), a_connection(record=ACCOUNT))
    value = ReportedValue(raw="4711", text=None, at=LATER)
    async with store.writing() as work:
        await work.reported_values.save({(case.id, "a"): value, (case.id, "b"): value, (account.id, "a"): value})
        await work.reported_values.forget_connections([case.id])
        assert await work.reported_values.for_connections([case.id, account.id]) == {account.id: {"a": value}}


async def test_old_jobs_are_found_behind_those_that_wait(
    store: Store, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "SLICE_SIZE", 7)
    names = [f"19:{number:05}@thread.v2" for number in range(55)]
    async with store.writing() as work:
        for name in names:
            await work.chats.save(a_chat(name))
        await work.chat_sync.enqueue([ChatId(each) for each in names], fetch=False, at=LATER, due_at=LATER)
    done = sync_job.c.lane.in_(names[-5:])
    async with engines.writing.begin() as begun:
        await begun.execute(sync_job.update().where(done).values(state=DONE, done_at=LATER))
    await delete_old(store, LATER + RETENTION + timedelta(seconds=1))
    assert (await count(engines))["sync_job"] == 50


async def test_walks_and_the_search_of_all_ended_connections_run_at_the_start_and_once_a_day(
    store: Store, engines: Engines
) -> None:
    """In between, a worker looks at the connections that ended within a day."""
    case, account = await store_connections(store, a_connection(), a_connection(record=ACCOUNT))
    value = ReportedValue(raw="4711", text=None, at=LATER)
    clock = PassingClock(LATER)
    job = RetentionJob(store=store, clock=clock, retention=RETENTION, first_after=timedelta())
    await job._prune()
    await job._forget_ended()

    async def forget() -> tuple[int, int]:
        await job._prune()
        await job._forget_ended()
        found = await count(engines)
        return found["field_value"], found["sync_job"]

    async with store.writing() as work:
        await work.connections.end(case.id, at=LATER - timedelta(days=2), by=None, by_name="")
        await work.connections.end(account.id, at=LATER - timedelta(hours=23), by=None, by_name="")
        await work.reported_values.save({(case.id, "a"): value, (account.id, "a"): value})
        await work.chat_sync.enqueue([case.chat_id], fetch=False, at=LATER, due_at=LATER)
    async with engines.writing.begin() as begun:
        await begun.execute(sync_job.update().values(state=DONE, done_at=LATER - 2 * RETENTION))
    clock.advance(60)
    assert await forget() == (1, 1)
    clock.advance(timedelta(days=1).total_seconds())
    assert await forget() == (0, 0)


async def test_of_connections_that_ended_at_the_same_moment_none_is_left_out(
    store: Store, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH_SIZE", 2)
    made = await store_connections(store, *(a_connection(f"19:{number}@thread.v2") for number in range(7)))
    async with store.writing() as work:
        value = ReportedValue(raw="4711", text=None, at=LATER)
        await work.reported_values.save({(each.id, "a"): value for each in made})
        for each in made[:5]:
            await work.connections.end(each.id, at=LATER, by=None, by_name="")
        await work.connections.end(made[5].id, at=LATER + timedelta(seconds=1), by=None, by_name="")
    await delete_old(store, LATER + UNDO_WITHIN + timedelta(seconds=1))
    assert (await count(engines))["field_value"] == 2
    await delete_old(store, LATER + UNDO_WITHIN + timedelta(seconds=2))
    assert (await count(engines))["field_value"] == 1


async def test_a_lane_goes_when_nothing_waits_in_it_and_comes_back_with_new_work(
    store: Store, engines: Engines
) -> None:
    await store_connections(store, a_connection())
    lanes = {record_lane(CASE), record_lane(ACCOUNT)}
    async with store.writing() as work:
        for record in (CASE, ACCOUNT):
            await work.inbox.add_event(an_event(record.table, record), at=LATER, due_at=LATER)
        assert set(await claim(work)) == lanes
        await work.inbox.complete(["incident"], at=LATER)
    # Leased lanes stay, even without work.
    await delete_old(store, LATER)
    assert (await count(engines))["lane"] == 2
    async with store.writing() as work:
        await work.lanes.release(Queue.INBOX, dict.fromkeys(lanes), "worker")
    await delete_old(store, LATER)
    assert (await count(engines))["lane"] == 1
    async with store.writing() as work:
        await work.inbox.add_event(an_event("again"), at=LATER, due_at=LATER)
        assert set(await claim(work)) == lanes


async def claim(work: UnitOfWork) -> Sequence[str]:
    return await work.lanes.claim(Queue.INBOX, "worker", at=LATER, until=LATER + timedelta(minutes=1), at_most=9)


async def test_no_event_is_lost_while_lanes_are_deleted(store: Store) -> None:
    async def deliver(number: int) -> None:
        async with store.writing() as work:
            await work.inbox.add_event(an_event(f"event {number}"), at=LATER, due_at=LATER)

    async def delete() -> None:
        async with store.writing() as work:
            await work.pruning.delete_idle_lanes()

    async def process() -> None:
        async with store.writing() as work:
            lanes = await claim(work)
            pending = await work.inbox.pending(lanes)
            keys = [event.key for each in pending.values() for event in each.events]
            seen.extend(keys)
            await work.inbox.complete(keys, at=LATER)
            await work.lanes.release(Queue.INBOX, dict.fromkeys(lanes), "worker")

    seen: list[str] = []
    for number in range(30):
        await asyncio.gather(deliver(number), process(), delete(), process(), delete())
    await process()
    assert sorted(seen) == sorted(f"event {number}" for number in range(30))
