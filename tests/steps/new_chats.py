"""Go through the dialog that starts a new chat."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.teams.chats import members_of
from tests.cards.schema import parts
from tests.wire.people import ALEX, Somebody
from tests.wire.world import World, buttons


def inputs(card: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {part["id"]: part for part in parts(dict(card)) if str(part.get("type", "")).startswith("Input.")}


def selection(*people: Somebody) -> str:
    return ",".join(each.object_id for each in people)


async def button_data(world: World, number: str = "CAS-01001") -> dict[str, str]:
    row = await world.row("incidents", number)
    return {"environment": "localhost/sandbox", "table": "incident", "row": row}


async def people_page(world: World, person: Somebody = ALEX, **more: str) -> dict[str, Any]:
    """Open the page for people of a chat about the first case."""
    return await world.ask_page({"dialog": "newChat", **await button_data(world), **more}, person=person)


async def press(
    world: World, card: Mapping[str, Any], title: str, *, person: Somebody = ALEX, **filled: str
) -> dict[str, Any]:
    return await world.ask_page({**buttons(card)[title]["data"], **filled}, person=person)


async def members(world: World, chat: str) -> list[str]:
    return [row.text("userId") for row in members_of(world.teams.rows, chat)]
