"""Random events in random order, after which each row must follow the rules."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.domain.chat_sync import SyncedRow
from bot.domain.values import ChatId, Connection, ObjectId
from bot.features.chat_sync.record_activity import Topic
from tests.sync.room import IDLE, Room, open_room
from tests.tiers import examples
from tests.wire.people import ADELE, ALEX, LYNNE, MEGAN, Somebody

T = TypeVar("T")

CHAT = ChatId("19:model@thread.v2")
PEOPLE = (ALEX, MEGAN, ADELE, LYNNE)
"""The last one has no user."""
FORM = "%Y-%m-%dT%H:%M:%SZ"
somebody = st.sampled_from(PEOPLE)
case = st.sampled_from([0, 0, 0, 1])
FAULTS = (("/chats(", 404), ("/chats(", 400), ("/chats(", 500), ("/systemusers", 403), ("/ManyToOneRelationships", 404))
"""Temporary errors of Dataverse or a gateway, by a part of the path. They must have no lasting effect."""


@dataclass
class Shown:
    """A connection, and changes that people made to its row."""

    connection: Connection
    case: int
    synced: bool
    """True if the connection was made while sync was on."""
    ended: bool = False
    set_by_hand: int | None = None


@dataclass
class Expected:
    """The state that the rules require."""

    members: list[Somebody] = field(default_factory=lambda: [ALEX, MEGAN])
    topic: str | None = None
    wrote: tuple[Somebody, datetime] | None = None
    heard: tuple[Somebody, datetime] | None = None
    """The last write that is only in the bot's memory."""
    shown: list[Shown] = field(default_factory=list)
    sync_on: bool = True

    def live(self, number: int) -> Shown | None:
        return next((each for each in self.shown if each.case == number and not each.ended), None)

    @property
    def synced(self) -> list[Shown]:
        return [each for each in self.shown if each.synced and not each.ended]


class Chats(RuleBasedStateMachine):
    """A chat, two cases, and all events that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.place = TemporaryDirectory()
        self.opened = open_room(Path(self.place.name) / "model.db")
        self.room: Room = self.run(self.opened.__aenter__())
        self.cases = self.run(self.room.cases())[:2]
        self.expected = Expected()
        self.run(self.room.add_chat(CHAT, *self.expected.members))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    # Teams -----------------------------------------------------------------------------------------------------------

    @rule(person=somebody)
    def writes(self, person: Somebody) -> None:
        self.room.clock.advance(1)
        self.room.note.record_message(CHAT, ObjectId(person.object_id), self.room.clock.now())
        self.expected.heard = person, self.room.clock.now()

    @rule(person=somebody, told=st.booleans())
    def comes_or_goes(self, person: Somebody, told: bool) -> None:
        members = self.expected.members
        (members.remove if person in members else members.append)(person)
        self.room.teams.people[CHAT] = list(members)
        if told:
            self._happens(self.room.note.record_change(CHAT), self.room.clock.now())

    @rule(topic=st.sampled_from([None, "Pumps", "Valves 🛠️"]), how=st.sampled_from(["named", "told", "silent"]))
    def renamed(self, topic: str | None, how: str) -> None:
        self.expected.topic = self.room.teams.topics[CHAT] = topic
        if how != "silent":
            named = Topic(name=topic) if how == "named" else None
            self._happens(self.room.note.record_change(CHAT, topic=named), self.room.clock.now())

    # People ----------------------------------------------------------------------------------------------------------

    @rule(number=case, person=st.sampled_from([ALEX, MEGAN, ADELE]))
    def connects_or_disconnects(self, number: int, person: Somebody) -> None:
        live = self.expected.live(number)
        if live:
            self.run(self.room.disconnect(live.connection, person))
            live.ended = True
        else:
            made = self.run(self.room.connect(CHAT, self.cases[number], person))
            self.expected.shown.append(Shown(connection=made, case=number, synced=self.expected.sync_on))

    @rule(number=case)
    def undoes(self, number: int) -> None:
        ended = [each for each in self.expected.shown if each.case == number and each.ended]
        if ended:
            ended[-1].ended = not self.run(self.room.undo(ended[-1].connection))

    @rule(number=case, state=st.sampled_from([0, 1, 2]))
    def sets_state(self, number: int, state: int) -> None:
        """Change the state of an active connection's row. Rows of other connections are not checked."""
        live = next((each for each in self.expected.synced if each.case == number), None)
        found = {each["activityid"]: each for each in self.run(self.room.rows(CHAT))}
        row = found.get(self._synced_row(live).activity_id) if live else None
        if live and row and self._synced_row(live).closing_line is None:
            self.run(self.room.set_state(row["activityid"], state))
            live.set_by_hand = state or None

    @rule(number=case)
    def merges(self, number: int) -> None:
        """Merge a case into the other one, unless the chat is connected to both."""
        live = self.expected.live(number)
        if live and not self.expected.live(1 - number):
            live.connection = self.run(self.room.follow(live.connection, self.cases[1 - number]))
            live.case = 1 - number

    @rule()
    def switches_sync(self) -> None:
        self.expected.sync_on = not self.expected.sync_on
        self.run(self.room.switch_sync(on=self.expected.sync_on))

    # Failures --------------------------------------------------------------------------------------------------------

    @rule(what=st.sampled_from(["down", "up", "answer lost", "crash", "crash before a request"]), at=st.integers(0, 4))
    def goes_wrong(self, what: str, at: int) -> None:
        if what in {"down", "up"}:
            self.room.is_down = what == "down"
        elif what == "answer lost":
            self.room.lost_answers = 1
        elif what == "crash":
            self.run(self.room.crash())
            self.expected.heard = None
        else:
            self.room.crash_at = at

    @rule(what=st.sampled_from([*FAULTS, "roster", "topics"]), on=st.booleans())
    def refuses(self, what: tuple[str, int] | str, on: bool) -> None:
        if isinstance(what, str):
            (self.room.teams.down.add if on else self.room.teams.down.discard)(what)
        elif on:
            self.room.refused[what[0]] = what[1]
        else:
            self.room.refused.pop(what[0], None)

    # Time ------------------------------------------------------------------------------------------------------------

    @rule()
    def a_second_passes(self) -> None:
        heard, self.expected.heard = self.expected.heard, None
        if heard is None:
            self.run(self.room.keep())
        elif self._happens(self.room.keep(), heard[1]):
            self.expected.wrote = heard

    @rule(days=st.sampled_from([3, 8]))
    def days_pass(self, days: int) -> None:
        self.room.clock.advance(days * 24 * 3600)

    @rule(seconds=st.sampled_from([0, 6, 6, 400]))
    def is_worked_on(self, seconds: int) -> None:
        self.room.clock.advance(seconds)
        note = self.room.note
        self.run(self.room.work())
        if self.room.note is not note:
            self.expected.heard = None

    @rule()
    def a_quiet_while_passes(self) -> None:
        self.a_second_passes()
        self.is_worked_on(6)
        self.is_worked_on(6)

    def _happens(self, work: Coroutine[Any, Any, None], at: datetime) -> bool:
        """Run an activity and check its effect; return whether a connection became active.

        Idle connections must stay idle, and the others must be active at this time.
        """
        before = {each.connection.id: self._synced_row(each).last_activity_at for each in self.expected.synced}
        self.run(work)
        awake = False
        for each in self.expected.synced:
            was, now = before[each.connection.id], self._synced_row(each).last_activity_at
            if self.expected.sync_on and at - was <= IDLE:
                awake = True
                assert now == max(was, at)
            else:
                assert now == was
        return awake

    # Invariants ------------------------------------------------------------------------------------------------------

    @invariant()
    def nobody_has_two_rows(self) -> None:
        found = self.run(self.room.rows(CHAT))
        assert len({each["activityid"] for each in found}) == len(found) <= len(self.expected.shown)

    def teardown(self) -> None:
        try:
            self.a_second_passes()
            if not self.expected.sync_on:
                self.switches_sync()
            self.run(self.room.come_to_rest())
            self.run(self._compare())
        finally:
            self.run(self.opened.__aexit__(None, None, None))
            self.loop.close()
            self.place.cleanup()

    async def _compare(self) -> None:
        found = {each["activityid"]: each for each in await self.room.rows(CHAT)}
        users = {each: await self.room.user(each) for each in PEOPLE}
        for each in (each for each in self.expected.shown if each.synced):
            kept = await self._kept_of(each)
            row = found.pop(kept.activity_id, None)
            if row is None:
                assert each.ended, "an active connection has a row"
                continue
            self._compare_row(each, row, users, kept.last_activity_at)
        assert found == {}

    def _compare_row(self, each: Shown, row: Any, users: dict[Somebody, str | None], active_at: datetime) -> None:
        if each.ended:
            assert row["statecode"] in ({1} if each.set_by_hand is None else {each.set_by_hand})
            return
        assert row["statecode"] == (each.set_by_hand or 0)
        if each.set_by_hand:
            return
        assert row["_regardingobjectid_value"] == self.cases[each.case]
        if self.room.clock.now() - active_at > IDLE:
            wrote = row["modifiedinteamson"]
            assert wrote is None or wrote <= active_at.strftime(FORM), "later activity does not count"
            return
        parties = [(party["participationtypemask"], party["_partyid_value"]) for party in row["chat_activity_parties"]]
        members = {user for kind, user in parties if kind == 12}
        names = sorted(person.name for person in self.expected.members)
        called = ", ".join(names[:3]) + (f" + {len(names) - 3}" if len(names) > 3 else "")
        assert members == {users[person] for person in self.expected.members} - {None}
        assert row["subject"] == (self.expected.topic or called or "Teams chat")
        if self.expected.wrote:
            person, at = self.expected.wrote
            assert row["modifiedinteamson"] == at.strftime(FORM)
            assert {user for kind, user in parties if kind == 1} == {users[person]} - {None}

    def _synced_row(self, shown: Shown) -> SyncedRow:
        return self.run(self._kept_of(shown))

    async def _kept_of(self, shown: Shown) -> SyncedRow:
        async with self.room.store.reading() as work:
            return (await work.chat_sync.get_rows([shown.connection.id]))[shown.connection.id]


def test_after_random_events_each_row_follows_the_rules() -> None:
    run_state_machine_as_test(
        Chats,
        settings=examples(8, stateful_step_count=30),
    )
