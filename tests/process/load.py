"""A load of cards for many chats, the processes that send it, and what the connector received."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import ClientSession
from sqlalchemy import func, select

from bot.domain.outgoing_messages import OutgoingMessage
from bot.domain.values import Chat, ChatId, ChatKind
from bot.store.engine import Engines
from bot.store.tables import PENDING, lane, outbox
from bot.store.unit_of_work import Store
from tests.fakes.connector import FakeConnector
from tests.patience import PATIENCE_S, until
from tests.process.bot_process import BotProcess
from tests.tcp_ports import free_port
from tests.tiers import FULL

CHATS, CARDS = (200, 50) if FULL else (60, 25)
LEASE_S, AT_ONCE = (10, 50) if FULL else (3, 20)
SCALED = ("-m", "tests.process.launch", str(LEASE_S), str(AT_ONCE))
"""The program of a process without rate limits."""

Figures = Callable[[str, object], None]
"""Records the figures of a test: pytest's `record_testsuite_property`, shown by `--junitxml`."""


@dataclass
class Crew:
    """Processes that share a database."""

    folder: Path
    database_url: str
    session: ClientSession
    members: list[BotProcess] = field(default_factory=list)

    async def start(self, *programs: Sequence[str]) -> list[BotProcess]:
        """Start workers that run these programs.

        On SQLite, one process does everything, because its file allows only one.
        """
        one = self.database_url.startswith("sqlite")
        started = [self.add("all" if one else "worker", tuple(each)) for each in programs[: 1 if one else None]]
        await asyncio.gather(*(each.start() for each in started))
        return started

    def add(self, role: str, program: tuple[str, ...], **settings: str) -> BotProcess:
        """Add a process without starting it."""
        folder = self.folder / f"process-{len(self.members)}"
        folder.mkdir()
        common = {
            "PORT": str(free_port()),
            "CHATSYNC_ROLE": role,
            "CHATSYNC_DATABASE_URL": self.database_url,
            # No server listens there: a process that only sends calls no Dataverse.
            "CHATSYNC_DATAVERSE_URL": f"http://127.0.0.1:{free_port()}/sandbox",
            "CHATSYNC_WEBHOOK_KEY": "a-key",
            "CHATSYNC_LOG_LEVEL": "WARNING",
        }
        self.members.append(BotProcess(folder, {**common, **settings}, self.session, program))
        return self.members[-1]

    def end(self) -> None:
        """Stop every process."""
        for each in self.members:
            if each.process:
                each.kill()


def a_chat(number: int, service_url: str) -> Chat:
    return Chat(
        id=ChatId(f"19:{number:08x}@thread.v2"),
        kind=ChatKind.GROUP,
        channel="msteams",
        tenant_id="a-tenant",
        service_url=service_url,
        bot_id="28:bot",
        bot_name="Chat Sync",
    )


async def put(engines: Engines, connector: FakeConnector, *, chats: int, cards: int, begin: int = 0) -> None:
    """Enqueue this many cards for each chat in one transaction, numbered from `begin`."""
    store = Store(engines, lambda _news: None)
    async with store.writing() as work:
        for chat in (a_chat(number, connector.service_url) for number in range(chats)):
            await work.chats.save(chat)
            messages = [
                OutgoingMessage(key=f"{chat.id} {number}", chat_id=chat.id, activity=b'{"text":"%d"}' % number)
                for number in range(begin, begin + cards)
            ]
            await work.outbox.enqueue(messages, at=datetime.now(UTC))


def numbers(connector: FakeConnector, chat: str) -> list[int]:
    """Return the cards of the chat in the order in which they arrived."""
    return [int(post["text"]) for post in connector.posts.get(chat, ())]


def chats_of(count: int) -> list[str]:
    return [a_chat(number, "").id for number in range(count)]


def arrived(connector: FakeConnector) -> int:
    return sum(len(posts) for posts in connector.posts.values())


def repeated(connector: FakeConnector, chat: str) -> Counter[int]:
    """Return the cards that arrived in the chat more than once, and how often beyond that."""
    return +Counter({number: times - 1 for number, times in Counter(numbers(connector, chat)).items()})


def in_order_of_first_arrival(connector: FakeConnector, chat: str) -> list[int]:
    return list(dict.fromkeys(numbers(connector, chat)))


def busiest(instants: Iterable[float], span_s: float) -> int:
    """Return the largest number of times in any closed window of this length."""
    most, first, ordered = 0, 0, sorted(instants)
    for last, instant in enumerate(ordered):
        while ordered[first] < instant - span_s:
            first += 1
        most = max(most, last - first + 1)
    return most


async def until_arrived(connector: FakeConnector, count: int, within_s: float = PATIENCE_S) -> None:
    async def enough() -> bool:
        return arrived(connector) >= count

    await until(enough, within_s)


async def until_all_is_sent(engines: Engines, within_s: float = 400) -> None:
    """Wait until the queue is empty and no lane is leased, so that nothing more can arrive."""
    waiting = select(func.count()).select_from(outbox).where(outbox.c.state == PENDING)
    held = select(func.count()).select_from(lane).where(lane.c.owner.is_not(None))

    async def all_is_sent() -> bool:
        async with engines.reading.connect() as connection:
            return not [count for each in (waiting, held) if (count := (await connection.execute(each)).scalar_one())]

    await until(all_is_sent, within_s)
