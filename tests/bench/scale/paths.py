"""Everything that the product asks the database for, by area, in one large database."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.audit import AuditEntry
from bot.domain.jobs import ChatJob, JobKind
from bot.domain.key_fields import ReportedValue
from bot.domain.notifications.decide import Reason
from bot.domain.notifications.history import Closing
from bot.domain.open_panes import OpenPane
from bot.domain.outgoing_messages import CardVersion
from bot.domain.queue_states import Queue
from bot.domain.subscriptions import ALL_CHATS_TARGETS, MAX_SUBSCRIPTIONS, SyncedEnvironment, chat_target
from bot.domain.synced_chats import LastWrite, TopicChange
from bot.domain.values import ConnectionId, EnvironmentId, ObjectId, PublicId
from bot.features.chat_sync.enqueue_stale_chats import CHECK_INTERVAL
from bot.store.engine import create_engines
from bot.store.lanes import record_lane
from bot.store.pruning import Ages, EndedConnection, deletions, walks
from bot.store.stale_chats import FIRST
from bot.store.unit_of_work import Store, UnitOfWork
from tests.bench.kept import messages
from tests.bench.scale.explained import Explained, Recorder
from tests.bench.scale.large import RETENTION, Size, chat_of, record_of
from tests.contract.samples import HELD, LIVE_CARD, OWN_CHANGE, PANE_SESSION, SUMMARY_CARD
from tests.steps.stored_rows import a_chat, a_connection, an_event

Path = Callable[[UnitOfWork, Size, datetime], Awaitable[None]]

HERE, WHO = EnvironmentId("contoso"), ObjectId("c")
DAY = timedelta(days=1)
_BLOCK = 500


async def recorded(url: str, size: Size, now: datetime, *, without_scans: bool = False) -> list[Explained]:
    """Run all paths in a database that was filled at this time, and return the plans of their statements."""
    recorder, engines = Recorder(without_scans), create_engines(url)
    recorder.attach(engines)
    await run_paths(Store(engines, lambda _: None), recorder, size, now)
    await engines.close()
    return recorder.found


async def run_paths(store: Store, recorder: Recorder, size: Size, now: datetime) -> None:
    """Run each path in a transaction of its own, often enough for PostgreSQL to consider a plan for all values."""
    for area, path in PATHS.items():
        recorder.area = area
        for _ in range(7):
            async with store.writing() as work:
                await path(work, size, now)
    recorder.area = "pruning"
    await _prune(store, now)
    await _prune(store, now + timedelta(days=2))


async def _message(work: UnitOfWork, size: Size, now: datetime) -> None:
    """Receive a message, and show lists and states of its chat."""
    chat, record = chat_of(size.connections // 2 + 1), record_of(size.records // 2)
    await work.chats.get(chat)
    await work.chats.save(a_chat(chat))
    await work.chats.get_many([chat])
    for each in await work.connections.for_chat(chat, for_update=True):
        await work.queue_states.connection_state(each)
    await work.connections.for_chats([chat])
    await work.connections.active(chat, record)
    await work.queue_states.chat_state(chat)
    await work.timeline.count(record, active_only=True)
    await work.timeline.for_record(record, offset=0, at_most=50)
    await work.outbox.sent_bodies(chat, limit=50)
    await work.private_answers.was_answered("x", after=now)
    await work.private_answers.has_refused(chat, after=now)
    await work.private_answers.add_answer("x", at=now)
    await work.mention_opt_outs.find("a", [WHO])
    await work.chat_sync.save_last_writes([LastWrite(chat_id=chat, writer=WHO, at=now)])
    await work.chat_sync.save_topics([TopicChange(chat_id=chat, topic="Pump", at=now)])
    await work.audit.add(AuditEntry(at=now, act="connect", person_id=WHO, person_name="A", chat_id=chat, record=record))
    await work.chats.mark_introduced(chat, now)


async def _connect(work: UnitOfWork, size: Size, now: datetime) -> None:
    """Connect and disconnect a chat, and leave and return to a channel."""
    chat, record = chat_of(size.connections // 2 + 1), record_of(size.records // 3)
    made = await work.connections.add(a_connection(chat, record))
    assert made
    await work.connections.get(made.public_id)
    await work.connections.end(made.id, at=now, by=WHO, by_name="A")
    await work.connections.recently_ended(made.public_id, since=now)
    await work.connections.recently_ended(PublicId("none"), since=now)
    await work.connections.reopen(made, at=now)
    await work.connections.reopen_unheard([made.id])
    await work.connections.end(made.id, at=now, by=WHO, by_name="A")
    await work.decisions.close_connections([made.id], Closing.POSTED, at=now)
    await work.reported_values.forget_connections([made.id])
    await work.chats.channels_of_team("t5")
    await work.chats.mark_bot_removed(chat)
    await work.outbox.dead_letter_chat(chat, "gone", at=now)
    await work.connections.pause(chat, "gone", at=now)
    await work.chats.mark_bot_added([chat])
    await work.connections.resume(chat)


async def _event(work: UnitOfWork, size: Size, now: datetime) -> None:
    """Receive an event, decide, and enqueue the cards."""
    record = record_of(size.records // 4)
    made = an_event(f"bench {datetime.now(UTC)}", record)
    await work.inbox.add_event(made, at=now, due_at=now)
    lanes = await work.lanes.claim(Queue.INBOX, "bench", at=now, until=now + timedelta(seconds=10), at_most=10)
    await work.inbox.pending([*lanes, record_lane(record)])
    await work.inbox.has_pending([record], ChatJob(kind=JobKind.END_MUTE, chat_id=chat_of(5)))
    connections = await work.connections.for_record(record, for_update=True)
    ids, chats = [each.id for each in connections], [each.chat_id for each in connections]
    await work.chats.lock(chats)
    await work.notification_rules.chats.get_many(chats)
    await work.notification_rules.connections.get_many(ids)
    await work.decisions.posts_since(chats, now - DAY)
    await work.decisions.changed_since(chats, now - timedelta(minutes=1))
    await work.decisions.open_for(ids, chats=chats)
    await work.reported_values.for_connections(ids)
    await work.reported_values.save({(ids[0], "column1"): ReportedValue(raw=1, text="High", at=now)})
    await work.own_changes.add(replace(OWN_CHANGE, chat_id=chats[0], record=record), at=now)
    await work.own_changes.of_record(record)
    await work.decisions.add([replace(HELD, connection=ids[0], chat=chats[0], at=now)])
    for live in (await work.posted_cards.live(ids)).values():
        await work.posted_cards.change(live, at=now)
    await work.outbox.enqueue([replace(each, chat_id=chats[0]) for each in messages(1, 1)], at=now)
    await work.inbox.complete([made.key], at=now)
    await work.inbox.record_failure(record_lane(record), "no answer", dead_letter_before=now - DAY, at=now)
    await work.lanes.release(Queue.INBOX, dict.fromkeys(lanes, now), "bench")
    await work.lanes.next_due(Queue.INBOX)


async def _card(work: UnitOfWork, size: Size, now: datetime) -> None:
    """Post cards, edit one, and give up a message."""
    live = replace(LIVE_CARD, chat_id=chat_of(17), connection_id=ConnectionId(18), reported_before={})
    found = (await work.posted_cards.live([ConnectionId(17)]))[ConnectionId(17)]
    await work.posted_cards.lock(found.id)
    await work.outbox.enqueue_card(
        replace(messages(1, 1)[0], chat_id=live.chat_id), CardVersion(card_id=1, version=2), at=now
    )
    await work.outbox.has_pending_card(live.chat_id, found.id)
    await work.outbox.enqueue([replace(messages(1, 1)[0], chat_id=live.chat_id)], at=now)
    lanes = await work.lanes.claim(Queue.OUTBOX, "bench", at=now, until=now + timedelta(seconds=10), at_most=50)
    posts = await work.rate_history.posts_since([chat_of(1)], now - timedelta(hours=1))
    heads = await work.outbox.next_messages(lanes, posts)
    sent = [each.id for each in heads.values()]
    await work.rate_history.lock_tenant_posts("a")
    await work.rate_history.save_tenant_posts("a", [now])
    await work.rate_history.add_posts([(chat_of(1), now)])
    await work.outbox.mark_sent(sent[1:], at=now)
    await work.outbox.record_failure(sent[0], "no answer")
    await work.outbox.dead_letter(sent[0], "no answer", at=now)
    await work.outbox.restore_reported(sent[0], [])
    await work.posted_cards.record_posts({found.id: None}, at=now)
    await work.posted_cards.mark_enqueued(found.id)
    await work.lanes.renew(Queue.OUTBOX, lanes, "bench", until=now)
    await work.lanes.release(Queue.OUTBOX, dict.fromkeys(lanes, now), "bench")
    await work.lanes.next_due(Queue.OUTBOX)


async def _pane(work: UnitOfWork, size: Size, now: datetime) -> None:
    """Open the pane beside a record, poll, and show the decisions of a chat."""
    record, chats = record_of(size.records // 5), [chat_of(each) for each in range(1, 200)]
    session = replace(PANE_SESSION, begun_at=now, used_at=now)
    await work.pane_sessions.make_room(session.identity, at_most=5)
    await work.pane_sessions.get("digest")
    await work.pane_sessions.save_uses({"digest": now})
    await work.pane_sessions.claim_check("digest", session, next_at=now)
    await work.open_panes.save({"digest": OpenPane(person=WHO, record=record, seen_at=now)})
    await work.pane_state.rows(record, chats, at_most=50)
    await work.pane_state.panes(record, "digest", WHO, after=now - timedelta(minutes=1))
    await work.pane_state.chat_rows(chats[0])
    await work.timeline.for_record(record, offset=0, at_most=50, channels=False)
    await work.decisions.latest(ConnectionId(1), at_most=20)
    await work.decisions.in_chat(chats[0], since=now - RETENTION, at_most=500)
    await work.decisions.open_in_chat(chats[0])
    async for _ in work.decision_history.pages(
        chats[0], since=now - RETENTION, at_most=5000, columns=["a"], authors=True
    ):
        pass
    await work.open_panes.delete(["digest"])
    await work.pane_sessions.delete("digest")


async def _safety_net(work: UnitOfWork, size: Size, now: datetime) -> None:
    """Look for missed changes and stale chats, and maintain the subscriptions."""
    await work.change_tracking.get_delta_link(HERE, "incident")
    middle = chat_of(size.connections // 2)
    for table in ("incident", "account", "contact"):
        await work.connections.chats_for_table(HERE, table, after=None, at_most=1)
        await work.connections.chats_for_table(HERE, table, after=middle, at_most=200)
        await work.connections.for_table(HERE, table, after=ConnectionId(size.connections // 2), at_most=200)
    rows = [f"row {each}" for each in range(200)]
    await work.connections.chats_for_rows(HERE, "incident", rows)
    stale, position = await work.stale_chats.find(since=now - CHECK_INTERVAL, at_most=40, after=FIRST)
    for since in (now - CHECK_INTERVAL, now - DAY):
        _, position = await work.stale_chats.find(since=since, at_most=40, after=position)
    await work.chat_sync.enqueue(stale, fetch=True, at=now, due_at=now)
    await work.chat_sync.pending(stale)
    await work.chat_sync.get_chat(stale[0] if stale else middle)
    await work.chat_sync.failures(stale)
    await work.chat_sync.unmirrored_connections(middle)
    synced = [SyncedEnvironment(environment=HERE, active_since=now - DAY)]
    subscriptions = work.subscriptions
    await subscriptions.expire_outdated("f", at=now)
    await subscriptions.request(ALL_CHATS_TARGETS, at=now)
    await subscriptions.get_many(ALL_CHATS_TARGETS)
    await subscriptions.cancel_chats(except_synced_in=synced, at=now)
    if await subscriptions.count_for_chats() < MAX_SUBSCRIPTIONS:
        await subscriptions.chats_without(synced, tenant="a", at_most=50)
    for each in await subscriptions.claim(at=now, until=now + timedelta(minutes=5), at_most=50):
        await subscriptions.save(each, due_at=now + DAY)
    await subscriptions.targets_of(["s1"])
    await subscriptions.is_leased(chat_target(middle), at=now)


async def _digests(work: UnitOfWork, size: Size, now: datetime) -> None:
    """Find held changes that are due, post summaries, and close what ended."""
    await work.decisions.close_ended(ended_before=now, at=now)
    chats = await work.decisions.due_chats(now + timedelta(seconds=1), at_most=_BLOCK)
    await work.decisions.due_chats(now + timedelta(seconds=1), at_most=_BLOCK, after=chats[-1])
    await work.decisions.holding_chats(HERE, after=chats[-1], at_most=_BLOCK)
    held = await work.decisions.open_in_chat(chats[0])
    await work.decisions.make_due([each.id for each in held], at=now)
    await work.decisions.postpone([each.id for each in held], due_at=now, reason=Reason.DIGEST)
    await work.decisions.close([each.id for each in held], Closing.POSTED, at=now)
    await work.posted_cards.add_unedited(replace(SUMMARY_CARD, chat_id=chats[0]), at=now)
    await work.posted_cards.summary(chat_of(1))
    await work.connections.with_live_card(HERE, after=ConnectionId(size.connections // 2), at_most=200)
    await work.decisions.busiest_chat(since=now - RETENTION)


async def _monitoring(work: UnitOfWork, size: Size, now: datetime) -> None:
    """Read the metrics, and list what operators list."""
    await work.queue_states.queues()
    await work.queue_states.dead_letters(at_most=100)
    await work.queue_states.pending(at_most=100)
    await work.queue_states.stuck_chats(at_most=100)
    await work.subscriptions.first_expiry()


async def _prune(store: Store, now: datetime) -> None:
    """Run each deletion and each walk twice."""
    ages = Ages(now - RETENTION, posts_before=now - timedelta(hours=2), refusals_before=now - DAY)
    for deletion in deletions(ages):
        for _ in range(2):
            async with store.writing() as work:
                await deletion(work.pruning)
    for walk in walks(ages):
        last = None
        for _ in range(3):
            async with store.writing() as work:
                last = (await work.pruning.step(walk, last)).last
    ended = EndedConnection(now - DAY, 0)
    for _ in range(3):
        async with store.writing() as work:
            ended = (await work.pruning.forget_ended(ended, ended_before=now)).last or ended
    async with store.writing() as work:
        await work.pruning.delete_sessions(used_before=now - DAY, begun_before=now - DAY)
        await work.pruning.delete_closed_panes(seen_before=now - DAY)
        await work.pruning.delete_sign_ins(begun_before=now)
        await work.pruning.delete_idle_lanes()


PATHS: Mapping[str, Path] = {
    "message": _message,
    "connect": _connect,
    "event": _event,
    "card": _card,
    "pane": _pane,
    "safety net": _safety_net,
    "digests": _digests,
    "monitoring": _monitoring,
}
