"""Random changes, rules, mutes, and restarts: nothing is lost, and nothing is posted while it must wait."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bot.domain.notifications.conditions import Condition, Conditions, Test
from bot.domain.notifications.quiet_hours import QuietHours
from bot.domain.notifications.rules import ChatRules, ConnectionRules, Mute, Style
from bot.domain.values import ObjectId
from bot.store.tables import connection, decision
from tests.steps.notification_rules import end_mute, posted, rules_changed, set_chat_rules, set_record_rules
from tests.sync.test_watching import opened
from tests.sync.watching import news_on
from tests.tiers import examples
from tests.wire.people import ALEX
from tests.wire.world import GROUP, World

T = TypeVar("T")

CASES = ("CAS-01001", "CAS-01002")
TEXTS = {1: "High", 2: "Normal", 3: "Low"}
BECOMES_HIGH = Conditions(conditions=(Condition(column="prioritycode", test=Test.BECOMES, values=(1,)),))
RULES = (
    ConnectionRules(),
    ConnectionRules(urgent_rule=BECOMES_HIGH),
    ConnectionRules(value_rule=BECOMES_HIGH),
    ConnectionRules(style=Style.DIGEST, digest_at=time(8)),
)
case = st.sampled_from(CASES)


@dataclass
class Record:
    """A case, the value that the chat was told last, and its rules."""

    value: int = 2
    told: int = 2
    """The value that the chat was told, or that a rule let it skip."""
    rules: ConnectionRules = field(default_factory=ConnectionRules)

    @property
    def is_urgent(self) -> bool:
        return self.rules.urgent_rule is not None and self.value == 1


class Holding(RuleBasedStateMachine):
    """One chat with two cases, whose rules change while cases change."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.stack = AsyncExitStack()
        self.world: World = self.run(self.stack.enter_async_context(opened(Path(self.folder.name))))
        self.chat = ChatRules()
        self.records = {number: Record() for number in CASES}
        for number in CASES:
            self.run(self._begin(number))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def _begin(self, number: str) -> None:
        await self.world.change({"prioritycode": 2}, number=number, told=False)
        await self.world.window_ends()
        await self.world.say(f"connect {number} quiet")
        await self.world.settle()
        self.world.connector.posts.clear()

    @property
    def is_waiting(self) -> bool:
        now = self.world.clock.now()
        hours = self.chat.quiet_hours
        return bool((self.chat.mute and self.chat.mute.is_active(now)) or (hours and hours.end_after(now)))

    # Changes ---------------------------------------------------------------------------------------------------------

    @rule(number=case, value=st.integers(1, 3))
    def changes(self, number: str, value: int) -> None:
        record = self.records[number]
        if value == record.value:
            return
        was_waiting, is_held = self.is_waiting, number in self.run(self._open())
        record.value = value
        before = self.run(self._count())
        self.run(self._change(number, value))
        made = self.run(self._count()) - before
        assert made == (value != record.told), "one decision for each net change"
        news = self._news()
        if was_waiting and self.is_waiting:
            assert all(each == number for each, _ in news), "only this change may pass"
            assert not news or record.is_urgent, "only urgent changes pass"
        if record.rules.value_rule and not is_held and value != 1:
            record.told = value  # skipped: the value counts as known

    async def _count(self) -> int:
        return len(await self.world.rows_in(decision))

    async def _change(self, number: str, value: int) -> None:
        await self.world.change({"prioritycode": value}, number=number)
        await self.world.window_ends()

    # Rules -----------------------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 30, None]))
    def is_muted(self, hours: int | None) -> None:
        at = self.world.clock.now()
        until = at + timedelta(hours=hours) if hours else None
        self.chat = replace(self.chat, mute=Mute(until=until, by=ObjectId(ALEX.object_id), by_name=ALEX.name, at=at))
        self.run(set_chat_rules(self.world, self.chat))

    @rule()
    def is_unmuted(self) -> None:
        self.chat = replace(self.chat, mute=None)
        self.run(end_mute(self.world, self.chat, "Unmuted by Alex Wilber"))
        self._news()

    @rule(on=st.booleans(), zone=st.sampled_from(["Europe/Berlin", "America/New_York"]))
    def has_quiet_hours(self, on: bool, zone: str) -> None:
        hours = QuietHours(zone=zone, start=time(20), end=time(7)) if on else None
        self.chat = replace(self.chat, quiet_hours=hours)
        self.run(set_chat_rules(self.world, self.chat))
        self.run(rules_changed(self.world))
        self._news()

    @rule(number=case, rules=st.sampled_from(RULES))
    def has_rules(self, number: str, rules: ConnectionRules) -> None:
        self.records[number].rules = rules
        self.run(set_record_rules(self.world, rules, number))
        self.run(rules_changed(self.world))
        self._news()

    # Time ------------------------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 6, 13, 24]))
    def passes(self, hours: int) -> None:
        self.world.clock.advance(hours * 3600)
        self.run(self._until_posted())
        self._news()

    @rule()
    def restarts(self) -> None:
        self.run(self.world.restart())
        self.run(self._until_posted())
        self._news()

    async def _until_posted(self) -> None:
        await posted(self.world)
        self.world.clock.advance(2 * 60)
        await self.world.settle()

    # Comparison ------------------------------------------------------------------------------------------------------

    def _news(self) -> list[tuple[str, str]]:
        """Return the cases and values of the cards posted since the last call: each is the present value, told once."""
        cards = self.world.connector.cards(GROUP)
        self.world.connector.posts.clear()
        found = [(number, value) for card in cards for _, number, _, value in news_on(GROUP, card)]
        for number, value in found:
            record = self.records[number]
            assert value == TEXTS[record.value], "the card has the present value"
            assert record.value != record.told, "the chat knew it already"
            record.told = record.value
        self._take_skipped()
        return found

    def _take_skipped(self) -> None:
        """Take over values that the end of a wait skipped, because a value rule does not let them pass."""
        open_columns = self.run(self._open())
        for number, record in self.records.items():
            if number not in open_columns and record.rules.value_rule and record.value != 1:
                record.told = record.value

    async def _open(self) -> set[str]:
        numbers = {row["id"]: row["record_number"] for row in await self.world.rows_in(connection)}
        is_open = (decision.c.outcome == "held") & decision.c.closed_as.is_(None)
        return {numbers[row["connection_id"]] for row in await self.world.rows_in(decision, is_open)}

    def teardown(self) -> None:
        try:
            for number in CASES:
                self.has_rules(number, ConnectionRules())
            self.has_quiet_hours(False, "Europe/Berlin")
            self.is_unmuted()
            self.passes(24)
            assert self.run(self._open()) == set()
            for number, record in self.records.items():
                assert record.told == record.value, f"{number} was not told"
        finally:
            self.run(self.stack.aclose())
            self.loop.close()
            self.folder.cleanup()


def test_nothing_is_lost_and_nothing_is_posted_while_it_must_wait() -> None:
    run_state_machine_as_test(Holding, settings=examples(3, stateful_step_count=15))
