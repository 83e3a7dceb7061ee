"""Notification rules and decisions, on SQLite and PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.domain.jobs import ChatJob, JobKind
from bot.domain.key_fields import ReportedValue
from bot.domain.notifications.decide import Authors, Outcome, Reason
from bot.domain.notifications.history import Closing, DecidedColumn
from bot.domain.notifications.replay import PastDecision
from bot.domain.notifications.rules import ChatRules, Versioned
from bot.domain.outgoing_messages import CardVersion, OutgoingMessage, PendingCard
from bot.domain.queue_states import Failures
from bot.domain.values import ChatId
from bot.features.notifications.held_changes import BATCH_SIZE, enqueue_due_changes
from bot.store import decisions
from bot.store.decision_history import PAGE_SIZE
from bot.store.lanes import job_lane
from bot.store.unit_of_work import Store
from tests.contract.samples import HELD, POSTED
from tests.fakes.clock import START, HeldClock
from tests.steps.stored_rows import ACCOUNT, a_connection, store_connections

LATER = START + timedelta(hours=1)


async def test_of_two_people_who_save_at_once_the_second_one_is_told(store: Store) -> None:
    (made,) = await store_connections(store, a_connection())
    berlin, tokyo = ChatRules(zone="Europe/Berlin"), ChatRules(zone="Asia/Tokyo")
    async with store.writing() as work:
        rules = work.notification_rules.chats
        assert await rules.save(made.chat_id, berlin, version=0)
        assert not await rules.save(made.chat_id, tokyo, version=0)
        assert await rules.save(made.chat_id, tokyo, version=1)
        assert not await rules.save(made.chat_id, berlin, version=1)
        assert await rules.get_many([made.chat_id]) == {made.chat_id: Versioned(version=2, rules=tokyo)}


async def test_a_held_change_is_due_postponed_and_closed(store: Store) -> None:
    case, account = await store_connections(store, a_connection(), a_connection(record=ACCOUNT))
    held = replace(HELD, connection=case.id, chat=case.chat_id, at=START, due_at=LATER)
    endless = replace(held, connection=account.id, due_at=None)
    async with store.writing() as work:
        await work.decisions.add([held, endless, replace(POSTED, connection=case.id, chat=case.chat_id, at=START)])
        assert await work.decisions.due_chats(START, at_most=9) == []
        assert await work.decisions.due_chats(LATER, at_most=9) == [case.chat_id]
        first, second = await work.decisions.open_in_chat(case.chat_id)
        await work.decisions.postpone([first.id], due_at=LATER + timedelta(hours=1), reason=Reason.MUTE)
        assert await work.decisions.due_chats(LATER, at_most=9) == []
        await work.decisions.close([first.id], Closing.POSTED, at=LATER)
        await work.decisions.close_connections([account.id], Closing.CONNECTION_ENDED, at=LATER)
        # What is closed stays as it is.
        await work.decisions.close([first.id, second.id], Closing.CANCELED_OUT, at=LATER)
        assert await work.decisions.open_in_chat(case.chat_id) == []
        (ended,) = await work.decisions.latest(account.id, at_most=9)
        posted, closed = await work.decisions.latest(case.id, at_most=9)
    assert (closed.reason, closed.closed_as, closed.closed_at) == (Reason.MUTE, Closing.POSTED, LATER)
    assert (ended.closed_as, posted.closed_as) == (Closing.CONNECTION_ENDED, None)


async def test_chats_whose_records_cannot_be_read_do_not_stop_the_others(store: Store, clock: HeldClock) -> None:
    names = [f"19:{number:04}@thread.v2" for number in range(BATCH_SIZE + 1)]
    connections = await store_connections(store, *(a_connection(chat=name) for name in names))
    held = [replace(HELD, connection=each.id, chat=each.chat_id, at=START, due_at=START) for each in connections]
    async with store.writing() as work:
        await work.decisions.add(held)
    services: Any = SimpleNamespace(store=store, clock=clock)
    for _ in range(2):
        await enqueue_due_changes(services, undo_within=timedelta(minutes=1), ahead=timedelta(0))
    *failing, last = (job_lane(ChatJob(kind=JobKind.HELD_CHANGES, chat_id=each.chat_id)) for each in connections)
    async with store.writing() as work:
        assert (await work.inbox.pending([last])).keys() == set()
        for lane in failing:
            failures = await work.inbox.record_failure(lane, "Unavailable", dead_letter_before=START, at=START)
            assert failures == Failures(attempts=1, dead_letters=0)
    await enqueue_due_changes(services, undo_within=timedelta(minutes=1), ahead=timedelta(0))
    async with store.writing() as work:
        assert (await work.inbox.pending([last])).keys() == {last}


async def test_only_posts_count_toward_a_budget(store: Store) -> None:
    (made,) = await store_connections(store, a_connection())
    mine = replace(POSTED, connection=made.id, chat=made.chat_id)
    times = [START + timedelta(minutes=minute) for minute in range(3)]
    async with store.writing() as work:
        await work.decisions.add([replace(mine, at=at) for at in reversed(times)])
        await work.decisions.add([replace(mine, at=times[1], outcome=each) for each in Outcome if each != "posted"])
        found = await work.decisions.posts_since([made.chat_id, ChatId("19:other@thread.v2")], times[0])
        history = await work.decisions.in_chat(made.chat_id, since=times[1], at_most=99)
    assert found == {made.chat_id: times[1:]}
    assert [each.at for each in history] == [times[1]] * len(Outcome) + times[2:]


async def test_a_history_comes_in_small_pages_oldest_first_and_ends_with_the_last_decision(store: Store) -> None:
    (made,) = await store_connections(store, a_connection())
    mine = replace(POSTED, connection=made.id, chat=made.chat_id)
    # Several at the same time, on both sides of a page and of the first one that counts.
    times = [START + timedelta(seconds=number // 7) for number in range(2 * PAGE_SIZE + 20)]
    numbers = [*range(len(times))]
    async with store.writing() as work:
        for number, at in enumerate(times):
            numbered = DecidedColumn(name="a", new=number, has_values=True)
            await work.decisions.add([replace(mine, at=at, columns=(numbered,))])
        await work.decisions.add([replace(mine, at=START, chat=ChatId("19:other@thread.v2"))])
    for since, at_most, expected in (
        (START, 10_000, numbers),
        (START, len(times), numbers),
        (START, PAGE_SIZE + 3, numbers[-PAGE_SIZE - 3 :]),
        (START, PAGE_SIZE, numbers[-PAGE_SIZE:]),
        (START + timedelta(seconds=1), 10_000, numbers[7:]),
        (times[-1] + timedelta(seconds=1), 10_000, []),
    ):
        async with store.reading() as work:
            pages = work.decision_history.pages(
                made.chat_id, since=since, at_most=at_most, columns=("a",), authors=True
            )
            found = [list(page) async for page in pages]
        assert [each.changed.columns[0].new for page in found for each in page] == expected
        assert [each for each in map(len, found) if not 1 <= each <= PAGE_SIZE] == []


async def test_a_history_is_decoded_with_only_what_is_needed_and_equal_columns_once(store: Store) -> None:
    (made,) = await store_connections(store, a_connection())
    mine = replace(POSTED, connection=made.id, chat=made.chat_id)
    priority, other = DecidedColumn(name="a", old=2, new=(1, 2), has_values=True), DecidedColumn(name="b", new="x")
    other_text = replace(mine, columns=(replace(other, new="y"), priority))
    held = replace(mine, outcome=Outcome.HELD, columns=(priority, other), at=START)
    async with store.writing() as work:
        await work.decisions.add([held, replace(held, is_news=True), other_text])
        (later, *_) = await work.decisions.latest(made.id, at_most=1)
        await work.decisions.close([later.id - 2], Closing.POSTED, at=LATER)
        await work.decisions.close([later.id - 1], Closing.CANCELED_OUT, at=LATER)

    async def read(*, whole: bool) -> Sequence[PastDecision]:
        columns = {"a"} if whole else set[str]()
        async with store.reading() as work:
            pages = work.decision_history.pages(made.chat_id, since=START, at_most=9, columns=columns, authors=whole)
            return [each async for page in pages for each in page]

    first, second, third = sorted(await read(whole=True), key=lambda each: (each.outcome != "held", each.is_news))
    assert (first.at, first.outcome, first.connection) == (START, Outcome.HELD, made.id)
    assert first.changed.columns == (priority,)
    assert first.changed is second.changed is third.changed
    assert first.authors == mine.authors
    assert [each.is_news for each in (first, second)] == [False, True]
    assert [each.later_posted_at for each in (first, second)] == [LATER, None]
    plain = await read(whole=False)
    assert {(each.changed.columns, each.authors) for each in plain} == {((), Authors())}
    assert len(plain) == 3


async def test_the_last_refusal_of_a_chat_and_the_last_answer_to_a_request_count(store: Store) -> None:
    chat = ChatId("19:a")
    for at in (START, LATER):
        async with store.writing() as work:
            await work.private_answers.add_refusal(chat, at=at)
            await work.private_answers.add_answer("request", at=at)
    async with store.reading() as work:
        known = work.private_answers
        assert await known.has_refused(chat, after=START)
        assert await known.was_answered("request", after=START)
        assert not await known.has_refused(chat, after=LATER)
        assert not await known.was_answered("request", after=LATER)
        assert not await known.has_refused(ChatId("request"), after=START)


async def test_a_card_has_one_pending_message_with_its_last_content(store: Store) -> None:
    (made,) = await store_connections(store, a_connection())
    before, after = ReportedValue(raw=1, text="1", at=START), ReportedValue(raw=2, text="2", at=START)

    def message(version: int, old: ReportedValue) -> OutgoingMessage:
        return OutgoingMessage(
            key=f"card 1 {version}",
            chat_id=made.chat_id,
            activity=b"%d" % version,
            card=CardVersion(card_id=1, version=version),
            previously_reported={(made.id, "a"): old},
        )

    async with store.writing() as work:
        for version, old in ((1, before), (2, after)):
            await work.outbox.enqueue_card(message(version, old), CardVersion(card_id=1, version=version), at=START)
        (pending,) = (await work.outbox.next_messages([made.chat_id], {})).values()
        assert (pending.activity, pending.card) == (
            b"2",
            PendingCard(card_id=1, version=2, kind=None, activity_id=None),
        )
        # What was sent is older than the present content, so the message stays.
        await work.outbox.mark_card_sent(pending.id, 1, at=LATER)
        assert await work.outbox.has_pending_card(made.chat_id, 1)
        await work.outbox.dead_letter_chat(made.chat_id, "gone", at=LATER)
        assert (await work.reported_values.for_connections([made.id]))[made.id] == {"a": before}


async def test_earlier_content_of_a_card_is_not_sent_again_after_newer_content(store: Store) -> None:
    (made,) = await store_connections(store, a_connection())
    async with store.writing() as work:
        for version in (1, 2):
            card = CardVersion(card_id=1, version=version)
            message = OutgoingMessage(key=f"card {version}", chat_id=made.chat_id, activity=b"{}", card=card)
            await work.outbox.enqueue_card(message, card, at=START)
            (pending,) = (await work.outbox.next_messages([made.chat_id], {})).values()
            if version == 1:
                await work.outbox.dead_letter(pending.id, "refused", at=LATER)
        assert await work.queue_states.retry(None, at=LATER) == {}
        assert pending.card
        assert pending.card.version == 2


async def test_the_busiest_chat_is_that_of_the_last_decisions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "_COMPARED", 3)
    before, now = await store_connections(store, a_connection("19:a@thread.v2"), a_connection("19:b@thread.v2"))
    of = {each.chat_id: replace(POSTED, connection=each.id, chat=each.chat_id, at=LATER) for each in (before, now)}
    async with store.writing() as work:
        assert await work.decisions.busiest_chat(since=LATER) is None
        await work.decisions.add([*[of[before.chat_id]] * 5, of[now.chat_id], of[now.chat_id]])
        assert await work.decisions.busiest_chat(since=LATER) == now.chat_id
        assert await work.decisions.busiest_chat(since=LATER + timedelta(seconds=1)) is None
