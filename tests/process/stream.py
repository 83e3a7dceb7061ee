"""A stream of changes, messages, and cards that goes on while a test does something else."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.domain.outgoing_messages import OutgoingMessage
from bot.store.engine import Engines
from bot.store.unit_of_work import Store
from tests.patience import PATIENCE_S
from tests.process.load import a_chat, numbers
from tests.steps.chat_sync import chat_row
from tests.wire.people import ALEX
from tests.wire.world import API, World, texts

CASES = ("CAS-01001", "CAS-01002")
SPEAKING = "19:5e5e5e5e@thread.v2"
"""A chat in which a person asks for help again and again."""
CARDS = a_chat(77, "").id
"""A chat that gets numbered cards."""
_LABELS = {1: "High", 2: "Normal", 3: "Low"}
_PACE_S = 0.2


def chat_of(case: str) -> str:
    return f"19:{case[-5:].lower()}@thread.v2"


@dataclass
class Stream:
    """Everything that was sent so far, to be compared with the posts that arrived."""

    world: World
    engines: Engines
    priorities: dict[str, list[int]] = field(default_factory=lambda: {case: [] for case in CASES})
    """The changes of each case, in order."""
    renamed: list[str] = field(default_factory=list)
    """The names of the chat of the first case, if it is renamed."""
    questions: int = 0
    cards: int = 0
    _ending: asyncio.Event = field(default_factory=asyncio.Event)
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _flowing: int = 0

    async def prepare(self) -> None:
        """Connect a chat to each case, and forget what was said meanwhile."""
        await self.world.add_bot(SPEAKING)
        for case in CASES:
            await self.world.add_bot(chat_of(case))
            await self.world.teams.observe(self.world.activity(chat_of(case)))
            await self.world.say(f"connect {case} quiet", chat=chat_of(case))
            await self.world.connector.arrived(chat_of(case), 1)
            await self._save(case, 2)
        await self._settled()
        self.world.connector.posts.clear()

    @asynccontextmanager
    async def running(self, *, rename: bool = False) -> AsyncIterator[None]:
        """Let everything flow during the block; at the end, everything that was sent has arrived once and in order.

        `rename`: the chat of the first case also gets new names, of which only Microsoft Graph notifies the bot.
        """
        self._open.set()
        async with asyncio.TaskGroup() as group:
            time = group.create_task(self._pass_time())
            flows = [group.create_task(each) for each in self._flows(rename=rename)]
            self._flowing = len(flows)
            try:
                yield
            finally:
                self._ending.set()
            await asyncio.wait_for(asyncio.gather(*flows), PATIENCE_S)
            time.cancel()
        await self._settled()
        self.require_all()

    def _flows(self, *, rename: bool) -> Sequence[Coroutine[Any, Any, None]]:
        always = [*map(self._change, CASES), self._ask(), self._post()]
        return [*always, self._rename(chat_of(CASES[0]))] if rename else always

    async def flows(self, count: int = 1) -> None:
        """Wait until each case has changed this many times more and its chat got the cards."""
        async with asyncio.timeout(PATIENCE_S):
            before = {case: len(changes) for case, changes in self.priorities.items()}
            # The last change of each may still be on its way.
            while any(len(changes) <= before[case] + count for case, changes in self.priorities.items()):
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Let nothing be on its way during the block, so that a jump of the clock ends no lease of a running work."""
        self._open.clear()
        await self.world.until(lambda: self._flowing == 0)
        await self._settled()
        yield
        self._open.set()

    async def _goes_on(self) -> bool:
        """Wait while the stream is paused; return whether it has not ended."""
        self._flowing -= 1
        await self._open.wait()
        self._flowing += 1
        return not self._ending.is_set()

    def require_all(self) -> None:
        """Check that each change has its card and each question its answer, in order and exactly once."""
        for case, changes in self.priorities.items():
            assert self._told(case) == [_LABELS[each] for each in changes], case
        assert len(self.world.connector.posts[SPEAKING]) == self.questions
        assert numbers(self.world.connector, CARDS) == list(range(self.cards))

    def _told(self, case: str) -> list[str]:
        """Return the priorities that the chat was told, in order."""
        lines = [line for card in self.world.connector.cards(chat_of(case)) for line in texts(card)]
        return [line.rpartition("**")[0].rpartition("**")[2] for line in lines if line.startswith("Priority: ")]

    async def _change(self, case: str) -> None:
        """Change the case again and again, each time after its chat got the card about the last change."""
        while await self._goes_on():
            value = 3 if self.priorities[case][-1:] == [1] else 1
            self.priorities[case].append(value)
            await self._save(case, value)
            await self.world.connector.arrived(chat_of(case), len(self.priorities[case]))
            await asyncio.sleep(_PACE_S)

    async def _save(self, case: str, priority: int) -> None:
        row = await self.world.row("incidents", case)
        url, headers = f"{self.world.sandbox}{API}/incidents({row})", {"CallerObjectId": ALEX.object_id}
        async with self.world.session.patch(url, json={"prioritycode": priority}, headers=headers) as answer:
            assert answer.status == 204, await answer.text()

    async def _ask(self) -> None:
        while await self._goes_on():
            self.questions += 1
            await self.world.say("help", chat=SPEAKING)
            await asyncio.sleep(4 * _PACE_S)

    async def _rename(self, chat: str) -> None:
        """Rename the chat again and again, each time after its row in Dynamics 365 got the last name."""
        while await self._goes_on():
            self.renamed.append(f"Pump {len(self.renamed)}")
            (row,) = [each for each in self.world.teams.chats() if each.id == chat]
            await self.world.teams.rename(row, self.renamed[-1])
            async with asyncio.timeout(PATIENCE_S):
                while (await chat_row(self.world, chat))["subject"] != self.renamed[-1]:
                    await asyncio.sleep(_PACE_S)

    async def _post(self) -> None:
        store = Store(self.engines, lambda _news: None)
        chat = a_chat(77, self.world.connector.service_url)
        async with store.writing() as work:
            await work.chats.save(chat)
        while await self._goes_on():
            card = OutgoingMessage(key=f"card {self.cards}", chat_id=chat.id, activity=b'{"text":"%d"}' % self.cards)
            async with store.writing() as work:
                await work.outbox.enqueue([card], at=self.world.clock.now())
            self.cards += 1
            await asyncio.sleep(_PACE_S)

    async def _pass_time(self) -> None:
        while True:
            self.world.clock.advance(2)
            await asyncio.sleep(0.1)

    async def _settled(self) -> None:
        """Let time pass until nothing waits."""
        async with asyncio.timeout(PATIENCE_S):
            while await self.world.leftovers():
                self.world.clock.advance(1)
                await asyncio.sleep(0.01)
