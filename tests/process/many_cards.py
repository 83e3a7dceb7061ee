"""Many cards: four chats that are connected to the same five cases."""

from collections import Counter
from typing import Any

from bot.store.engine import create_engines
from tests.fakes.connector import FakeConnector
from tests.process.bot_process import BotProcess
from tests.steps.bot_messages import message
from tests.steps.priorities import NORMAL
from tests.wire.people import ALEX
from tests.wire.world import texts

CHATS = [f"19:{number:08x}@thread.v2" for number in range(4)]
CASES = [f"CAS-010{number:02d}" for number in range(1, 6)]
EVERYTHING = Counter({(chat, case): 1 for chat in CHATS for case in CASES})
"""Every card, once."""


def let_in(connector: FakeConnector) -> None:
    """Make Alex a member of the chats."""
    for chat in CHATS:
        connector.members[chat] = [ALEX.account_id]


async def connect_all(bot: BotProcess, connector: FakeConnector) -> None:
    for case in CASES:
        await bot.save(case, {"prioritycode": NORMAL})
    for chat in CHATS:
        for case in CASES:
            assert await bot.post(message(connector, chat, f"connect {case} quiet")) == 201
        await connector.arrived(chat, len(CASES))
    connector.posts.clear()


def told(connector: FakeConnector) -> Counter[tuple[str, str]]:
    """Return how often each chat was notified of each case."""
    return Counter((chat, texts(card)[1]) for chat in CHATS for card in connector.cards(chat))


async def count(database_url: str, statement: Any) -> int:
    engines = create_engines(database_url)
    async with engines.reading.begin() as connection:
        number: int = (await connection.execute(statement)).scalar_one()
    await engines.close()
    return number
