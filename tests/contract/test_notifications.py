"""Notification rules and decisions, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.key_fields import ReportedValue
from bot.domain.notifications.decide import Outcome, Reason
from bot.domain.notifications.history import Closing
from bot.domain.notifications.rules import ChatRules, Versioned
from bot.domain.outgoing_messages import CardVersion, OutgoingMessage, PendingCard
from bot.domain.values import ChatId
from bot.store.unit_of_work import Store
from tests.contract.samples import HELD, POSTED
from tests.fakes.clock import START
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
        await rules.reset([made.chat_id])
        assert await rules.get_many([made.chat_id]) == {}


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
