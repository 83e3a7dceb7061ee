"""Two chats that are connected to a case."""

from tests.fakes.connector import FakeConnector
from tests.process.bot_process import BotProcess
from tests.steps.bot_messages import message

CHAT, OTHER_CHAT = "19:00000001@thread.v2", "19:00000002@thread.v2"


async def connected(bot: BotProcess, connector: FakeConnector) -> None:
    for chat in (CHAT, OTHER_CHAT):
        assert await bot.post(message(connector, chat, "connect CAS-01001 quiet")) == 201
        await connector.arrived(chat, 1)
    connector.posts.clear()
