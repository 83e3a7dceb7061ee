"""Views that only the person who asks sees, behind a button in the chat."""

from typing import Any

from tests.wire.people import ALEX, Somebody
from tests.wire.world import GROUP, World, buttons, texts

ALONE = "Only you will see the answer."


async def private_view(
    world: World, command: str, *, person: Somebody = ALEX, chat: str = GROUP, says: str = ""
) -> dict[str, Any]:
    """Write the command in a chat with others, and return the view of the person. `says`: the text for everyone."""
    await world.say(command, person=person, chat=chat)
    card = world.card(chat)
    shared = texts(card)
    assert shared[-1] == ALONE
    assert not says or shared == [says, ALONE]
    (button,) = buttons(card).values()
    answer: dict[str, Any] = (await world.press(button, person=person, chat=chat))["value"]
    return answer
