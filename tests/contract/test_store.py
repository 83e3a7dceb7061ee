"""Contract of the store, on SQLite and PostgreSQL."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import func, select

from bot.domain.audit import AuditEntry
from bot.domain.jobs import ChatJob, EnvironmentJob, Job, JobKind
from bot.domain.key_fields import ReportedValue
from bot.domain.new_chat import ChatRequest, NewChat, NewChatKey
from bot.domain.outgoing_messages import OutgoingMessage, PendingMessage
from bot.domain.queue_states import Failures, Queue
from bot.domain.values import (
    ChatId,
    Connection,
    ConnectionId,
    EnvironmentId,
    ObjectId,
    RecordRef,
)
from bot.store.administration import Administration
from bot.store.engine import Engines, create_engines
from bot.store.lanes import record_lane
from bot.store.migrate import migrate, require_up_to_date
from bot.store.notify import StoreEvent
from bot.store.tables import audit, metadata, outbox
from bot.store.unit_of_work import Store, UnitOfWork
from tests.fakes.clock import START
from tests.patience import PATIENCE_S
from tests.steps.pruned import prune
from tests.steps.stored_rows import ACCOUNT, CASE, a_chat, a_connection, an_event, store_connections

LATER = START + timedelta(seconds=2)
LEASE = timedelta(seconds=12)


def a_message(key: str, chat: str = "19:a@thread.v2") -> OutgoingMessage:
    return OutgoingMessage(key=key, chat_id=ChatId(chat), activity=f'{{"key":"{key}"}}'.encode())


async def head(work: UnitOfWork) -> PendingMessage | None:
    return (await work.outbox.next_messages([a_chat().id], {})).get(a_chat().id)


async def test_migrations_make_exactly_the_tables_of_the_code(engines: Engines) -> None:
    def differences(connection: SqlConnection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    await migrate(engines.writing)
    async with engines.reading.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_processes_that_start_together_migrate_once(empty_database_url: str) -> None:
    processes = [create_engines(empty_database_url) for _ in range(3)]
    await asyncio.gather(*(migrate(each.writing) for each in processes))
    await asyncio.gather(*(require_up_to_date(each.writing) for each in processes))
    await asyncio.gather(*(each.close() for each in processes))


async def test_a_chat_is_kept_as_it_was_seen_last(store: Store) -> None:
    async with store.writing() as work:
        await work.chats.save(a_chat())
        await work.chats.save(a_chat(service_url="https://smba.trafficmanager.net/amer/", bot_present=False))
    async with store.reading() as work:
        chat = await work.chats.get(ChatId("19:a@thread.v2"))
        assert chat == a_chat(service_url="https://smba.trafficmanager.net/amer/", bot_present=False)
        assert await work.chats.get(ChatId("19:b@thread.v2")) is None
        assert await work.chats.get_many([ChatId("19:a@thread.v2"), ChatId("19:b@thread.v2")]) == {chat.id: chat}


async def test_the_bot_introduces_itself_once(store: Store) -> None:
    async with store.writing() as work:
        await work.chats.save(a_chat())
        assert await work.chats.mark_introduced(a_chat().id, START)
        assert not await work.chats.mark_introduced(a_chat().id, LATER)


async def test_a_block_that_ends_with_an_error_leaves_nothing_behind(store: Store, told: list[StoreEvent]) -> None:
    async def fail() -> None:
        async with store.writing() as work:
            await work.chats.save(a_chat())
            await work.outbox.enqueue([a_message("1")], at=START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with store.reading() as work:
        assert await work.chats.get(a_chat().id) is None
        assert await head(work) is None
    assert told == []


async def test_giving_up_during_the_commit_leaves_it_done_and_told(store: Store, told: list[StoreEvent]) -> None:
    async def keep() -> None:
        async with store.writing() as work:
            await work.chats.save(a_chat())
            await work.outbox.enqueue([a_message("1")], at=START)
            asyncio.get_running_loop().call_soon(task.cancel)

    task = asyncio.create_task(keep())
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.reading() as work:
        assert await head(work)
    assert told == [StoreEvent(queue=Queue.OUTBOX)]


async def test_a_chat_and_a_record_have_one_live_connection(store: Store) -> None:
    await store_connections(store, a_connection())
    async with store.writing() as work:
        assert await work.connections.add(a_connection()) is None
    async with store.reading() as work:
        live = await work.connections.active(ChatId("19:a@thread.v2"), CASE)
        assert live
        assert live.connector_name == "Adele Vance"
        assert live.connected_at == START


async def test_many_who_connect_at_once_make_one_connection(store: Store) -> None:
    async with store.writing() as work:
        await work.chats.save(a_chat())

    async def connect() -> Connection | None:
        async with store.writing() as work:
            return await work.connections.add(a_connection())

    made = await asyncio.gather(*(connect() for _ in range(8)))
    assert len([connection for connection in made if connection]) == 1


async def test_after_its_end_a_connection_can_be_created_again(store: Store) -> None:
    (first,) = await store_connections(store, a_connection())
    async with store.writing() as work:
        assert await work.connections.end(first.id, at=LATER, by=ObjectId("megan"), by_name="Megan Bowen")
        assert not await work.connections.end(first.id, at=LATER, by=None, by_name="")
        assert await work.connections.get(first.public_id) is None
        second = await work.connections.add(a_connection())
    assert second
    assert second.id != first.id


async def test_connections_are_found_by_chat_and_by_record_oldest_first(store: Store) -> None:
    made = await store_connections(store, a_connection("c1"), a_connection("c2"), a_connection("c1", ACCOUNT))
    async with store.reading() as work:
        assert await work.connections.for_chat(ChatId("c1")) == [made[0], made[2]]
        assert await work.connections.for_record(CASE) == made[:2]
        other = RecordRef(environment=EnvironmentId("fabrikam"), table="incident", row_id="1")
        assert await work.connections.for_record(other) == []


async def test_known_values_are_replaced_and_come_back_as_they_were(store: Store) -> None:
    (connection,) = await store_connections(store, a_connection())
    values = [None, "text", 5, 1.5, True, (1, 2)]
    known = {
        (connection.id, f"c{number}"): ReportedValue(raw=raw, text="x", at=START) for number, raw in enumerate(values)
    }
    async with store.writing() as work:
        await work.reported_values.save({})
        await work.reported_values.save({(connection.id, "c1"): ReportedValue(raw="old", text=None, at=START)})
        await work.reported_values.save(known)
    async with store.reading() as work:
        found = await work.reported_values.for_connections([connection.id, ConnectionId(99)])
    assert found == {connection.id: {column: value for (_, column), value in known.items()}}


async def test_an_event_is_kept_once_and_comes_back_as_it_was(store: Store, told: list[StoreEvent]) -> None:
    async with store.writing() as work:
        assert await work.inbox.add_event(an_event("1"), at=START, due_at=LATER)
        assert not await work.inbox.add_event(an_event("1"), at=LATER, due_at=LATER)
    async with store.reading() as work:
        assert (await work.inbox.pending([record_lane(CASE)]))[record_lane(CASE)].events == [an_event("1")]
        assert await work.lanes.next_due(Queue.INBOX) == LATER
        assert await work.lanes.next_due(Queue.OUTBOX) is None
    assert told == [StoreEvent(queue=Queue.INBOX)]


async def test_the_first_event_sets_when_the_record_is_due(store: Store) -> None:
    async with store.writing() as work:
        await work.inbox.add_event(an_event("1"), at=START, due_at=LATER)
        await work.inbox.add_event(an_event("2"), at=START, due_at=LATER + LEASE)
    async with store.writing() as work:
        assert await work.lanes.claim(Queue.INBOX, "me", at=START, until=START + LEASE, at_most=9) == []
        lanes = await work.lanes.claim(Queue.INBOX, "me", at=LATER, until=LATER + LEASE, at_most=9)
        assert lanes == [record_lane(CASE)]
        assert [event.key for event in (await work.inbox.pending(lanes))[lanes[0]].events] == ["1", "2"]


async def test_an_event_that_comes_while_the_record_is_worked_on_opens_its_own_window(store: Store) -> None:
    async with store.writing() as work:
        await work.inbox.add_event(an_event("1"), at=START, due_at=LATER)
        (lane,) = await work.lanes.claim(Queue.INBOX, "me", at=LATER, until=LATER + LEASE, at_most=9)
        await work.inbox.add_event(an_event("2"), at=LATER, due_at=LATER + LEASE)
        await work.inbox.complete(["1"], at=LATER)
        await work.lanes.release(Queue.INBOX, {lane: None}, "me")
        assert await work.lanes.next_due(Queue.INBOX) == LATER + LEASE
        assert [event.key for event in (await work.inbox.pending([lane]))[lane].events] == ["2"]


async def test_a_flood_of_events_of_one_record_is_processed_in_parts_and_delays_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.inbox.MAX_ROWS_OF_LANE", 2)
    flooded, other = record_lane(CASE), record_lane(ACCOUNT)
    async with store.writing() as work:
        for key in "12345":
            await work.inbox.add_event(an_event(key), at=START, due_at=START)
        await work.inbox.add_event(an_event("6", ACCOUNT), at=START, due_at=START)
    for expected in (["1", "2"], ["3", "4"], ["5"]):
        async with store.writing() as work:
            lanes = await work.lanes.claim(Queue.INBOX, "me", at=START, until=LATER, at_most=9)
            pending = await work.inbox.pending(lanes)
            assert list(pending[flooded].keys) == [event.key for event in pending[flooded].events] == expected
            assert [event.key for event in pending[other].events] == ["6"]
            await work.inbox.complete(pending[flooded].keys, at=START)
            await work.lanes.release(Queue.INBOX, dict.fromkeys(lanes), "me")
    async with store.writing() as work:
        assert await work.lanes.claim(Queue.INBOX, "me", at=START, until=LATER, at_most=9) == [other]


async def failed_again(work: UnitOfWork, lane: str, dead_letter_before: datetime) -> Failures:
    return await work.inbox.record_failure(lane, "no answer", dead_letter_before=dead_letter_before, at=LATER)


async def test_events_that_fail_are_counted_and_parked_when_they_are_old(store: Store) -> None:
    async with store.writing() as work:
        await work.inbox.add_event(an_event("1"), at=START, due_at=START)
        lane = record_lane(CASE)
        assert await failed_again(work, lane, START) == Failures(attempts=1, dead_letters=0)
        assert await failed_again(work, lane, START) == Failures(attempts=2, dead_letters=0)
        assert len((await work.inbox.pending([lane]))[lane].events) == 1
        assert await failed_again(work, lane, LATER) == Failures(attempts=3, dead_letters=1)
        assert await work.inbox.pending([lane]) == {}
        assert await failed_again(work, lane, LATER) == Failures(attempts=0, dead_letters=0)


async def test_messages_of_a_chat_go_out_in_the_order_in_which_they_were_kept(store: Store) -> None:
    async with store.writing() as work:
        await work.chats.save(a_chat())
        await work.outbox.enqueue([a_message("1"), a_message("2")], at=START)
        await work.outbox.enqueue([a_message("2")], at=LATER)
        await work.outbox.enqueue([], at=LATER)
    sent = []
    async with store.writing() as work:
        while message := await head(work):
            sent.append(message.activity)
            assert message.chat == a_chat()
            assert message.enqueued_at == START
            await work.outbox.mark_sent([message.id], at=LATER)
    assert sent == [b'{"key":"1"}', b'{"key":"2"}']


async def test_a_message_that_failed_stays_at_the_head_and_a_parked_one_makes_way(store: Store) -> None:
    async with store.writing() as work:
        await work.chats.save(a_chat())
        await work.outbox.enqueue([a_message("1"), a_message("2")], at=START)
        first = await head(work)
        assert first
        await work.outbox.record_failure(first.id, "no answer")
        again = await head(work)
        assert again
        assert (again.id, again.attempts) == (first.id, 1)
        await work.outbox.dead_letter(first.id, "too large", at=LATER)
        second = await head(work)
        assert second
        assert second.activity == b'{"key":"2"}'


async def test_a_lane_belongs_to_one_worker_until_its_lease_ends(store: Store) -> None:
    async with store.writing() as work:
        await work.chats.save(a_chat())
        await work.outbox.enqueue([a_message("1")], at=START)
    async with store.writing() as work:
        assert await work.lanes.claim(Queue.OUTBOX, "me", at=START, until=START + LEASE, at_most=9) == [a_chat().id]
        assert await work.lanes.claim(Queue.OUTBOX, "you", at=LATER, until=LATER + LEASE, at_most=9) == []
        assert await work.lanes.next_due(Queue.OUTBOX) == START + LEASE
        await work.lanes.renew(Queue.OUTBOX, [a_chat().id], "you", until=LATER + 9 * LEASE)
        await work.lanes.renew(Queue.OUTBOX, [a_chat().id], "me", until=LATER + LEASE)
        assert await work.lanes.next_due(Queue.OUTBOX) == LATER + LEASE
        late = LATER + LEASE
        assert await work.lanes.claim(Queue.OUTBOX, "you", at=late, until=late + LEASE, at_most=9) == [a_chat().id]
        await work.lanes.release(Queue.OUTBOX, {a_chat().id: None}, "me")
        assert await work.lanes.claim(Queue.OUTBOX, "us", at=late, until=late + LEASE, at_most=9) == []
        await work.lanes.expire_leases()
        assert await work.lanes.claim(Queue.OUTBOX, "us", at=late, until=late + LEASE, at_most=9) == [a_chat().id]


async def test_a_lane_that_was_given_back_waits_as_long_as_it_was_told_to(store: Store) -> None:
    async with store.writing() as work:
        await work.chats.save(a_chat())
        await work.outbox.enqueue([a_message("1")], at=START)
        await work.lanes.claim(Queue.OUTBOX, "me", at=START, until=START + LEASE, at_most=9)
        await work.lanes.release(Queue.OUTBOX, {a_chat().id: LATER}, "me")
        # Later messages do not shorten the delay, because Teams requested it.
        await work.outbox.enqueue([a_message("2")], at=START)
        assert await work.lanes.next_due(Queue.OUTBOX) == LATER
        await work.lanes.claim(Queue.OUTBOX, "me", at=LATER, until=LATER + LEASE, at_most=9)
        while message := await head(work):
            await work.outbox.mark_sent([message.id], at=LATER)
        await work.lanes.release(Queue.OUTBOX, {a_chat().id: None}, "me")
        assert await work.lanes.next_due(Queue.OUTBOX) is None


async def test_the_longest_due_lanes_are_claimed_first(store: Store) -> None:
    async with store.writing() as work:
        for number in range(5):
            await work.chats.save(a_chat(f"c{number}"))
            await work.outbox.enqueue([a_message(str(number), f"c{number}")], at=START - timedelta(seconds=number))
        claimed = await work.lanes.claim(Queue.OUTBOX, "me", at=START, until=LATER, at_most=2)
        assert sorted(claimed) == ["c3", "c4"]


async def test_two_workers_never_get_the_same_lane(store: Store) -> None:
    async with store.writing() as work:
        for number in range(20):
            await work.chats.save(a_chat(f"c{number}"))
            await work.outbox.enqueue([a_message(str(number), f"c{number}")], at=START)

    async def claim(owner: str) -> list[str]:
        async with store.writing() as work:
            return list(await work.lanes.claim(Queue.OUTBOX, owner, at=START, until=LATER, at_most=3))

    claimed = await asyncio.gather(*(claim(str(owner)) for owner in range(10)))
    lanes = [lane for each in claimed for lane in each]
    assert len(lanes) == len(set(lanes))


async def test_what_people_did_is_kept(store: Store, engines: Engines) -> None:
    entry = AuditEntry(
        at=START,
        act="connect",
        person_id=ObjectId("adele"),
        person_name="Adele Vance",
        chat_id=ChatId("c1"),
        record=CASE,
        details={"quiet": "yes"},
    )
    async with store.writing() as work:
        await work.audit.add(entry)
    async with engines.reading.begin() as connection:
        row = (await connection.execute(select(audit))).mappings().one()
    assert (row["at"], row["act"], row["person_name"], row["details"]) == (
        START,
        "connect",
        "Adele Vance",
        {"quiet": "yes"},
    )


async def test_settings_start_with_their_defaults_and_are_kept(engines: Engines) -> None:
    contoso, fabrikam = EnvironmentId("contoso"), EnvironmentId("fabrikam")
    await Administration(engines).initialize({contoso: True})
    again = Administration(engines)
    await again.initialize({contoso: False, fabrikam: False})
    assert await again.chats_on(contoso)
    assert not await again.chats_on(fabrikam)
    types = await again.record_types(contoso)
    assert types["incident"].key_fields == ("prioritycode", "statecode", "statuscode")
    assert types["incident"].join
    assert not types["account"].notify


async def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="offset-naive"):
        async with store.writing() as work:
            await work.chats.mark_introduced(ChatId("c"), datetime(2026, 11, 21))  # noqa: DTZ001


async def test_instants_keep_their_microseconds(store: Store, engines: Engines) -> None:
    exact = datetime(2026, 11, 21, 10, 20, 30, 123456, tzinfo=UTC)
    async with store.writing() as work:
        await work.chats.save(a_chat())
        await work.outbox.enqueue([a_message("1")], at=exact)
    async with engines.reading.begin() as connection:
        assert (await connection.execute(select(func.max(outbox.c.received_at)))).scalar() == exact


async def test_what_waits_for_a_chat_that_is_gone_counts_as_untold_again(store: Store, told: list[StoreEvent]) -> None:
    (connection,) = await store_connections(store, a_connection())
    normal, high = (ReportedValue(raw=raw, text=None, at=START) for raw in (2, 1))
    async with store.writing() as work:
        await work.reported_values.save({(connection.id, "priority"): ReportedValue(raw=3, text=None, at=LATER)})
        await work.reported_values.save({(connection.id, "owner"): ReportedValue(raw="me", text=None, at=LATER)})
        priority, owner = (connection.id, "priority"), (connection.id, "owner")
        messages = [
            OutgoingMessage(
                key="1", chat_id=a_chat().id, activity=b"", previously_reported={priority: normal, owner: None}
            ),
            OutgoingMessage(key="2", chat_id=a_chat().id, activity=b"", previously_reported={priority: high}),
        ]
        await work.outbox.enqueue(messages, at=START)
    told.clear()
    async with store.writing() as work:
        await work.chats.mark_bot_removed(a_chat().id)
        await work.connections.pause(a_chat().id, "BotNotInConversationRoster", at=LATER)
        await work.outbox.dead_letter_chat(a_chat().id, "BotNotInConversationRoster", at=LATER)
    assert told == [StoreEvent(left_chat=a_chat().id)]
    async with store.writing() as work:
        assert await work.reported_values.for_connections([connection.id]) == {connection.id: {"priority": normal}}
        assert await head(work) is None
        (paused,) = await work.connections.for_chat(a_chat().id)
        assert (paused.paused_at, paused.paused_reason) == (LATER, "BotNotInConversationRoster")
        assert [each.id for each in await work.connections.resume(a_chat().id)] == [connection.id]
        assert await work.connections.resume(a_chat().id) == []
        (going,) = await work.connections.for_chat(a_chat().id)
        assert going.paused_at is None


async def test_posts_are_counted_by_chat_and_by_tenant(store: Store) -> None:
    a, b = ChatId("a"), ChatId("b")
    async with store.writing() as work:
        await work.rate_history.add_posts([(a, LATER), (a, START), (b, LATER)])
        await work.rate_history.add_posts([])
        assert await work.rate_history.posts_since([a, b], START) == {a: [LATER], b: [LATER]}
        assert (await work.rate_history.posts_since([a], START - LEASE))[a] == [START, LATER]
        assert list(await work.rate_history.lock_tenant_posts("t")) == []
        await work.rate_history.save_tenant_posts("t", [START, LATER])
        assert list(await work.rate_history.lock_tenant_posts("t")) == [START, LATER]


async def test_only_what_is_done_and_old_is_deleted(store: Store) -> None:
    async with store.writing() as work:
        await work.chats.save(a_chat())
        await work.outbox.enqueue([a_message("done"), a_message("parked"), a_message("waiting")], at=START)
        for end in (work.outbox.mark_sent([1], at=START), work.outbox.dead_letter(2, "too large", at=START)):
            await end
        await work.inbox.add_event(an_event("1"), at=START, due_at=START)
        await work.inbox.add_event(an_event("2"), at=START, due_at=START)
        await work.inbox.complete(["1"], at=START)
        await work.rate_history.add_posts([(a_chat().id, START), (a_chat().id, LATER)])
        assert await prune(work, START) == 0
        assert await prune(work, LATER) == 4
        assert await prune(work, LATER) == 0
        waiting = await head(work)
        assert waiting
        assert waiting.activity == b'{"key":"waiting"}'


async def test_a_job_on_a_chat_is_done_once_however_often_it_is_asked_for(store: Store, told: list[StoreEvent]) -> None:
    job = ChatJob(kind=JobKind.CATCH_UP, chat_id=a_chat().id)
    async with store.writing() as work:
        for _ in range(2):
            await work.inbox.enqueue(job, at=START, due_at=LATER)
        (lane,) = await work.lanes.claim(Queue.INBOX, "me", at=LATER, until=LATER + LEASE, at_most=9)
        waiting = (await work.inbox.pending([lane]))[lane]
        assert (waiting.job, waiting.events) == (job, [])
        await work.inbox.complete(waiting.keys, at=LATER)
        assert await work.inbox.pending([lane]) == {}
        await work.inbox.enqueue(job, at=LATER, due_at=LATER)
        assert (await work.inbox.pending([lane]))[lane].job == job
    assert told == [StoreEvent(queue=Queue.INBOX)]


async def test_a_job_that_is_asked_for_while_somebody_is_at_it_is_done_once_more(store: Store) -> None:
    job = EnvironmentJob(kind=JobKind.FOLLOW_SETTINGS, environment=EnvironmentId("org.crm.dynamics.com"))
    async with store.writing() as work:
        await work.inbox.enqueue(job, at=START, due_at=START)
    async with store.writing() as work:
        (lane,) = await work.lanes.claim(Queue.INBOX, "me", at=START, until=LATER, at_most=9)
        begun = (await work.inbox.pending([lane]))[lane].keys
    async with store.writing() as work:
        await work.inbox.enqueue(job, at=START, due_at=START)
    async with store.writing() as work:
        await work.inbox.complete(begun, at=START)
        await work.lanes.release(Queue.INBOX, {lane: None}, "me")
        assert await work.lanes.claim(Queue.INBOX, "me", at=START, until=LATER, at_most=9) == [lane]
        assert (await work.inbox.pending([lane]))[lane].job == job


async def test_a_job_that_is_asked_for_sooner_is_done_sooner_and_keeps_what_it_knows(store: Store) -> None:
    soon, again = ChatJob(kind=JobKind.CATCH_UP, chat_id=a_chat().id), timedelta(hours=9)
    later = replace(soon, retries=5, unread=(ConnectionId(7),))
    for leased in (False, True):
        async with store.writing() as work:
            await work.inbox.enqueue(later, at=START, due_at=START + again)
            assert await work.lanes.claim(Queue.INBOX, "me", at=LATER, until=LATER, at_most=9) == []
            await work.inbox.enqueue(soon, at=START, due_at=LATER)
            await work.inbox.enqueue(soon, at=START, due_at=START + 2 * again)
            assert await work.lanes.next_due(Queue.INBOX) == LATER
            (lane,) = await work.lanes.claim(Queue.INBOX, "me", at=LATER, until=LATER + LEASE, at_most=9)
            begun = (await work.inbox.pending([lane]))[lane]
            assert begun.job == later
            if leased:
                # The worker enqueues the next attempt, and then somebody asks for the job.
                await work.inbox.enqueue(later, at=LATER, due_at=LATER + again)
                await work.inbox.enqueue(soon, at=LATER, due_at=LATER)
            await work.inbox.complete(begun.keys, at=LATER)
            await work.lanes.release(Queue.INBOX, {lane: None}, "me")
            assert await work.lanes.next_due(Queue.INBOX) == (LATER if leased else None)
    async with store.writing() as work:
        assert (await work.inbox.pending([lane]))[lane].job == later


async def test_a_job_that_is_due_late_is_parked_when_it_has_failed_for_long(store: Store) -> None:
    job, day = ChatJob(kind=JobKind.CATCH_UP, chat_id=a_chat().id), timedelta(days=1)
    async with store.writing() as work:
        await work.inbox.enqueue(job, at=START, due_at=START + day)
        (lane,) = await work.lanes.claim(Queue.INBOX, "me", at=START + day, until=START + 2 * day, at_most=9)
        for age, is_pending in ((day, True), (2 * day, True), (2 * day + timedelta(seconds=1), False)):
            now = START + age
            await work.inbox.record_failure(lane, "down", dead_letter_before=now - day, at=now)
            assert bool(await work.inbox.pending([lane])) is is_pending


async def test_a_job_with_a_text_joins_the_texts_of_the_others(store: Store) -> None:
    async with store.writing() as work:
        for text in ("Unmuted by Alex", "Unmuted by Megan", "Unmuted by Alex"):
            job = ChatJob(kind=JobKind.END_MUTE, chat_id=a_chat().id, text=text)
            await work.inbox.enqueue(job, at=START, due_at=START)
        (lane,) = await work.lanes.claim(Queue.INBOX, "me", at=START, until=LATER, at_most=9)
        waiting = (await work.inbox.pending([lane]))[lane]
        assert waiting.job == replace(job, text="Unmuted by Alex. Unmuted by Megan.")
        assert await work.inbox.complete(waiting.keys, at=START)
        assert not await work.inbox.complete(waiting.keys, at=START), "another process was faster"


async def test_jobs_of_another_kind_or_on_something_else_have_lanes_of_their_own(store: Store) -> None:
    jobs: list[Job] = [
        ChatJob(kind=JobKind.CATCH_UP, chat_id=ChatId("19:a@thread.v2")),
        ChatJob(kind=JobKind.CATCH_UP, chat_id=ChatId("19:b@thread.v2")),
        EnvironmentJob(kind=JobKind.FOLLOW_SETTINGS, environment=EnvironmentId("org.crm.dynamics.com")),
    ]
    async with store.writing() as work:
        for job in jobs:
            await work.inbox.enqueue(job, at=START, due_at=START)
        lanes = await work.lanes.claim(Queue.INBOX, "me", at=START, until=LATER, at_most=9)
        waiting = await work.inbox.pending(lanes)
        assert sorted(str(each.job) for each in waiting.values()) == sorted(map(str, jobs))


@pytest.mark.parametrize("turns", range(20))
async def test_who_gives_up_in_the_middle_stands_in_nobodys_way(store: Store, turns: int) -> None:
    async def keep() -> None:
        async with store.writing() as work:
            for number in range(20):
                await work.chats.save(a_chat(f"c{number}"))

    task = asyncio.create_task(keep())
    for _ in range(turns * 2):
        await asyncio.sleep(0)
    # Both a deadline and the end of the process can cancel it.
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({task})
    async with asyncio.timeout(PATIENCE_S), store.writing() as work:
        await work.chats.save(a_chat("another"))
    async with store.reading() as work:
        assert await work.chats.get(ChatId("another"))


async def test_only_a_rejected_new_chat_is_removed(store: Store) -> None:
    request = ChatRequest(person=ObjectId("a"), people=(), topic="Pump", record=CASE, team="t")
    asked = NewChat(key=NewChatKey("k"), request=request, begun_at=START)
    others = {
        "created": replace(asked, key=NewChatKey("created"), chat_id=ChatId("19:a@thread.v2")),
        "requested": replace(asked, key=NewChatKey("requested"), creation_requested_at=START),
        "leased": replace(asked, key=NewChatKey("leased")),
    }
    async with store.writing() as work:
        for new in (asked, *others.values()):
            await work.new_chats.add(new)
        assert await work.new_chats.claim(others["leased"].key, at=START, until=LATER)
        assert await work.new_chats.get(asked.key) == asked
        for new in (asked, *others.values()):
            await work.new_chats.remove(new.key)
        assert await work.new_chats.get(asked.key) is None
        assert {key for key, new in others.items() if await work.new_chats.get(new.key)} == set(others)


@pytest.mark.databases("postgresql")
async def test_more_dead_letters_than_a_statement_has_parameters_are_retried(store: Store, engines: Engines) -> None:
    parked = {
        "lane": a_chat().id,
        "body": b"{}",
        "correlation_id": "",
        "received_at": START,
        "due_at": START,
        "done_at": START,
        "state": "parked",
        "attempts": 1,
    }
    async with engines.writing.begin() as connection:
        await connection.execute(outbox.insert(), [{**parked, "key": str(number)} for number in range(33_000)])
    async with store.writing() as work:
        assert len(await work.queue_states.retry(None, at=LATER)) == 33_000
