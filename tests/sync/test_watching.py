"""Random acts and changes, after each of which chats must have been told exactly what the rules say."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import update

from bot.features.connections.undo_disconnect import UNDO_WITHIN
from bot.store.tables import connection, environment
from bot.wiring.command_line import run_command
from tests.fakes.clock import HeldClock
from tests.fakes.connector import FakeConnector, error
from tests.steps.settings_pages import organization_page, record_type_page, request_page
from tests.sync.watching import (
    AWAY,
    GONE,
    LABELS,
    OWNER,
    PRESENT,
    STATE,
    Case,
    Expected,
    Link,
    News,
    difference,
    news_on,
)
from tests.tiers import FULL, examples
from tests.wire.opening import open_world, world_settings
from tests.wire.people import ADELE, ALEX, ISAIAH, MEGAN, Somebody
from tests.wire.world import API, BOT, GROUP, OTHER_GROUP, PERSONAL, World

T = TypeVar("T")

CASES = ("CAS-01001", "CAS-01002", "CAS-01003", "CAS-01006")
CHATS = (GROUP, OTHER_GROUP)
MEMBERS = {GROUP: (ALEX, ADELE), OTHER_GROUP: (ALEX, ADELE, MEGAN)}
OWNERS = (ALEX, MEGAN, ISAIAH)
"""The last one is in no chat."""
SWITCHES = ("chats_on", "enabled", "notify")
chat = st.sampled_from(CHATS)
case = st.sampled_from(CASES)
delivered = st.sampled_from([True, True, False])


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[World]:
    """Start the bot with its webhook and two group chats."""
    async with FakeConnector().running() as connector:
        settings = world_settings(f"sqlite+aiosqlite:///{folder / 'watching.db'}")
        async with open_world(settings, connector, HeldClock()) as world:
            world.settings = settings.model_copy(update={"public_url": world.url})
            await world.start()
            await world.stop()
            await world.know_chats(*CHATS, PERSONAL)
            async with world.engines.writing.begin() as begun:
                await begun.execute(update(environment).values(sync_on=False))  # timelines have their own model
            for each in CHATS:
                connector.members[each] = [person.account_id for person in MEMBERS[each]]
            arguments = Namespace(command="dataverse", act="connect", environment=None, dry_run=False)
            assert await run_command(world.settings, arguments, len) == 0
            await world.start()
            world.clock.advance(world.limits.check_after.total_seconds())
            await asyncio.sleep(0)
            await world.settle()
            yield world


class Watching(RuleBasedStateMachine):
    """Two chats, three cases, and everything that begins and ends the watching of their columns."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory()
        self.opening = opened(Path(self.folder.name))
        self.world: World = self.run(self.opening.__aenter__())
        self.expected = Expected(
            cases={}, members=MEMBERS, key_fields=("prioritycode",), presence=dict.fromkeys(CHATS, PRESENT)
        )
        self.rows: dict[str, str] = {}
        self.users = {each: self.run(self.world.user_id(each)) for each in OWNERS}
        for number in CASES:
            self.run(self._begin(number))
        self.run(self._save(notify="true", key_fields="prioritycode"))
        self.world.connector.fault = self._refuse
        for each in CHATS:
            for number in CASES[:2]:
                self.connects(each, number)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def _begin(self, number: str) -> None:
        self.rows[number] = await self.world.row("incidents", number)
        await self.world.change({"prioritycode": 2, "caseorigincode": 1}, number=number, told=False)
        await self._give(number, ALEX)
        await self.world.window_ends()
        values = {"prioritycode": 2, "caseorigincode": 1, STATE: 0, OWNER: ALEX}
        self.expected.cases[number] = Case(values=values)

    def _refuse(self, conversation: str, _activity: object) -> Any:
        is_away = self.expected.presence.get(conversation, PRESENT) != PRESENT
        return error(403, "BotNotInConversationRoster") if is_away else None

    # Dynamics 365 ----------------------------------------------------------------------------------------------------

    @rule(number=case, column=st.sampled_from(sorted(LABELS)), value=st.integers(1, 3), delivered=delivered)
    def changes_a_value(self, number: str, column: str, value: int, delivered: bool) -> None:
        if self.expected.cases[number].exists and self.expected.cases[number].values[column] != value:
            self._change(number, column, value, {column: value}, delivered=delivered)

    @rule(number=case, value=st.integers(1, 3), delivered=delivered)
    def changes_its_priority(self, number: str, value: int, delivered: bool) -> None:
        self.changes_a_value(number, "prioritycode", value, delivered)

    @rule(number=case, delivered=delivered)
    def is_closed_or_reopened(self, number: str, delivered: bool) -> None:
        if self.expected.cases[number].exists:
            state = 1 - self.expected.cases[number].values[STATE]
            saved = {"statecode": state, "statuscode": 5 if state else 1}
            self._change(number, STATE, state, saved, delivered=delivered)

    @rule(number=case, person=st.sampled_from(OWNERS), delivered=delivered)
    def gets_an_owner(self, number: str, person: Somebody, delivered: bool) -> None:
        if self.expected.cases[number].exists and self.expected.cases[number].values[OWNER] is not person:
            saved: dict[str, object] = {"ownerid@odata.bind": f"/systemusers({self.users[person]})"}
            self._change(number, OWNER, person, saved, delivered=delivered)

    def _change(self, number: str, name: str, value: Any, saved: Mapping[str, object], *, delivered: bool) -> None:
        self.expected.cases[number].values[name] = value
        self.run(self._happens(self.world.change(saved, number=number, told=False), [name], delivered=delivered))
        self.expected.changed(number, name, delivered=delivered)
        self._compare()

    @precondition(lambda self: len(self._over()) == 0)
    @rule(number=case, delivered=delivered)
    def is_deleted(self, number: str, delivered: bool) -> None:
        cases = self.expected.cases
        if cases[number].exists and not any(each.merged_into for each in cases.values()):
            cases[number].deleted = True
            self.run(self._happens(self.world.delete("incidents", self.rows[number]), [STATE], delivered=delivered))
            self.expected.deleted(number, delivered=delivered)
            self._compare()

    @precondition(lambda self: len(self._over()) < 2)
    @rule(number=case, into=case, delivered=delivered)
    def is_merged(self, number: str, into: str, delivered: bool) -> None:
        cases = self.expected.cases
        if number != into and cases[number].exists and cases[into].exists and not cases[number].values[STATE]:
            cases[number].merged_into = into
            self.run(self._happens(self._merge(number, into), [STATE], delivered=delivered))
            self.expected.merged(number, delivered=delivered)
            self._compare()

    def _over(self) -> list[str]:
        return [number for number, each in self.expected.cases.items() if not each.exists]

    async def _merge(self, number: str, target: str) -> None:
        kind = {"@odata.type": "Microsoft.Dynamics.CRM.incident"}
        body = {
            "Target": {**kind, "incidentid": self.rows[target]},
            "Subordinate": {**kind, "incidentid": self.rows[number]},
            "PerformParentingChecks": False,
        }
        async with self.world.session.post(f"{self.world.sandbox}{API}/Merge", json=body) as answer:
            assert answer.status == 204, await answer.text()

    async def _give(self, number: str, person: Somebody) -> None:
        await self.world.change(
            {"ownerid@odata.bind": f"/systemusers({self.users[person]})"}, number=number, told=False
        )

    async def _happens(self, work: Coroutine[Any, Any, None], names: list[str], *, delivered: bool) -> None:
        """Do the work in Dynamics 365, and let its event arrive or be lost."""
        columns = {STATE, OWNER, *(self.expected.key_fields if self.expected.notify else ())}
        before, is_sent = len(self.world.event_answers), self.expected.enabled and columns & set(names)
        if not delivered:
            await self.world.switch_webhook(on=False)
        await work
        if not delivered:
            await self.world.switch_webhook(on=True)
        elif is_sent:
            await self.world.until(lambda: len(self.world.event_answers) > before)

    # Teams -----------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.expected.is_on)
    @rule(chat=chat, number=case)
    def connects(self, chat: str, number: str) -> None:
        if self._is_here(chat) and self.expected.cases[number].exists and not self._live(chat, number):
            self.run(self._say(f"connect {number} quiet", chat))
            self.expected.connect(chat, number)
            self._compare()

    @precondition(lambda self: self.expected.is_on)
    @rule(chat=chat, number=case)
    def disconnects(self, chat: str, number: str) -> None:
        link = self._live(chat, number)
        if link and self._is_here(chat) and self.expected.cases[number].exists:
            self.run(self._say(f"disconnect {number}", chat))
            link.ended_at = self.world.clock.now()
            self._compare()

    @precondition(lambda self: self.expected.is_on)
    @rule(chat=chat, number=case)
    def undoes(self, chat: str, number: str) -> None:
        ended = [each for each in self.expected.links if (each.chat, each.case) == (chat, number) and each.ended_at]
        if not ended or self._live(chat, number) or not self._is_here(chat):
            return
        link = ended[-1]
        assert link.ended_at
        is_late = self.world.clock.now() - link.ended_at > UNDO_WITHIN - timedelta(minutes=1)
        if self.expected.cases[number].exists and not is_late:
            self.run(self._press_undo(link))
            link.ended_at = None
            self.expected.catch_up(chat)
            self._compare()

    async def _press_undo(self, link: Link) -> None:
        ended = await self.world.rows_in(
            connection, connection.c.chat_id == link.chat, connection.c.ended_by_id.is_not(None)
        )
        row = max((each for each in ended if each["record_number"] == link.case), key=lambda each: each["id"])
        button = {"verb": "undo disconnect", "data": {"connection": row["public_id"]}}
        answer = await self.world.press(button, chat=link.chat)
        assert "connected" in str(answer["value"])

    @rule(chat=chat, how=st.sampled_from([AWAY, GONE]))
    def leaves(self, chat: str, how: str) -> None:
        if self._is_here(chat):
            self.expected.presence[chat] = how
            if how == AWAY:
                self.expected.paused.add(chat)
                removed = self.world.activity(chat, type="conversationUpdate", membersRemoved=[BOT])
                self.run(self.world.post(removed))
                # Lists show the pause at once, and not when the first card is refused.
                assert self.run(self._going(chat)) == []
            self._compare()

    @rule(chat=chat)
    def returns(self, chat: str) -> None:
        if not self._is_here(chat):
            self.expected.presence[chat] = PRESENT
            self.run(self.world.post(self.world.activity(chat, type="conversationUpdate", membersAdded=[BOT])))
            if chat in self.expected.paused:
                self.expected.paused.discard(chat)
                self.expected.catch_up(chat)
            self._compare()

    async def _going(self, chat: str) -> list[str]:
        """Return the records whose connections are not paused."""
        live = (connection.c.chat_id == chat) & connection.c.ended_at.is_(None) & connection.c.paused_at.is_(None)
        return [row["record_number"] for row in await self.world.rows_in(connection, live)]

    async def _say(self, text: str, chat: str) -> None:
        await self.world.say(text, chat=chat)
        await self.world.settle()

    def _is_here(self, chat: str) -> bool:
        return self.expected.presence[chat] == PRESENT

    def _live(self, chat: str, number: str) -> Link | None:
        return next(iter(self.expected.live(chat=chat, case=number)), None)

    # Settings --------------------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from(SWITCHES))
    def switches(self, name: str) -> None:
        """Turn a switch off, or on if one is off: nothing happens for long while chats are off."""
        self._switch(next((each for each in SWITCHES if not getattr(self.expected, each)), name))

    def _switch(self, name: str) -> None:
        before, on = self.expected.watched, not getattr(self.expected, name)
        setattr(self.expected, name, on)
        save = self._save_organization if name == "chats_on" else self._save
        self.run(save(**{name: "true" if on else "false"}))
        self._settings_changed(before)

    @rule(name=st.sampled_from(SWITCHES), number=case, value=st.integers(1, 3))
    def is_changed_while_off(self, name: str, number: str, value: int) -> None:
        if getattr(self.expected, name):
            self._switch(name)
            self.changes_a_value(number, "prioritycode", value, delivered=True)
            self.is_closed_or_reopened(number, delivered=value == 1)
            self._switch(name)

    @rule(names=st.sampled_from([("prioritycode",), ("caseorigincode",), ("prioritycode", "caseorigincode")]))
    def chooses_key_fields(self, names: tuple[str, ...]) -> None:
        if names != self.expected.key_fields:
            before, self.expected.key_fields = self.expected.watched, names
            self.run(self._save(key_fields=",".join(names)))
            self._settings_changed(before)

    def _settings_changed(self, before: set[str]) -> None:
        self.expected.settings_changed(before)
        self._compare()

    async def _save(self, **inputs: str) -> None:
        page = await record_type_page(self.world, "incident")
        await request_page(self.world, page.step("Save", **inputs), chat=PERSONAL)
        await self.world.settle()

    async def _save_organization(self, **inputs: str) -> None:
        page = await organization_page(self.world)
        await request_page(self.world, page.step("Save", **inputs), chat=PERSONAL)
        await self.world.settle()

    # Time ------------------------------------------------------------------------------------------------------------

    @rule()
    def restarts(self) -> None:
        self.run(self._check_after_restart())
        self.expected.catch_up_all()
        self._compare()

    async def _check_after_restart(self) -> None:
        await self.world.restart()
        self.world.clock.advance(self.world.limits.check_after.total_seconds())
        await self._checked()

    @rule()
    def is_checked(self) -> None:
        self.run(self._check())
        self.expected.catch_up_all()
        self._compare()

    async def _check(self) -> None:
        """Let the safety net run, and give late events two minutes."""
        self.world.clock.advance(15 * 60)
        await self._checked()
        self.world.clock.advance(2 * 60)
        await self.world.settle()

    async def _checked(self) -> None:
        if self.expected.is_on and self.expected.live():
            await self.world.looked_through("incident")
        else:
            await asyncio.sleep(0.02)  # nothing is stored that shows the end of such a check
            await self.world.settle()

    # Comparison ------------------------------------------------------------------------------------------------------

    def _compare(self) -> None:
        found = self.run(self._posted())
        missing, surplus = difference(self.expected.told, found)
        self.expected.told.clear()
        assert (missing, surplus) == ({}, {}), "missing news, and news that nobody should get"

    async def _posted(self) -> list[News]:
        for _ in range(2):  # A merge that a check found is processed after it.
            await self.world.window_ends()
        cards = [(each, card) for each in CHATS for card in self.world.connector.cards(each)]
        self.world.connector.posts.clear()
        return [news for each, card in cards for news in news_on(each, card)]

    def teardown(self) -> None:
        try:
            for each in CHATS:
                self.returns(each)
            if self.expected.is_on:
                self.restarts()
        finally:
            self.run(self.opening.__aexit__(None, None, None))
            self.loop.close()
            self.folder.cleanup()


@pytest.mark.timeout(3600 if FULL else 300)
def test_after_random_acts_chats_were_told_what_the_rules_say() -> None:
    run_state_machine_as_test(Watching, settings=examples(3, stateful_step_count=25))


def test_acts_after_which_chats_once_heard_too_little_or_too_much() -> None:
    acts = Watching()
    first, second, third, last = CASES
    try:
        acts.connects(GROUP, third)
        for value, name in ((3, "chats_on"), (1, "enabled"), (2, "notify")):
            acts.is_changed_while_off(name, first, value)
            acts.restarts()
            acts.changes_its_priority(second, value=4 - value, delivered=False)
            acts.restarts()
        acts.chooses_key_fields(("prioritycode", "caseorigincode"))
        acts.changes_a_value(first, "caseorigincode", 3, delivered=False)
        acts.restarts()
        for how, number in ((AWAY, second), (GONE, first)):
            acts.leaves(GROUP, how)
            acts.is_closed_or_reopened(number, delivered=True)
            acts.gets_an_owner(number, ISAIAH, delivered=True)
            acts.returns(GROUP)
        acts.connects(GROUP, last)
        acts.leaves(GROUP, GONE)
        acts.is_deleted(third, delivered=True)
        acts.is_merged(last, first, delivered=True)
    finally:
        acts.teardown()
