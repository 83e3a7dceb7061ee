"""Read the timeline of a record."""

from typing import Any

from tests.wire.people import ADELE, ALEX, Somebody
from tests.wire.world import GROUP, PERSONAL, World


async def connect(world: World, chat: str = GROUP, number: str = "CAS-01001") -> None:
    await world.say(f"connect {number} quiet", person=ADELE, chat=chat)
    await world.settle()
    world.card(chat)


async def timeline(world: World, *, person: Somebody = ALEX, text: str = "timeline CAS-01001") -> dict[str, Any]:
    await world.say(text, person=person, chat=PERSONAL)
    return world.card(PERSONAL)
