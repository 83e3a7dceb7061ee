"""Read and answer the questions of the bot about joining a chat."""

from typing import Any

from tests.steps.new_chats import people_page, press, selection
from tests.wire.people import ADELE, MEGAN
from tests.wire.world import World, texts

NOT_CONNECTED = "This chat is no longer connected to the record, or you do not have access to it."


YOURS = "You are in this chat."


OPEN = "You can join this chat and see its full history."


ASK = "Ask Adele Vance, who connected the chat, or your administrator."


async def create_chat(world: World, name: str = "Pump", number: str = "CAS-01001") -> str:
    """Create a chat of Adele with Megan about the case, and return its ID."""
    before = set(world.made_chats())
    page = await people_page(world, ADELE) if number == "CAS-01001" else await new_chat_page(world, number)
    last = await press(world, page, "Create chat", person=ADELE, others=selection(MEGAN), name=name)
    assert texts(last)[0] == "The chat is ready."
    await world.settle()
    (chat,) = set(world.made_chats()) - before
    return chat


async def new_chat_page(world: World, number: str) -> dict[str, Any]:
    row = await world.row("incidents", number)
    claim = {"environment": "localhost/sandbox", "table": "incident", "row": row}
    return await world.ask_page({"dialog": "newChat", **claim}, person=ADELE)
