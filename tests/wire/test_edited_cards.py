"""Live cards and summary cards: posted once, edited later, and replaced if they are lost (spec V7, V8, V16)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.domain.jobs import ChatJob, JobKind
from bot.domain.notifications.decide import Reason
from bot.domain.posted_cards import CardChange, CardRecord, LiveContent, NewCard
from bot.domain.reported_change import ReportedColumn
from bot.domain.values import ChatId
from bot.features.notifications.live_card import stop_live_cards
from bot.features.notifications.post_card import post_card
from bot.store.lanes import job_lane
from bot.store.tables import inbox, record_type
from bot.store.unit_of_work import Store
from tests.cards.schema import schema_errors
from tests.fakes.clock import HeldClock
from tests.fakes.connector import Cut, FakeConnector, error
from tests.steps.card_room import REFUND, CardRoom, card_room
from tests.wire.people import ADELE, LYNNE
from tests.wire.world import GROUP, OTHER_GROUP, World, buttons, texts

NOT_FOUND = error(404, "ActivityNotFoundInConversation")


@pytest.fixture
async def room(database_url: str, clock: HeldClock, connector: FakeConnector) -> AsyncIterator[CardRoom]:
    async with card_room(database_url, clock, connector) as opened:
        yield opened


def only_card(room: CardRoom) -> dict[str, object]:
    (card,) = room.connector.cards(GROUP)
    assert schema_errors(card) == []
    return card


def present(card: dict[str, object]) -> str:
    """Return the present value of the priority."""
    return next(each for each in texts(card) if each.startswith("Priority: "))


async def test_a_live_card_is_posted_once_and_shows_the_present_after_one_edit(room: CardRoom) -> None:
    case = await room.connect()
    await room.live(room.changed(case, "Low", "Normal"))
    await room.settle()
    assert (present(only_card(room)), room.edits()) == ("Priority: Normal", 0)
    for old, new in (("Normal", "High"), ("High", "Low"), ("Low", "High")):
        await room.live(room.changed(case, old, new))
        await room.pass_time(1)
    assert room.edits() == 0
    await room.pass_time(5)
    assert room.edits() == 1
    said = texts(only_card(room))
    assert present(only_card(room)) == "Priority: High"
    assert [each for each in said if "→" in each][:2] == ["Priority: Low → **High**", "Priority: High → **Low**"]
    assert said[-1] == "Live card: edited for each change; rules: Notifications"
    assert list(buttons(only_card(room))) == ["Open record", "Chats", "Notifications"]
    await room.pass_time(60)
    assert room.edits() == 1


async def test_a_change_during_an_edit_is_sent_after_it(room: CardRoom) -> None:
    case = await room.connect()
    await room.live(room.changed(case, "Low", "Normal"))
    await room.settle()
    await room.live(room.changed(case, "Normal", "High"))
    room.fail(error(429, "Throttled", Retry_After="30"))
    await room.pass_time(5)
    await room.live(room.changed(case, "High", "Low"))
    await room.pass_time(5)
    assert [each.state for each in await room.messages()] == ["done", "waiting"]
    await room.pass_time(30)
    assert (present(only_card(room)), room.edits()) == ("Priority: Low", 2)
    assert [each.state for each in await room.messages()] == ["done", "done"]


@pytest.mark.one_database
async def test_a_message_that_is_not_found_once_is_edited_and_one_that_is_gone_is_replaced(room: CardRoom) -> None:
    case = await room.connect()
    await room.live(room.changed(case, "Low", "Normal"))
    await room.settle()
    await room.live(room.changed(case, "Normal", "High"))
    room.fail(NOT_FOUND)
    await room.pass_time(5)
    await room.pass_time(5)
    assert (present(only_card(room)), room.edits()) == ("Priority: High", 2)
    # A person deletes the message.
    room.connector.deleted.add((GROUP, "1:1"))
    await room.live(room.changed(case, "High", "Low"))
    await room.pass_time(5)
    await room.pass_time(10)
    _, newer = room.connector.cards(GROUP)
    assert present(newer) == "Priority: Low"
    ((activity_id,),) = [(each.activity_id,) for each in await room.posted()]
    assert activity_id == "1:2"
    await room.live(room.changed(case, "Low", "High"))
    await room.pass_time(5)
    assert room.connector.edits[-1] == (GROUP, "1:2")


async def test_a_card_whose_id_was_not_stored_is_posted_again_and_the_newer_one_is_edited(room: CardRoom) -> None:
    case = await room.connect()
    await room.live(room.changed(case, "Low", "Normal"))
    # The message arrives, but its answer does not, as in a crash before the ID is stored.
    room.fail(Cut(), edits_only=False)
    await room.pass_time(2)
    assert len(room.connector.cards(GROUP)) == 2
    await room.live(room.changed(case, "Normal", "High"))
    await room.pass_time(5)
    assert room.connector.edits == [(GROUP, "1:2")]


async def test_after_a_disconnect_the_card_says_that_it_is_no_longer_updated(room: CardRoom) -> None:
    case = await room.connect()
    await room.live(room.changed(case, "Low", "Normal"))
    await room.settle()
    await room.live(room.changed(case, "Normal", "High"))
    async with room.runtime.services.store.writing() as work:
        now = room.clock.now()
        assert await work.connections.end(case.id, at=now, by=case.connector_id, by_name="Megan Bowen")
    await room.pass_time(5)
    assert texts(only_card(room))[-1] == "No longer updated: Megan Bowen disconnected this record from the chat."
    async with room.runtime.services.store.writing() as work:
        assert await work.connections.reopen(case, at=now)
    await room.pass_time(5)
    assert texts(only_card(room))[-1] == "Live card: edited for each change; rules: Notifications"
    async with room.runtime.services.store.writing() as work:
        await stop_live_cards(work, [case.id], at=now)
    await room.pass_time(5)
    assert texts(only_card(room))[-1] == "No longer updated: newer cards follow."


async def test_changes_on_a_live_card_that_was_never_posted_are_reported_in_the_new_form(room: CardRoom) -> None:
    case = await room.connect()
    await room.stop()
    for old, new in (("Low", "Normal"), ("Normal", "High")):
        await room.live(room.changed(case, old, new))
    async with room.runtime.services.store.writing() as work:
        await stop_live_cards(work, [case.id], at=room.clock.now())
        known = (await work.reported_values.for_connections([case.id]))[case.id]
        job = ChatJob(kind=JobKind.CATCH_UP, chat_id=case.chat_id)
        assert (await work.inbox.pending([job_lane(job)]))[job_lane(job)].job == job
    assert known["prioritycode"].raw == "Low"
    (card,) = await room.posted()
    await post_card(room.runtime.services, card.id, [])
    assert await room.messages() == []


async def test_a_live_card_of_a_month_ago_is_replaced(room: CardRoom) -> None:
    case = await room.connect()
    await room.live(room.changed(case, "Low", "Normal"))
    await room.pass_time(31 * 24 * 3600)
    await room.live(room.changed(case, "Normal", "High"))
    await room.pass_time(5)
    older, newer = room.connector.cards(GROUP)
    assert texts(older)[-1] == "No longer updated: newer cards follow."
    assert [each for each in texts(newer) if "→" in each] == [
        "Priority: Normal → **High**",
        "Priority: Low → **Normal**",
    ]


async def test_settings_decide_what_a_live_card_shows_and_whether_it_is_edited(room: CardRoom) -> None:
    case = await room.connect()
    await room.live(room.changed(case, "1", "secret-4711-refund", REFUND))
    await room.settle()
    assert "4711" not in str(room.connector.posts)
    await room.set_record_type(tell_secured=True)
    await room.live(room.changed(case, "1", "secret-4712-refund", REFUND))
    await room.pass_time(5)
    assert "4712" in str(only_card(room))
    await room.set_record_type(tell_secured=False)
    await room.live(room.changed(case, "1", "secret-4713-refund", REFUND))
    await room.pass_time(5)
    assert "secret" not in str(only_card(room))
    await room.set_record_type(notify=False)
    await room.live(room.changed(case, "Low", "Normal"))
    edits = room.edits()
    await room.pass_time(5)
    assert room.edits() == edits
    *_, dropped = await room.messages()
    assert (dropped.state, dropped.reason) == ("dropped", "key fields off")


async def test_a_used_up_budget_gives_one_summary_until_there_is_room_again(room: CardRoom) -> None:
    cases = [await room.connect(number) for number in range(1, 8)]
    await room.use_up_budget(cases[0])
    for case in cases:
        await room.merge(room.changed(case, "Low", "High"))
        await room.settle()
    await room.merge(replace(room.changed(cases[0], "High", "Urgent"), urgent=True))
    await room.merge(room.changed(cases[1], "High", "Low"))
    await room.pass_time(5)
    assert room.edits() == 1
    said = texts(only_card(room))
    assert said[0] == "9 more changes"
    assert said[1] == "Pump 1 vibrates"
    assert "Priority: Low → **Urgent**" in said
    assert "Pump 2 vibrates" not in said
    assert said[-2] == "and 1 more record"
    # The budget allows cards again after this time, so the next merged change begins a new summary.
    await room.pass_time(3600)
    await room.merge(room.changed(cases[0], "Urgent", "Low"))
    await room.settle()
    assert len(room.connector.cards(GROUP)) == 2


async def test_a_bulk_edit_gives_one_summary_ten_seconds_after_its_last_change(room: CardRoom) -> None:
    cases = [await room.connect(number) for number in range(1, 4)]
    for case in cases:
        await room.merge(room.changed(case, "Low", "High"), reason=Reason.BULK_EDIT)
        await room.pass_time(9)
    assert not room.connector.posts.get(GROUP)
    await room.pass_time(1)
    assert texts(only_card(room))[0] == "3 more changes"
    await room.merge(room.changed(cases[0], "High", "Low"), reason=Reason.BULK_EDIT)
    await room.pass_time(5)
    assert texts(only_card(room))[0] == "4 more changes"
    await room.pass_time(60)
    await room.merge(room.changed(cases[0], "Low", "High"), reason=Reason.BULK_EDIT)
    await room.pass_time(10)
    assert len(room.connector.cards(GROUP)) == 2


async def test_a_bulk_edit_that_goes_on_is_reported_after_a_minute(room: CardRoom) -> None:
    case = await room.connect()
    for step in range(12):
        await room.merge(room.changed(case, f"{step}", f"{step + 1}"), reason=Reason.BULK_EDIT)
        await room.pass_time(5)
    assert "Priority: 0 → **12**" in texts(only_card(room))


async def test_a_change_that_comes_while_an_edit_is_on_its_way_is_sent_next(room: CardRoom) -> None:
    case = await room.connect()
    await room.live(room.changed(case, "Low", "Normal"))
    await room.settle()
    room.connector.edits_wait.clear()
    await room.live(room.changed(case, "Normal", "High"))
    room.clock.advance(5)
    await room.until(lambda: room.edits() == 1)
    await room.live(room.changed(case, "High", "Low"))
    room.clock.advance(5)
    await room.until_jobs_are_done()
    room.connector.edits_wait.set()
    await room.settle()
    assert (present(only_card(room)), room.edits()) == ("Priority: Low", 2)


async def test_the_members_of_a_chat_without_shared_values_get_them_on_private_cards(world: World) -> None:
    async with world.engines.writing.begin() as connection:
        await connection.execute(update(record_type).where(record_type.c.table == "incident").values(tell_each=True))
    await world.restart()
    await world.say("connect CAS-01001 quiet")
    await world.settle()
    world.card()
    store = Store(world.engines, lambda _: None)
    async with store.writing() as work:
        (case,) = await work.connections.for_chat(ChatId(GROUP))
        record = CardRecord(ref=case.record, kind="Case", name=None, number=None)
        told = ReportedColumn(name="prioritycode", label="Priority", old="Low", new="Normal", raw=2)
        changes = (CardChange(column=told, at=world.clock.now()),)
        content = LiveContent(about=record, fields=(), changes=changes)
        new = NewCard(chat_id=case.chat_id, connection_id=case.id, content=content, due_at=None)
        await work.posted_cards.add(new, at=world.clock.now())
    button = {"verb": "view live card", "data": {"connection": case.public_id}}
    seen = (await world.press(button, person=ADELE))["value"]
    assert "Priority: Normal" in texts(seen)
    assert "Priority: Low → **Normal**" in texts(seen)
    # The second client gets the same card without another request to Dataverse, and no edit happens.
    asked = len(world.dataverse_was_asked)
    assert (await world.press(button, person=ADELE))["value"] == seen
    assert (len(world.dataverse_was_asked), world.connector.edits) == (asked, [])
    # Lynne cannot see the record, and nobody sees it in another chat.
    assert "Normal" not in str((await world.press(button, person=LYNNE))["value"])
    hidden = (await world.press(button, person=ADELE, chat=OTHER_GROUP))["value"]
    assert texts(hidden)[0] == "This card is no longer updated."
    await world.forget(inbox)


@pytest.mark.scale
@pytest.mark.full
async def test_a_bulk_edit_of_many_records_gives_each_chat_one_summary_in_time(room: CardRoom) -> None:
    chats, records = 80, 500
    connections = [await room.connect(number, f"19:{number % chats:04}@thread.v2") for number in range(records)]
    await room.settle()
    begin = room.clock.now()
    for at in range(0, records, 50):
        changes = [room.changed(each, "Low", "High") for each in connections[at : at + 50]]
        await room.merge(*changes, reason=Reason.BULK_EDIT)
        await room.pass_time(1)
    while (room.clock.now() - begin).total_seconds() < 90:
        await room.pass_time(5)
    cards = {each.chat_id: room.connector.cards(each.chat_id) for each in connections}
    assert len(cards) == chats
    assert {len(each) for each in cards.values()} == {1}
    counts = [int(texts(card)[0].partition(" ")[0]) for (card,) in cards.values()]
    assert sum(counts) == records
