"""Random changes, rules, mutes, and restarts: nothing is lost, and nothing is posted while it must wait."""

import asyncio
import json
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from bot.domain.notifications.rules import ChatRules
from bot.store.tables import decision
from tests.steps.notification_rules import posted
from tests.steps.record_actions import allow_actions, first_page, press
from tests.steps.settings_pages import ShownPage, request_page
from tests.sync.holding import (
    LIVE_CARD,
    TEXTS,
    Record,
    cards_in,
    connection_row,
    decisions_about,
    is_live_card,
    is_open,
    last_closed,
    live_cards,
    stored_rules,
    waits,
)
from tests.sync.test_watching import opened
from tests.sync.watching import news_on
from tests.tiers import FULL, examples
from tests.wire.people import ALEX, MEGAN
from tests.wire.world import GROUP, World, texts

T = TypeVar("T")

CASES = ("CAS-01001", "CAS-01002")
BECOMES_HIGH = "prioritycode becomes [1]"
CONDITIONS = ("", "Value rule", "Urgent rule")
"""The rule that has a condition, or none."""
NIGHT = {"start": "20:00", "end": "07:00", "days": "0,1,2,3,4,5,6", "wholeDays": ""}
case, value = st.sampled_from(CASES), st.integers(1, 3)
EDITED_S = 6


class Holding(RuleBasedStateMachine):
    """One chat with two cases, whose rules change while cases change."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.stack = AsyncExitStack()
        self.world: World = self.run(self.stack.enter_async_context(opened(Path(self.folder.name))))
        self.chat = ChatRules()
        self.seen = 0
        self.run(allow_actions(self.world, acts=["note"], fields=["prioritycode"]))
        self.records = {number: self.run(self._begin(number)) for number in CASES}
        self.seen = len(self._posts())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def _begin(self, number: str) -> Record:
        await self.world.change({"prioritycode": 2}, number=number, told=False)
        await self.world.window_ends()
        await self.world.say(f"connect {number} quiet")
        await self.world.settle()
        return Record(connection=await connection_row(self.world, number))

    # Changes ---------------------------------------------------------------------------------------------------------

    @rule(number=case, value=value)
    def changes(self, number: str, value: int) -> None:
        self._changes(number, value, self._change(number, value))

    @rule(number=case, value=value)
    def changes_before_a_restart(self, number: str, value: int) -> None:
        """Change a case, and stop the bot before the merge window ends."""
        self._changes(number, value, self._change(number, value, restart=True), is_short=False)

    @rule(number=case, value=value)
    def changes_on_a_card_of_the_chat(self, number: str, value: int) -> None:
        self._changes(number, value, self._change_on_card(number, value), own=True)

    @rule(number=case, value=value)
    def changes_without_an_event(self, number: str, value: int) -> None:
        """Change a case whose event is lost, until the search for missed changes finds it."""
        self._changes(number, value, self._change_silently(number, value), is_short=False)

    def _changes(
        self, number: str, value: int, act: Coroutine[Any, Any, None], *, own: bool = False, is_short: bool = True
    ) -> None:
        record, others = self.records[number], [each for each in CASES if each != number]
        if value == record.value:
            act.close()
            return
        is_held, before = number in self._held(), self.run(self._count())
        waited = {each: self._waits(each) for each in others}
        record.value = value
        waited[number] = self._waits(number)
        self.run(act)
        made, news = self.run(self._count()) - before, self._news()
        if is_short:
            assert made == (value != record.told_before), "one decision for each net change"
            assert not [each for each, _ in news if waited[each] and self._waits(each)], "it had to wait"
        if not is_held and not record.is_live and (record.is_ruled_out or (own and self.chat.skip_own_cards)):
            record.told = value  # skipped: the value counts as known

    async def _count(self) -> int:
        return len(await self.world.rows_in(decision))

    async def _change(self, number: str, value: int, *, restart: bool = False) -> None:
        await self.world.change({"prioritycode": value}, number=number, by=MEGAN)
        if restart:
            await self.world.restart()
            await self._until_posted()
        await self.world.window_ends()

    async def _change_on_card(self, number: str, value: int) -> None:
        before = len(self.world.event_answers)
        page = await first_page(self.world, person=ALEX, number=number)
        form = await press(self.world, page, "Change fields", person=ALEX)
        await press(self.world, form, "Save", {"field prioritycode": str(value)}, person=ALEX)
        await self.world.until(lambda: len(self.world.event_answers) > before)
        await self.world.window_ends()

    async def _change_silently(self, number: str, value: int) -> None:
        await self.world.switch_webhook(on=False)
        await self.world.change({"prioritycode": value}, number=number, by=MEGAN, told=False)
        await self.world.switch_webhook(on=True)
        self.world.clock.advance(15 * 60)
        await self.world.looked_through("incident")
        await self._until_posted()

    # Rules -----------------------------------------------------------------------------------------------------------

    @rule(span=st.sampled_from(["1h", "tomorrow", "monday", "always"]), also_urgent=st.booleans())
    def is_muted(self, span: str, also_urgent: bool) -> None:
        data = {"span": span, "alsoUrgent": "true" if also_urgent else "false"}
        self._saves(self.world.press({"verb": "mute", "data": data}))

    @rule(number=case, span=st.sampled_from(["1h", "always"]))
    def is_muted_for_one_case(self, number: str, span: str) -> None:
        self._saves(self.world.say(f"mute {span} {number}"))

    @rule(restart=st.booleans())
    def is_unmuted(self, restart: bool) -> None:
        self._saves(self._say("mute off", restart=restart))

    @rule(number=case)
    def is_unmuted_for_one_case(self, number: str) -> None:
        self._saves(self.world.say(f"mute off {number}"))

    @rule(on=st.booleans(), zone=st.sampled_from(["Europe/Berlin", "America/New_York"]))
    def has_quiet_hours(self, on: bool, zone: str) -> None:
        hours = {**NIGHT, "quiet": "true" if on else "false", "zone": zone}
        self._saves(self._save(CASES[0], "Quiet hours", **hours))

    @rule(on=st.booleans())
    def skips_changes_on_its_cards(self, on: bool) -> None:
        self._saves(self._save(CASES[0], "Skip authors", ownCards="true" if on else "false"))

    @rule(number=case, style=st.sampled_from(["each", "live", "digest"]), at=st.sampled_from(["08:00", "23:00"]))
    def has_style(self, number: str, style: str, at: str) -> None:
        record, was_live = self.records[number], self.records[number].is_live
        self._saves(self._save(number, "Record rules", style=style, digestAt=at))
        if was_live and not record.is_live and record.was_live:
            self.run(self._edited())
            shown = live_cards(self.world, number)[-1]
            assert shown[-1] == "No longer updated: newer cards follow."
        record.was_live = record.was_live and record.is_live

    @rule(number=case, title=st.sampled_from(CONDITIONS))
    def has_conditions(self, number: str, title: str) -> None:
        for each in CONDITIONS[1:]:
            rules = self.records[number].rules
            has_one = rules.value_rule if each == "Value rule" else rules.urgent_rule
            if bool(has_one) != (each == title):
                self._saves(self._save_rule(number, each, [] if has_one else [BECOMES_HIGH]))

    async def _save_rule(self, number: str, title: str, conditions: list[str]) -> None:
        page = await request_page(self.world, (await self._page(number, "Record rules")).step(title))
        await self._submit({**page.step("Save"), "draft": json.dumps(conditions), "kept": "0"})

    def _saves(self, act: Coroutine[Any, Any, Any]) -> None:
        """Change rules. By the new ones, nothing is posted that must wait, and nothing waits that may be posted."""
        self.run(act)
        self.run(self.world.settle())
        self.chat = self.run(stored_rules(self.world, self.records))
        self.run(posted(self.world))
        news = self._news()
        assert not [each for each, _ in news if self._waits(each)], "it had to wait"
        assert not [each for each in self._held() if self.records[each].is_live or not self._waits(each)], "told late"

    async def _say(self, text: str, *, restart: bool) -> None:
        await self.world.say(text)
        if restart:
            await self.world.restart()

    async def _save(self, number: str, page: str, **inputs: str) -> None:
        await self._submit((await self._page(number, page)).step("Save", **inputs))

    async def _page(self, number: str, title: str) -> ShownPage:
        record = self.records[number].connection["public_id"]
        first = await request_page(self.world, {"dialog": "notifications", "connection": record}, name="task/fetch")
        return await request_page(self.world, first.step(title))

    async def _submit(self, data: dict[str, object]) -> None:
        saved = texts((await request_page(self.world, data)).card)
        assert "Saved. The change is active." in saved, saved

    # Time ------------------------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 6, 13, 24]))
    def passes(self, hours: int) -> None:
        self.world.clock.advance(hours * 3600)
        self.run(self._until_posted())
        self._news()
        self._compare_live_cards()

    @rule()
    def restarts(self) -> None:
        self.run(self.world.restart())
        self.run(self._until_posted())
        self._news()
        self._compare_live_cards()

    async def _until_posted(self) -> None:
        await posted(self.world)
        self.world.clock.advance(2 * 60)
        await self.world.settle()
        await self._edited()

    async def _edited(self) -> None:
        self.world.clock.advance(EDITED_S)
        await self.world.settle()

    # Comparison ------------------------------------------------------------------------------------------------------

    def _waits(self, number: str) -> bool:
        return waits(self.chat, self.records[number], self.world.clock.now())

    def _posts(self) -> list[dict[str, Any]]:
        return self.world.connector.posts.get(GROUP, [])

    def _held(self) -> set[str]:
        return {
            number
            for number, each in self.records.items()
            if any(map(is_open, self.run(decisions_about(self.world, each))))
        }

    def _news(self) -> list[tuple[str, str]]:
        """Return the cases and values of the cards posted since the last call: each is the present value, told once."""
        cards = [each for each in cards_in(self._posts()[self.seen :]) if not is_live_card(each)]
        self.seen = len(self._posts())
        found = [(number, shown) for card in cards for _, number, _, shown in news_on(GROUP, card)]
        for record in self.records.values():
            record.told_before = record.told
        for number, shown in found:
            record = self.records[number]
            assert shown == TEXTS[record.value], "the card has the present value"
            assert record.value != record.told, "the chat knew it already"
            record.told = record.value
        self._take_silent()
        return found

    def _take_silent(self) -> None:
        """Take over values that live cards show, and those that the end of a wait skipped."""
        for record in self.records.values():
            rows = self.run(decisions_about(self.world, record))
            if record.is_live and record.value != record.told_before:
                record.was_live = True
            if record.is_live or (
                not any(map(is_open, rows)) and record.value != record.told and self._was_skipped(record, rows)
            ):
                record.told = record.value

    def _was_skipped(self, record: Record, rows: list[Any]) -> bool:
        if record.is_ruled_out:
            return True
        closed = last_closed(rows)
        is_own = bool(closed) and all(row["authors"]["on_own_card"] for row in closed)
        return self.chat.skip_own_cards and is_own

    def _compare_live_cards(self) -> None:
        for number, record in self.records.items():
            if record.is_live and record.was_live:
                shown = live_cards(self.world, number)[-1]
                assert f"Priority: {TEXTS[record.value]}" in shown
                assert shown[-1] == LIVE_CARD

    def teardown(self) -> None:
        try:
            self.passes(1)
            for number in CASES:
                self.has_conditions(number, CONDITIONS[0])
                self.has_style(number, "each", "08:00")
            self.has_quiet_hours(False, "Europe/Berlin")
            self.is_unmuted(False)
            self.passes(24)
            assert self._held() == set()
            for number, record in self.records.items():
                assert record.told == record.value, f"{number} was not told"
        finally:
            self.run(self.stack.aclose())
            self.loop.close()
            self.folder.cleanup()


@pytest.mark.timeout(3600 if FULL else 300)
def test_nothing_is_lost_and_nothing_is_posted_while_it_must_wait() -> None:
    run_state_machine_as_test(Holding, settings=examples(3, stateful_step_count=15))


def test_acts_that_once_lost_or_delayed_changes() -> None:
    acts = Holding()
    first, second = CASES
    try:
        acts.has_quiet_hours(True, "Europe/Berlin")
        acts.passes(13)
        acts.changes(first, 1)
        acts.has_quiet_hours(False, "Europe/Berlin")
        acts.has_style(first, "digest", "08:00")
        acts.changes(first, 3)
        acts.has_style(first, "live", "08:00")
        acts.changes_without_an_event(first, 2)
        acts.is_muted("always", True)
        acts.has_conditions(second, "Urgent rule")
        acts.changes(second, 1)
        acts.is_muted("monday", False)
        acts.changes_on_a_card_of_the_chat(second, 3)
        acts.is_muted("1h", False)
        acts.passes(1)
        acts.skips_changes_on_its_cards(True)
        acts.changes_on_a_card_of_the_chat(first, 1)
        acts.has_style(first, "each", "08:00")
        acts.is_muted_for_one_case(second, "always")
        acts.changes_before_a_restart(second, 2)
        acts.is_unmuted(True)
    finally:
        acts.teardown()
