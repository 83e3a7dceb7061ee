"""Stored messages reach Teams: in order, later if Teams requests it, and never lost silently (spec K8, K9)."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.domain.limits import Limits
from bot.store.tables import PENDING, chat, connection, outbox, post
from bot.store.unit_of_work import UnitOfWork
from bot.workers.outbox import OutboxHandler, SendResult
from tests.fakes.connector import error
from tests.steps.priorities import HIGH, LOW, NORMAL
from tests.wire.people import ALEX
from tests.wire.world import GROUP, OTHER_GROUP, UNPACED, World, texts

ON_HOLD = 2


class Faulty:
    """A connector that answers posts into one chat with the listed answers in turn, and then as usual."""

    def __init__(self, world: World, *answers: web.Response, chat: str = GROUP) -> None:
        self.tries = 0
        self._answers = list(answers)
        self._chat = chat
        world.connector.fault = self

    def __call__(self, conversation: str, _activity: dict[str, Any]) -> web.Response | None:
        if conversation != self._chat:
            return None
        self.tries += 1
        return self._answers.pop(0) if self._answers else None


async def connected(world: World, *chats: str) -> None:
    for each in chats:
        await world.say("connect CAS-01001 quiet", chat=each)
        await world.settle()
        world.card(each)


async def test_a_throttled_chat_waits_as_long_as_teams_asks_and_the_others_do_not(world: World) -> None:
    await connected(world, GROUP, OTHER_GROUP)
    faulty = Faulty(world, error(429, "Throttled", Retry_After="17"))
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    assert "Priority: Normal → **High**" in texts(world.card(OTHER_GROUP))
    world.clock.advance(16)
    await world.settle()
    assert faulty.tries == 1
    assert world.nothing_was_said(GROUP)
    world.clock.advance(1)
    await world.settle()
    assert "Priority: Normal → **High**" in texts(world.card())


async def test_trouble_on_the_way_is_tried_again_later_each_time(world: World) -> None:
    await connected(world, GROUP)
    answers = (error(502, "ServiceError"), error(503, "ServiceError"), error(412, "PreconditionFailed"))
    faulty = Faulty(world, *answers)
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    for tries in (2, 3, 4):
        world.clock.advance(2**tries)
        await world.settle()
        assert faulty.tries == tries
    assert "Priority: Normal → **High**" in texts(world.card())
    (sent,) = await world.rows_in(outbox, outbox.c.key.like("key fields%"))
    assert (sent["state"], sent["attempts"], sent["reason"]) == ("done", 3, "status 412 PreconditionFailed")


async def test_a_lane_with_an_error_that_nobody_expected_backs_off(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connected(world, GROUP)
    tries = 0

    async def fail(*_: object) -> None:
        nonlocal tries
        tries += 1
        raise LookupError

    with monkeypatch.context() as broken, capture_logs() as lines:
        broken.setattr(OutboxHandler, "process", fail)
        await world.change({"prioritycode": HIGH})
        await world.window_ends()
        for _ in range(60):
            world.clock.advance(1)
            await world.settle()
    # Each wait is twice as long as the one before, less up to half of it at random.
    assert 5 <= tries <= 8
    assert len([each for each in lines if each["event"] == "worker.lane_failed"]) == 1
    world.clock.advance(300)
    await world.settle()
    assert "Priority: Normal → **High**" in texts(world.card())


async def test_a_result_that_cannot_be_stored_stops_no_other_chat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connected(world, GROUP, OTHER_GROUP)
    commit = OutboxHandler.commit

    async def refuse(self: OutboxHandler, work: UnitOfWork, results: Sequence[SendResult]) -> None:
        await commit(self, work, results)
        if any(each.message.chat.id == GROUP for each in results):
            raise LookupError

    def has(chat: str, change: str) -> bool:
        world.clock.advance(1)
        return any(change in texts(each) for each in world.connector.cards(chat))

    high, low = "Priority: Normal → **High**", "Priority: High → **Low**"
    with monkeypatch.context() as broken:
        broken.setattr(OutboxHandler, "commit", refuse)
        for priority, change in ((HIGH, high), (LOW, low)):
            await world.change({"prioritycode": priority})
            await world.until(partial(has, OTHER_GROUP, change))
    await world.until(partial(has, GROUP, low))
    changes = [[text for text in texts(each) if "→" in text] for each in world.connector.cards(GROUP)]
    assert changes == [[high], [low]]
    await world.settle()
    assert {row["state"] for row in await world.rows_in(outbox)} == {"done"}


POISON = {
    "a switch of a newer version": {"switch": "brand new switch"},
    "subjects that are not JSON": {"other_subjects": "not json"},
    "subjects of a newer version": {"other_subjects": '[{"switch": "new"}]'},
    "values that are not JSON": {"told_before": "nope"},
}


@pytest.mark.parametrize("values", POISON.values(), ids=POISON)
async def test_a_message_that_cannot_be_read_stops_no_other_chat(world: World, values: dict[str, str]) -> None:
    await connected(world, GROUP, OTHER_GROUP)
    Faulty(world, error(503, "ServiceError"))
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    world.card(OTHER_GROUP)
    (kept,) = await world.rows_in(outbox, outbox.c.state == PENDING)
    before = {name: kept[name] if name == "switch" else json.dumps(kept[name]) for name in values}
    await overwrite(world, kept["id"], values)
    await world.change({"prioritycode": LOW})
    await world.window_ends()
    await world.until(lambda: not world.nothing_was_said(OTHER_GROUP))
    assert world.nothing_was_said(GROUP)
    await overwrite(world, kept["id"], {name: before[name] for name in values})
    world.clock.advance(300)
    await world.settle()
    assert "Priority: Normal → **High**" in texts(world.connector.cards(GROUP)[0])


async def overwrite(world: World, message: int, values: Mapping[str, object]) -> None:
    """Store values that this version could not write."""
    async with world.engines.writing.begin() as written:
        for column, value in values.items():
            statement = text(f'UPDATE outbox SET "{column}" = :value WHERE id = :id')  # noqa: S608 - our own names
            await written.execute(statement, {"value": value, "id": message})


async def test_cards_of_one_chat_keep_their_order_even_if_the_first_fails(world: World) -> None:
    await connected(world, GROUP)
    Faulty(world, error(503, "ServiceError"), error(503, "ServiceError"))
    for value in (HIGH, LOW):
        await world.change({"prioritycode": value})
        await world.window_ends()
    for _ in range(3):
        world.clock.advance(60)
        await world.settle()
    facts = [texts(card)[3] for card in world.connector.cards(GROUP)]
    assert facts == ["Priority: Normal → **High**", "Priority: High → **Low**"]
    world.connector.posts.clear()


async def test_what_nobody_takes_for_a_day_is_parked_where_it_can_be_seen(world: World) -> None:
    await connected(world, GROUP)
    world.connector.fault = lambda *_: error(503, "ServiceError")
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    for _ in range(25):
        world.clock.advance(3600)
        await world.settle()
    (parked,) = await world.rows_in(outbox, outbox.c.state == "parked")
    assert parked["reason"] == "status 503 ServiceError"
    assert parked["attempts"] > 10
    await world.forget(outbox)


async def test_a_chat_that_the_bot_was_removed_from_is_paused_and_caught_up_with_when_it_is_back(world: World) -> None:
    await connected(world, GROUP, OTHER_GROUP)
    gone = Faulty(world, *[error(403, "BotNotInConversationRoster")] * 9)
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    (parked,) = await world.rows_in(outbox, outbox.c.state == "parked")
    assert parked["reason"] == "BotNotInConversationRoster"
    (known,) = await world.rows_in(chat, chat.c.id == GROUP)
    assert not known["bot_present"]
    (paused,) = await world.rows_in(connection, connection.c.paused_at.is_not(None))
    assert (paused["chat_id"], paused["paused_reason"]) == (GROUP, "BotNotInConversationRoster")
    # Parts that change in the meantime are not generated.
    await world.change({"statuscode": ON_HOLD})
    await world.window_ends()
    assert gone.tries == 1
    world.connector.fault = lambda *_: None
    world.connector.posts.clear()
    await world.post(world.activity(GROUP, type="installationUpdate", action="add"))
    await world.settle()
    *_, card = world.connector.cards(GROUP)
    assert texts(card) == [
        "While I was away",
        "Pump vibrates after firmware update",
        "Case · CAS-01001",
        "Priority: Normal → **High**",
        "Status Reason: In Progress → **On Hold**",
        "As of {{DATE(2026-11-21T10:20:34Z, SHORT)}} {{TIME(2026-11-21T10:20:34Z)}}",
    ]
    assert world.nothing_was_said(OTHER_GROUP)
    # Once is enough. From here on, everything works as before.
    world.connector.posts.clear()
    await world.post(world.activity(GROUP, type="installationUpdate", action="add"))
    await world.change({"prioritycode": LOW})
    await world.window_ends()
    assert "Priority: High → **Low**" in texts(world.card(GROUP))
    world.connector.posts.clear()
    await world.forget(outbox)


async def test_a_chat_that_teams_does_not_find_once_gets_its_card_at_the_second_look(world: World) -> None:
    await connected(world, GROUP)
    missing = Faulty(world, error(404, "ConversationNotFound"))
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    await world.restart()
    # The first failure is stored, and later changes wait behind it.
    await world.change({"prioritycode": LOW})
    await world.window_ends()
    assert (missing.tries, await world.rows_in(connection, connection.c.paused_at.is_not(None))) == (1, [])
    for _ in range(2):
        world.clock.advance(60)
        await world.settle()
    facts = [texts(card)[3] for card in world.connector.cards(GROUP)]
    assert facts == ["Priority: Normal → **High**", "Priority: High → **Low**"]
    world.connector.posts.clear()


async def test_a_chat_is_given_up_when_the_second_look_and_the_roster_do_not_find_it(world: World) -> None:
    await connected(world, GROUP)
    Faulty(world, *[error(404, "ConversationNotFound") for _ in range(9)])
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    paused = connection.c.paused_at.is_not(None)
    # The roster still lists the chat, or gives no clear answer: go on trying.
    for unclear in (None, (503, b""), (404, b"<html>")):
        world.connector.roster_says = unclear
        world.clock.advance(60)
        await world.settle()
        assert await world.rows_in(connection, paused) == []
    await world.restart()
    world.connector.roster_says = (404, b'{"error":{"code":"ConversationNotFound"}}')
    world.clock.advance(60)
    await world.settle()
    (row,) = await world.rows_in(connection, paused)
    assert row["paused_reason"] == "ConversationNotFound"
    world.connector.roster_says, world.connector.fault = None, lambda *_: None
    await world.post(world.activity(GROUP, type="installationUpdate", action="add"))
    await world.settle()
    *_, card = world.connector.cards(GROUP)
    assert "Priority: Normal → **High**" in texts(card)
    world.connector.posts.clear()
    await world.forget(outbox)


async def test_an_unknown_fault_is_retried_and_a_final_one_of_the_message_does_not_stop_the_chat(world: World) -> None:
    await connected(world, GROUP)
    unknown = [error(status, "SomethingNew") for status in (400, 401, 403, 404, 409)]
    faulty = Faulty(world, *unknown, error(400, "BadSyntax"))
    for value in (HIGH, LOW):
        await world.change({"prioritycode": value})
        await world.window_ends()
    for _ in range(len(unknown) + 1):
        world.clock.advance(60)
        await world.settle()
    assert faulty.tries == len(unknown) + 2
    assert await world.rows_in(connection, connection.c.paused_at.is_not(None)) == []
    (rejected,) = await world.rows_in(outbox, outbox.c.state == "parked")
    assert (rejected["reason"], rejected["attempts"]) == ("status 400 BadSyntax", len(unknown))
    assert "Priority: High → **Low**" in texts(world.card(GROUP))
    await world.forget(outbox)


async def test_a_word_in_a_paused_chat_shows_that_the_bot_is_there_again(world: World) -> None:
    await connected(world, GROUP)
    Faulty(world, error(403, "BotNotInConversationRoster"))
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    await world.say("records")
    await world.settle()
    said = [texts(card) for card in world.connector.cards(GROUP)]
    assert len(said) == 2
    assert any("Priority: Normal → **High**" in each for each in said)
    world.connector.posts.clear()
    await world.forget(outbox)


async def test_nothing_is_said_where_nothing_changed_during_a_pause(world: World) -> None:
    await connected(world, GROUP)
    Faulty(world, error(403, "BotNotInConversationRoster"))
    for value in (HIGH, NORMAL):
        await world.change({"prioritycode": value})
        await world.window_ends()
    await world.post(world.activity(GROUP, type="installationUpdate", action="add"))
    await world.settle()
    assert [each for each in world.connector.cards(GROUP) if "While I was away" in str(each)] == []
    world.connector.posts.clear()
    await world.forget(outbox)


async def test_a_card_waits_where_answers_have_used_up_what_teams_allows(bare_world: World) -> None:
    world = bare_world
    world.limits = replace(UNPACED, chat=Limits().chat, tenant=Limits().tenant)
    await world.start()
    await world.add_bot(GROUP)
    await connected(world, GROUP)
    await world.change({"prioritycode": HIGH})
    world.clock.advance(1.5)
    for _ in range(7):
        await world.say("help")
    answered = post.c.at == world.clock.now()
    while len(await world.rows_in(post, answered)) < 7:
        await asyncio.sleep(0.01)
    world.connector.posts.clear()
    world.clock.advance(0.5)
    await world.settle()
    assert world.nothing_was_said()
    world.clock.advance(0.501)
    await world.settle()
    assert "Priority: Normal → **High**" in texts(world.card())
    await world.stop()


async def test_a_tenant_gets_no_more_than_teams_allows(bare_world: World) -> None:
    world = bare_world
    world.limits = replace(UNPACED, tenant=Limits().tenant)
    await world.start()
    chats = [f"19:{number:08x}@thread.v2" for number in range(12)]
    for each in chats:
        world.connector.members[each] = [ALEX.account_id]
        await world.say("connect CAS-01001 quiet", chat=each)
    while len(world.connector.posts) < 12:
        world.clock.advance(0.2)
        await asyncio.sleep(0.02)
    await world.settle()
    world.connector.posts.clear()
    world.clock.advance(9)
    await world.looked_through("incident")
    await world.change({"prioritycode": HIGH})
    world.clock.advance(2)
    # In fives, forty-eight in a second.
    for arrived in (5, 10, 12):
        await world.until(lambda now=arrived: len(world.connector.posts) == now)
        await asyncio.sleep(0.1)
        assert len(world.connector.posts) == arrived
        world.clock.advance(0.105)
    await world.settle()
    await world.stop()


async def test_a_message_that_teams_refuses_makes_way_for_the_next(world: World) -> None:
    await connected(world, GROUP)
    Faulty(world, error(413, "MessageSizeTooBig"))
    for value in (HIGH, LOW):
        await world.change({"prioritycode": value})
        await world.window_ends()
    assert "Priority: High → **Low**" in texts(world.card())
    (parked,) = await world.rows_in(outbox, outbox.c.state == "parked")
    assert parked["reason"] == "status 413 MessageSizeTooBig"
    await world.forget(outbox)


async def test_an_answer_in_a_turn_that_the_chat_does_not_take_is_no_crash(world: World) -> None:
    Faulty(world, error(403, "BotNotInConversationRoster"), error(500, "ServiceError"))
    for _ in range(2):
        await world.say("help")
    assert world.nothing_was_said()


async def test_what_was_kept_before_a_restart_is_done_after_it(world: World) -> None:
    await connected(world, GROUP)
    world.connector.fault = lambda *_: error(503, "ServiceError")
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    await world.change({"prioritycode": LOW})
    await world.stop()
    world.connector.fault = lambda *_: None
    world.clock.advance(60)
    await world.start()
    await world.settle()
    facts = [texts(card)[3] for card in world.connector.cards(GROUP)]
    assert facts == ["Priority: Normal → **High**", "Priority: High → **Low**"]
    world.connector.posts.clear()


@pytest.mark.scale
async def test_a_change_in_a_hundred_chats_is_told_in_each_once(world: World) -> None:
    chats = [f"19:{number:08x}@thread.v2" for number in range(100)]
    for each in chats:
        world.connector.members[each] = [ALEX.account_id]
        await world.say("connect CAS-01001 quiet", chat=each)
    await world.settle()
    world.connector.posts.clear()
    await world.change({"prioritycode": HIGH})
    await world.window_ends()
    assert Counter({each: len(posts) for each, posts in world.connector.posts.items()}) == Counter(chats)
    world.connector.posts.clear()


async def test_after_an_outage_each_chat_gets_one_card_with_what_it_missed(world: World) -> None:
    for number in ("CAS-01001", "CAS-01002"):
        await world.say(f"connect {number} quiet", chat=GROUP)
    await world.say("connect CAS-01002 quiet", chat=OTHER_GROUP)
    await world.settle()
    world.connector.posts.clear()
    await world.switch_webhook(on=False)
    await world.change({"prioritycode": HIGH}, told=False)
    await world.change({"prioritycode": LOW}, told=False)
    await world.change({"prioritycode": LOW}, number="CAS-01002", told=False)
    await world.switch_webhook(on=True)
    await world.restart()
    world.clock.advance(5)
    await world.until(lambda: len(world.connector.posts) == 2)
    await world.settle()
    said = texts(world.card(GROUP))
    assert said[0] == "While I was away"
    assert "Priority: Normal → **Low**" in said
    assert "Priority: High → **Low**" in said
    assert "Priority: High → **Low**" in texts(world.card(OTHER_GROUP))
    # Nothing is posted twice, neither with the next change nor after a restart.
    await world.change({"prioritycode": NORMAL})
    await world.window_ends()
    assert "Priority: Low → **Normal**" in texts(world.card())
    await world.restart()
    world.dataverse_was_asked.clear()
    world.clock.advance(5)
    await world.looked_through("incident")
    assert world.nothing_was_said()


async def test_a_record_that_was_deleted_meanwhile_is_told_of_too(world: World) -> None:
    await connected(world, GROUP)
    await world.switch_webhook(on=False)
    await world.delete("incidents", await world.row("incidents"))
    await world.restart()
    world.clock.advance(5)
    await world.until(lambda: world.connector.posts.get(GROUP))
    assert texts(world.card())[:2] == [
        "While I was away",
        "CAS-01001 was deleted in Dynamics 365. This chat is no longer connected to it.",
    ]
